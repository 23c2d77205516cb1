"""What people say: enough of it, never the same under two intents, and never what the bot is judged on."""

import re
from collections import Counter, defaultdict
from pathlib import Path

from settings import ROOT
from tests.content.reading import Content, read_yaml

HOUSE_EVENTS = {
    "gesprek_begonnen",
    "gesprek_teruggegeven",
    "aanvraag_indienen",
    "aanvraag_hervatten",
    "aanvraag_laten_vallen",
    "wachtrij_verlaten",
    "medewerker_mailen",
    "medewerker_hoeft_niet",
    "terugbellen_afzeggen",
    "bijlage_gestuurd",
    "plaats_gedeeld",
    "kiezen",
    "beoordelen",
    "anders_bedoeld",
    "melding_geregistreerd",
    "melding_gewijzigd",
    "afspraak_bijgewerkt",
    "dossiers_horen",
    "dossiers_verloop",
    "attest_bijgewerkt",
    "dossiers_gewijzigd",
    "terug_naar_assistent",
    "aangemeld",
    "aanmelden_afgebroken",
}
"""Sent by our own code, never typed."""
WITHOUT_EXAMPLES = {*HOUSE_EVENTS, "nlu_fallback", "faq"}  # faq has its own: faq/<naam>
AT_LEAST = 30
OUT_OF_SCOPE_AT_LEAST = 150
SAME_BEGINNING_AT_MOST = 0.25
"""Of an intent's examples, the part that may begin with the same two words; above it they are one pattern."""
TEST_SET = ROOT / "tests" / "nlu"
A_SENTENCE = 5
"""Words; shorter ones ("afspraak annuleren") are what everybody types, and stand on both sides by themselves."""
THE_SAME = 0.8
"""Of the words of two sentences, the part that they share; from here on the one is a variant of the other."""


def test_every_intent_of_the_domain_has_enough_examples(content: Content) -> None:
    few = {
        intent: len(content.examples.get(intent, []))
        for intent in content.intents - WITHOUT_EXAMPLES
        if len(content.examples.get(intent, [])) < AT_LEAST
    }

    assert few == {}


def test_every_question_has_enough_examples(content: Content) -> None:
    questions = {intent: examples for intent, examples in content.examples.items() if intent.startswith("faq/")}

    assert len(questions) >= 24
    assert {intent: len(examples) for intent, examples in questions.items() if len(examples) < AT_LEAST} == {}


def test_what_is_none_of_our_business_has_many_examples(content: Content) -> None:
    assert len(content.examples["buiten_bereik"]) >= OUT_OF_SCOPE_AT_LEAST


def test_every_intent_with_examples_stands_in_the_domain(content: Content) -> None:
    assert {intent.split("/")[0] for intent in content.examples} - content.intents == set()


def test_what_only_our_own_code_sends_has_no_examples(content: Content) -> None:
    assert set(content.examples) & WITHOUT_EXAMPLES == set()


def test_no_example_stands_twice_in_one_intent_or_in_two(content: Content) -> None:
    intents_of = defaultdict(list)
    for intent, examples in content.examples.items():
        for example in examples:
            intents_of[example.casefold().rstrip(" .!") or example].append(intent)

    assert {example: intents for example, intents in intents_of.items() if len(intents) > 1} == {}


def test_examples_are_not_one_pattern_repeated(content: Content) -> None:
    repeated = {}
    for intent, examples in content.examples.items():
        beginning, times = Counter(" ".join(example.split()[:2]) for example in examples).most_common(1)[0]
        if times > SAME_BEGINNING_AT_MOST * len(examples):
            repeated[intent] = f"{times} of {len(examples)} begin with {beginning!r}"

    assert repeated == {}


def test_examples_carry_no_markup(content: Content) -> None:
    """Places, dates and products are read by the actions: there is no entity to annotate."""
    marked = [example for examples in content.examples.values() for example in examples if set(example) & set("[]{}")]

    assert marked == []


def test_no_sentence_that_the_bot_is_judged_on_is_an_example(content: Content) -> None:
    """Or it would be judged on its memory."""
    learned = {words(example): example for examples in content.examples.values() for example in examples}
    long_enough = {judged: own for judged in sentences_of(TEST_SET) if len(own := words(judged)) >= A_SENTENCE}
    known = {
        judged: example
        for judged, own in long_enough.items()
        for other, example in learned.items()
        if len(own & other) >= THE_SAME * len(own | other)
    }

    assert known == {}


def sentences_of(folder: Path) -> list[str]:
    blocks = [block for path in sorted(folder.rglob("*.yml")) for block in read_yaml(path)["nlu"]]
    return [line.removeprefix("- ").strip() for block in blocks for line in block["examples"].splitlines()]


def words(sentence: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", sentence.lower()))
