import os
import time
from pathlib import Path

import pytest

from scripts.processes import NotReady, Part, commands, is_free, ready_urls, stop_all
from settings import Settings
from tests.ports import free_ports

SERVER = "exec python3 -m http.server --bind 127.0.0.1 {port} --directory {folder}"


@pytest.fixture
def make(tmp_path):
    """Makes a part of some shell command; whatever still runs at the end is stopped."""
    parts = []
    with free_ports(1) as [port]:
        url = f"http://127.0.0.1:{port}/"

    def one(command):
        part = Part("proef", command.format(port=port, folder=tmp_path), url, tmp_path / "proef.log")
        parts.append(part)
        part.start(os.environ)
        return part

    yield one
    stop_all(parts)


def said(file):
    """What was written into a file, as soon as there is something."""
    deadline = time.monotonic() + 30
    while not (file.exists() and file.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return file.read_text()


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_the_procfile_names_the_four_parts_and_each_can_tell_that_it_is_ready():
    assert list(commands()) == ["sandbox", "actions", "bot", "front"]
    assert set(ready_urls(Settings())) == set(commands())


def test_a_part_is_ready_when_it_answers(make):
    part = make(SERVER)

    part.wait_until_ready(20)

    assert part.is_running


def test_a_part_that_falls_is_named_with_its_last_words(make):
    part = make("echo 'de poort is bezet'; exit 3")

    with pytest.raises(NotReady) as failure:
        part.wait_until_ready(20)

    assert str(failure.value).startswith("proef stopped (exit code 3):\n    de poort is bezet\n")
    assert str(part.log) in str(failure.value)


def test_a_part_that_never_answers_is_named_too(make):
    part = make("echo bezig; exec sleep 30")

    with pytest.raises(NotReady, match=r"proef is not ready after 0 s:\n    bezig"):
        part.wait_until_ready(0.2)


def test_stopping_leaves_no_child_behind(make, tmp_path):
    part = make(f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    child = int(said(tmp_path / "pid"))

    part.stop()

    assert not part.is_running
    assert not is_alive(child)


def test_a_part_that_does_not_listen_is_killed_after_a_while(make):
    part = make("trap '' TERM; echo doof; while :; do sleep 0.1; done")
    said(part.log)

    part.stop(seconds=0.3)

    assert part.exit_code == -9


def test_a_part_that_starts_again_keeps_its_earlier_log(make, tmp_path):
    part = make("echo eerste")
    while part.is_running:
        time.sleep(0.02)
    part.start(os.environ)

    assert (tmp_path / "proef.log.1").read_text() == "eerste\n"


def test_a_port_is_free_until_somebody_listens(make):
    part = make(SERVER)
    part.wait_until_ready(20)
    port = int(part._ready_url.rstrip("/").rsplit(":", 1)[1])

    assert not is_free("127.0.0.1", port)
    part.stop()
    assert is_free("127.0.0.1", port)
