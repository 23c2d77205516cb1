"""The real model on the test sets in tests/nlu: how well it understands may not fall below what was reached.

`make nlu` prints the figures themselves, and what was confused with what.
"""

from itertools import chain, islice
from pathlib import Path

import pytest

from scripts import nlu, nlu_scores
from scripts.nlu_scores import Understood

Judged = dict[str, list[Understood]]

MARGIN = 0.03
"""26 of 862 messages, 7 of 231, 5 of 159: more than chance."""
REACHED = {
    "first": {"accuracy": 0.93, "accuracy_in_scope": 0.94, "macro_f1": 0.93, "outside_recall": 0.90},
    # A few sentences of each of the rest: no figure by itself
    "fresh": {"accuracy": 0.94, "accuracy_in_scope": 0.95},
    "third": {"accuracy": 0.91, "accuracy_in_scope": 0.92},
}
FIGURES = [(test_set, figure) for test_set, figures in REACHED.items() for figure in figures]
WORST_STYLE = 0.85
FEWEST = 30
"""Sentences of each request that a figure has to stand on."""
REQUESTS = [
    pytest.param("attest_aanvragen", 0.97, marks=pytest.mark.req("BP2-03")),
    pytest.param("melding_maken", 0.96, marks=pytest.mark.req("BP2-04")),
    pytest.param("afspraak_maken", 0.96, marks=pytest.mark.req("BP2-05")),
]
"""The F1 that was reached, over the three sets together: 98 to 126 sentences each. Asked is 0.95."""
REQUEST_MARGIN = 0.02
IN_TWO_TURNS = 0.95
A_PERSON_RECALL = 0.85
"""Of 40 sentences; 0.9 was reached."""
MENTIONED_AT_MOST = 2
"""Of 26 sentences; one was."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    model: Path = nlu.MODEL
    if not model.is_file():
        model, _ = nlu.train("config.yml", tmp_path_factory.mktemp("nlu"))
    sets = {"first": nlu.cases(), "fresh": nlu.cases(nlu.FRESH), "third": nlu.cases(nlu.THIRD)}
    person = nlu.cases(nlu.PERSON)
    told = iter(nlu.judge(model, [*chain(*sets.values()), *person]))
    judged = {name: list(islice(told, len(cases))) for name, cases in sets.items()}
    return {**judged, "all": [*chain(*judged.values())], "person": list(told)}


@pytest.mark.parametrize(("test_set", "figure"), FIGURES)
def test_what_was_reached_is_kept(judged: Judged, test_set: str, figure: str) -> None:
    assert nlu_scores.summary(judged[test_set])[figure] >= REACHED[test_set][figure] - MARGIN


@pytest.mark.parametrize(("intent", "reached"), REQUESTS)
def test_each_request_is_still_understood(judged: Judged, intent: str, reached: float) -> None:
    request = nlu_scores.requests(judged["all"])[intent]

    assert request.sentences >= FEWEST
    assert request.f1 >= reached - REQUEST_MARGIN


@pytest.mark.req("BP2-13")
def test_a_free_sentence_is_at_the_first_question_of_its_form_within_two_turns(judged: Judged) -> None:
    assert nlu_scores.requests_in_two_turns(judged["all"]) >= IN_TWO_TURNS


@pytest.mark.req("CI-03")
def test_who_asks_for_a_person_gets_one_also_when_he_names_a_subject(judged: Judged) -> None:
    person = nlu_scores.requests(judged["person"], [nlu_scores.A_PERSON])[nlu_scores.A_PERSON]

    assert person.sentences >= FEWEST
    assert person.recall >= A_PERSON_RECALL


@pytest.mark.req("CI-03")
def test_who_only_mentions_somebody_is_not_sent_to_a_person(judged: Judged) -> None:
    others = [case for case in judged["person"] if case.gold != nlu_scores.A_PERSON]
    sent = [case.text for case in others if case.said == nlu_scores.A_PERSON]

    assert len(others) >= 20
    assert len(sent) <= MENTIONED_AT_MOST, sent


def test_no_way_of_writing_is_left_behind(judged: Judged) -> None:
    styles = {style: figures["accuracy"] for style, figures in nlu_scores.per_style(judged["all"]).items()}

    assert min(styles.values()) >= WORST_STYLE, styles


def test_confidence_is_a_probability(judged: Judged) -> None:
    """Of the messages that it is 50 to 80 % sure of, about that many are right: at least half of them."""
    doubtful = [case for case in judged["all"] if 0.5 <= case.confidence < 0.8]

    assert nlu_scores.share(sum(case.guess == case.gold for case in doubtful), len(doubtful)) >= 0.5
