import pytest

from scripts import machine


@pytest.fixture(autouse=True)
def an_empty_machine(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("POSTGRES_BIN", raising=False)
    monkeypatch.setattr(machine, "APPLICATIONS", ())


@pytest.fixture
def program(tmp_path):
    def make(path):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n", encoding="utf-8")
        file.chmod(0o755)
        return file

    return make


def test_a_browser_on_path_is_found(program):
    chrome = program("bin/google-chrome")

    assert machine.browser() == chrome


def test_a_browser_that_playwright_fetched_is_found(program):
    chrome = program("home/.cache/ms-playwright/chromium-1200/chrome-linux64/chrome")

    assert machine.browser() == chrome


def test_a_browser_that_is_named_goes_first(program, monkeypatch):
    program("bin/chromium")
    mine = program("mine/chromium")
    monkeypatch.setenv("CHROMIUM", str(mine))

    assert machine.browser() == mine


def test_a_named_browser_that_is_not_there_is_not_replaced_by_another(program, monkeypatch):
    program("bin/chromium")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    assert machine.browser() is None


def test_without_a_browser_there_is_none():
    assert machine.browser() is None


def test_a_postgresql_needs_both_of_its_programs(program, monkeypatch, tmp_path):
    program("pg/bin/postgres")
    monkeypatch.setenv("POSTGRES_BIN", str(tmp_path / "pg/bin"))
    without_initdb = machine.postgres()
    program("pg/bin/initdb")

    assert without_initdb is None
    assert machine.postgres() == tmp_path / "pg/bin"
