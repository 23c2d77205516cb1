import sys
from pathlib import Path

import pytest

from scripts import pythons
from scripts.progress import StepFailed
from scripts.pythons import OURS, RASA, Python, Wanted


@pytest.fixture
def fake(tmp_path):
    """Makes a program that answers like a Python of some version, or not at all."""

    def make(name, answer):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
        program.chmod(0o755)
        return program

    return make


@pytest.fixture(autouse=True)
def nothing_else_is_installed(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    for wanted in (RASA, OURS):
        monkeypatch.delenv(wanted.variable, raising=False)


def python(version):
    return f"echo {version}; echo /opt/python"


def test_the_running_python_will_do_when_it_is_new_enough():
    found = pythons.find(Wanted("PYTHON311", (sys.version_info[1],), ""))

    assert found.source == "the running one"


def test_a_python_on_path_is_found(fake):
    fake("python3.10", python("3.10.13"))

    assert pythons.find(RASA).version == "3.10.13"
    assert pythons.find(RASA).source == "PATH"


def test_a_shim_that_fails_is_passed_over_for_the_version_that_pyenv_has(fake, tmp_path):
    fake("python3.10", "echo 'pyenv: python3.10: command not found' >&2; exit 127")
    for version in ("3.10.4", "3.10.13", "3.9.18"):
        real = tmp_path / "pyenv" / "versions" / version / "bin" / "python"
        real.parent.mkdir(parents=True)
        fake("python", python(version)).rename(real)

    found = pythons.find(RASA)

    assert (found.version, found.source) == ("3.10.13", "pyenv")


def test_a_python_that_cannot_make_an_environment_is_passed_over(fake):
    fake("python3.10", "echo \"ModuleNotFoundError: No module named 'ensurepip'\" >&2; exit 1")

    with pytest.raises(StepFailed, match=r"python3\.10-venv"):
        pythons.find(RASA)


def test_what_uv_has_is_found(fake, tmp_path):
    real = fake("real", python("3.10.16"))
    fake("uv", f'test "$1 $2 $3" = "python find 3.10" && echo {real}')

    assert pythons.find(RASA).source == "uv"


def test_a_missing_python_is_one_line_with_the_remedy():
    with pytest.raises(StepFailed) as failure:
        pythons.find(RASA)

    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith("Python 3.10 is missing (Rasa runs on no other). Get it with `uv python")
    assert "PYTHON310=" in str(failure.value)


def test_the_variable_goes_before_everything_else(fake, monkeypatch):
    fake("python3.10", python("3.10.13"))
    monkeypatch.setenv("PYTHON310", str(fake("mine", python("3.10.2"))))

    assert pythons.find(RASA).version == "3.10.2"


@pytest.mark.parametrize("answer", [python("3.12.1"), "exit 1"])
def test_a_variable_that_names_something_else_is_told_and_not_passed_over(fake, monkeypatch, answer):
    fake("python3.10", python("3.10.13"))
    monkeypatch.setenv("PYTHON310", str(fake("mine", answer)))

    with pytest.raises(StepFailed, match=r"PYTHON310=.* is no Python 3\.10"):
        pythons.find(RASA)


@pytest.mark.parametrize(
    ("version", "fits"), [("3.10.9", False), ("3.11.0", True), ("3.13.2", True), ("2.7.18", False)]
)
def test_three_eleven_or_later_fits_for_ours(version, fits):
    assert pythons.fits(Python(Path("/opt/python"), version, ""), OURS) is fits
