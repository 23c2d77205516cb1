import sys

import pytest

from scripts.progress import Progress, StepFailed, last_lines, run_logged


def test_each_step_is_one_line_that_tells_how_far_it_is(capsys):
    progress = Progress(2)
    with progress.step("eerst") as step:
        step.say("bijgewerkt")
    with progress.step("dan"):
        pass

    assert capsys.readouterr().out == "[1/2] eerst … bijgewerkt (0 s)\n[2/2] dan … done (0 s)\n"


def test_a_step_that_fails_says_so(capsys):
    with pytest.raises(StepFailed), Progress(1).step("eerst"):
        raise StepFailed("het lukt niet")

    assert capsys.readouterr().out == "[1/1] eerst … failed (0 s)\n"


def test_the_output_of_a_command_goes_to_its_log(tmp_path, capfd):
    run_logged([sys.executable, "-c", "print('bezig')"], tmp_path / "log", "")

    assert (tmp_path / "log").read_text() == "bezig\n"
    assert capfd.readouterr().out == ""


def test_a_command_that_fails_shows_the_end_of_its_log_and_the_remedy(tmp_path):
    with pytest.raises(StepFailed) as failure:
        run_logged([sys.executable, "-c", "print('regel 1'); raise SystemExit(2)"], tmp_path / "log", "Doe dit.")

    assert str(failure.value) == f"    regel 1\n\nDoe dit. (all of it: {tmp_path / 'log'})"


def test_the_last_lines_of_a_log_that_is_not_there_are_none(tmp_path):
    assert last_lines(tmp_path / "log", 5) == ""
