from math import inf

import pytest

from conversations.figure_tables import MEASURES
from desk.report_words import Words, number, written
from desk.reports import REPORTS, table
from settings import ROOT
from texts import Texts

BY_CODE = {report.code: report for report in REPORTS}


@pytest.fixture(scope="module")
def words():
    return Words(Texts(ROOT / "data", ROOT / "city.yml").city)


def counted(**measures):
    return {**dict.fromkeys(MEASURES, 0), **measures}


def figures_of(code, **measures):
    [line] = table(BY_CODE[code], [("nov", counted(**measures))]).lines
    return dict(zip([figure.code for figure in BY_CODE[code].figures], line.figures, strict=True))


@pytest.mark.req("MZR-01", "G-04")
def test_contacts_without_a_person_and_the_reasons_of_the_others_are_told():
    [line] = table(
        BY_CODE["contacts"], [("nov", counted(begun=100, because_asked=15, because_not_understood=10))]
    ).lines

    assert (line.cells, line.total) == ((75, 15, 10, 0, 0), 100)
    assert line.figures == (0.75,)


def test_a_share_of_which_the_rest_is_small_is_not_told():
    assert figures_of("contacts", begun=100, because_asked=4)["share_alone"] is None


@pytest.mark.req("WS-07")
def test_waiting_is_told_as_the_end_of_the_bucket_that_half_and_nine_in_ten_have_passed():
    told = figures_of("waiting", waited_0=10, waited_2=30, waited_4=15, waited_8=5)

    assert told == {"median": 60, "p90": 300}
    assert figures_of("waiting", waited_0=10, waited_8=10)["p90"] == inf


def test_of_fewer_than_ten_nothing_is_worked_out():
    assert figures_of("waiting", waited_0=9) == {"median": None, "p90": None}
    assert figures_of("ratings", bot_5=9, person_1=3) == {"bot_mark": None, "person_mark": None}


@pytest.mark.req("MZR-02")
def test_what_the_first_line_finished_is_told():
    told = figures_of("handling", ended_closed=60, ended_silent=40, first_line=80, handled_2=100)

    assert told == {"median": 300, "p90": 300, "first_line": 0.8}


@pytest.mark.req("BP5-10")
def test_ratings_of_the_bot_and_of_people_are_told_apart():
    assert figures_of("ratings", bot_5=20, bot_2=10, person_3=10) == {"bot_mark": 4.0, "person_mark": 3.0}


@pytest.mark.req("CS-07")
def test_a_figure_of_a_hidden_number_is_not_told_either():
    lines = table(
        BY_CODE["ratings"], [("a", counted(bot_5=20, person_5=4)), ("b", counted(bot_5=30, person_5=40))]
    ).lines

    for line in lines:
        assert [n is None for n in line.cells] == [f is None for f in line.figures]


def test_every_column_and_figure_has_its_word(words):
    for report in REPORTS:
        codes = [*(column.code for column in report.columns), *(figure.code for figure in report.figures)]
        assert sorted(codes) == sorted(words.heads(report.code))


def test_numbers_are_written_as_people_here_do():
    median, _ = BY_CODE["waiting"].figures
    [share] = BY_CODE["contacts"].figures
    mark, _ = BY_CODE["ratings"].figures

    assert [number(n) for n in (None, 0, 12345)] == ["x", "0", "12\u00a0345"]
    assert [written(median, value) for value in (15, 120, 3600, inf, None)] == [
        *("tot 15\u00a0s", "tot 2\u00a0min", "tot 1\u00a0u", "meer dan 1\u00a0u", "–")
    ]
    assert (written(share, 0.754), written(mark, 4.04)) == ("75\u00a0%", "4,0")
