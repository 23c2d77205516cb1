"""The count of questions that somebody who is known is spared."""

from types import SimpleNamespace

import pytest

from bench import questions
from bench.effort import QUICK


@pytest.mark.req("BP2-09")
def test_whoever_is_known_is_asked_less_in_every_request(tmp_path):
    figure = questions.measure(SimpleNamespace(folder=tmp_path), QUICK)  # type: ignore[arg-type]

    assert [target.met for target in figure.targets] == [True]
    assert figure.data["questions"]["afspraak_form"] == {"not_known": 7, "known": 5}


def test_a_request_that_spares_nothing_is_below_target():
    figure = questions.figure({"melding_form": (7, 7), "afspraak_form": (7, 5)})

    assert not figure.targets[0].met
    assert ["a report", "7", "7", "0"] in figure.rows
