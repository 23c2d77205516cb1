import os
import time
from datetime import UTC, datetime, timedelta

import pytest

from clock import BRUSSELS, Clock


@pytest.fixture
def file(tmp_path):
    return tmp_path / "clock"


def written(file, text, seconds_ago=0):
    file.write_text(text, encoding="utf-8")
    moment = time.time() - seconds_ago
    os.utime(file, (moment, moment))


def close(moment, expected):
    return abs(moment - expected) < timedelta(seconds=2)


def test_without_a_file_it_is_now_in_brussels():
    now = Clock().now()

    assert close(now, datetime.now(UTC))
    assert now.tzinfo is BRUSSELS


def test_the_file_tells_what_moment_to_pretend(file):
    written(file, "2026-12-24T10:00:00")

    assert close(Clock(file).now(), datetime(2026, 12, 24, 10, tzinfo=BRUSSELS))


def test_pretended_time_goes_on_from_when_the_file_was_written(file):
    written(file, "2026-12-24T10:00:00+01:00", seconds_ago=90)

    assert close(Clock(file).now(), datetime(2026, 12, 24, 10, 1, 30, tzinfo=BRUSSELS))


def test_the_night_that_the_clock_goes_back_has_an_hour_more(file):
    written(file, "2026-10-25T02:30:00+02:00", seconds_ago=3600)

    now = Clock(file).now()

    assert now.hour == 2
    assert now.utcoffset() == timedelta(hours=1)


def test_a_changed_file_counts_at_once(file):
    clock = Clock(file)
    written(file, "2026-12-24T10:00:00")
    clock.now()
    written(file, "2027-01-04T09:00:00")

    assert close(clock.now(), datetime(2027, 1, 4, 9, tzinfo=BRUSSELS))


@pytest.mark.parametrize("text", ["", "\n"])
def test_an_empty_file_means_the_real_time(file, text):
    written(file, text)

    assert close(Clock(file).now(), datetime.now(UTC))


def test_a_file_that_is_not_there_means_the_real_time(file):
    assert close(Clock(file).now(), datetime.now(UTC))
