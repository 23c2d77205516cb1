"""What a button says under "do you mean …?": every question has a name, and it fits."""

import pytest

from actions.guesses import read_titles
from settings import ROOT
from tests.content.reading import Content
from tests.content.test_texts import LONGEST_TITLE

REQUESTS = {"attest_aanvragen", "melding_maken", "afspraak_maken"}


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    return read_titles(ROOT / "data" / "algemeen" / "bedoelingen.yml")


@pytest.mark.req("BP2-13")
def test_all_that_can_be_asked_for_can_be_offered(content: Content, titles: dict[str, str]) -> None:
    questions = {intent for intent in content.examples if intent.startswith("faq/")}

    assert (questions | REQUESTS) - set(titles) == set()


def test_what_is_offered_can_be_understood(content: Content, titles: dict[str, str]) -> None:
    assert set(titles) - set(content.examples) == set()


def test_titles_fit_every_channel_and_are_told_apart(titles: dict[str, str]) -> None:
    assert {title for title in titles.values() if len(title) > LONGEST_TITLE} == set()
    assert len(set(titles.values())) == len(titles)
