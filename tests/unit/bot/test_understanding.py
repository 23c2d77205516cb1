"""The real model on the test sets in tests/nlu: how well it understands may not fall below what was reached.

`make nlu` prints the figures themselves, and what was confused with what.
"""

from pathlib import Path

import pytest

from scripts import nlu, nlu_scores
from scripts.nlu_scores import Understood

Judged = dict[str, list[Understood]]

MARGIN = 0.03
"""26 of 855 messages, 7 of 231: more than chance."""
REACHED = {
    "first": {"accuracy": 0.91, "accuracy_in_scope": 0.91, "macro_f1": 0.91, "outside_recall": 0.90},
    "fresh": {"accuracy": 0.92, "accuracy_in_scope": 0.92},  # a few sentences of each of the rest: no figure by itself
}
FIGURES = [(test_set, figure) for test_set, figures in REACHED.items() for figure in figures]
WORST_STYLE = 0.80
FEWEST = 30
"""Sentences of each request that a figure has to stand on."""
REQUESTS = [
    pytest.param("attest_aanvragen", 0.95, marks=pytest.mark.req("BP2-03")),
    pytest.param("melding_maken", 0.96, marks=pytest.mark.req("BP2-04")),
    pytest.param("afspraak_maken", 0.93, marks=pytest.mark.req("BP2-05")),
]
"""The F1 that was reached, over both sets together: 77 to 105 sentences each. Asked is 0.95."""
REQUEST_MARGIN = 0.02
IN_TWO_TURNS = 0.95


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    model: Path = nlu.MODEL
    if not model.is_file():
        model, _ = nlu.train("config.yml", tmp_path_factory.mktemp("nlu"))
    first, fresh = nlu.cases(), nlu.cases(nlu.FRESH)
    told = nlu.judge(model, [*first, *fresh])
    return {"first": told[: len(first)], "fresh": told[len(first) :], "both": told}


@pytest.mark.parametrize(("test_set", "figure"), FIGURES)
def test_what_was_reached_is_kept(judged: Judged, test_set: str, figure: str) -> None:
    assert nlu_scores.summary(judged[test_set])[figure] >= REACHED[test_set][figure] - MARGIN


@pytest.mark.parametrize(("intent", "reached"), REQUESTS)
def test_each_request_is_still_understood(judged: Judged, intent: str, reached: float) -> None:
    request = nlu_scores.requests(judged["both"])[intent]

    assert request.sentences >= FEWEST
    assert request.f1 >= reached - REQUEST_MARGIN


@pytest.mark.req("BP2-13")
def test_a_free_sentence_is_at_the_first_question_of_its_form_within_two_turns(judged: Judged) -> None:
    assert nlu_scores.requests_in_two_turns(judged["both"]) >= IN_TWO_TURNS


def test_no_way_of_writing_is_left_behind(judged: Judged) -> None:
    styles = {style: figures["accuracy"] for style, figures in nlu_scores.per_style(judged["both"]).items()}

    assert min(styles.values()) >= WORST_STYLE, styles


def test_confidence_is_a_probability(judged: Judged) -> None:
    """Of the messages that it is 50 to 80 % sure of, about that many are right: at least half of them."""
    doubtful = [case for case in judged["both"] if 0.5 <= case.confidence < 0.8]

    assert nlu_scores.share(sum(case.guess == case.gold for case in doubtful), len(doubtful)) >= 0.5
