"""How we speak: je, short, plain, one question at a time, and only links that work."""

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest
from textstat import textstat

from city import City
from tests.content.reading import LINK, Content, Text

LONGEST_TEXT = 500  # characters; more does not fit a small screen without scrolling
LONGEST_TITLE = 20  # characters; WhatsApp refuses a longer button
MOST_CHOICES = 10  # rows; WhatsApp refuses a longer list
LONGEST_SENTENCE = 22  # words; B1 stays under 25
AVERAGE_SENTENCE = 10  # words, over all of one topic; B1 allows 15 in running text, a chat is read on a phone
LEAST_EASE = 70  # Flesch-Douma of a topic; from 70 on a text is "vrij gemakkelijk" and needs no schooling beyond B1

FORMAL = re.compile(r"\b(u|uw|uzelf|gelieve|mits|teneinde|middels|dient te|indien|reeds|tevens)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def texts(content: Content) -> list[Text]:
    return content.texts


@pytest.fixture(scope="module")
def values(city: City) -> dict[str, str]:
    return city.values()


def test_no_text_is_too_long_for_a_small_screen(texts: list[Text], values: dict[str, str]) -> None:
    assert {str(t): len(t.filled(values)) for t in texts if len(t.filled(values)) > LONGEST_TEXT} == {}


def test_every_text_says_je_and_uses_plain_words(texts: list[Text]) -> None:
    assert {str(t): FORMAL.findall(t.text) for t in texts if FORMAL.search(t.text)} == {}


def test_button_titles_say_mijn_or_je_too(texts: list[Text]) -> None:
    assert {str(t): b.title for t in texts for b in t.buttons if FORMAL.search(b.title)} == {}


def test_one_question_per_message(texts: list[Text]) -> None:
    assert {str(t): t.text.count("?") for t in texts if LINK.sub("", t.text).count("?") > 1} == {}


def test_no_sentence_is_too_long(texts: list[Text], values: dict[str, str]) -> None:
    long = {str(t): s for t in texts for s in sentences(t.filled(values)) if len(s.split()) > LONGEST_SENTENCE}

    assert long == {}


def test_the_sentences_of_a_topic_are_short_on_average(texts: list[Text], values: dict[str, str]) -> None:
    averages = {}
    for file, spoken in by_topic(texts, values).items():
        lengths = [len(sentence.split()) for sentence in spoken]
        averages[file] = sum(lengths) / len(lengths)

    assert {file: round(average, 1) for file, average in averages.items() if average > AVERAGE_SENTENCE} == {}


def test_a_topic_is_easy_to_read(texts: list[Text], values: dict[str, str]) -> None:
    textstat.set_lang("nl")
    ease = {file: textstat.flesch_reading_ease(". ".join(s) + ".") for file, s in by_topic(texts, values).items()}

    assert {file: round(score) for file, score in ease.items() if score < LEAST_EASE} == {}


def test_no_text_stands_twice(texts: list[Text]) -> None:
    """The labels of the window may: two buttons can be called the same."""
    responses = defaultdict(set)
    for text in (text for text in texts if not text.response.startswith("utter_widget_")):
        responses[text.text.casefold()].add(text.response)

    assert {text: sorted(names) for text, names in responses.items() if len(names) > 1} == {}


def test_every_value_of_the_city_that_a_text_names_exists(texts: list[Text], values: dict[str, str]) -> None:
    named = {str(t): {name for name in t.placeholders if name.startswith("stad_")} for t in texts}

    assert {text: names - set(values) for text, names in named.items() if names - set(values)} == {}


def test_every_link_is_https(texts: list[Text], values: dict[str, str]) -> None:
    links = {link: str(text) for text in texts for link in LINK.findall(text.filled(values))}

    assert {link: text for link, text in links.items() if not link.startswith("https://")} == {}


def test_every_link_of_the_city_is_used(texts: list[Text], values: dict[str, str]) -> None:
    """A link that no text names is out of date before anybody sees it."""
    named = {name for text in texts for name in text.placeholders}
    shown_elsewhere = {"stad_links_privacy"}

    assert {name for name in values if name.startswith("stad_links_")} - named - shown_elsewhere == set()


def test_what_is_the_citys_own_is_not_written_out(texts: list[Text], city: City) -> None:
    own = [city.name, city.phone, city.email, city.website]

    assert {str(t): value for t in texts for value in own if value in t.text} == {}


def test_button_titles_fit_every_channel(texts: list[Text]) -> None:
    assert {str(t): b.title for t in texts for b in t.buttons if len(b.title) > LONGEST_TITLE} == {}


def test_a_message_offers_no_more_choices_than_a_list_holds(texts: list[Text]) -> None:
    assert {str(t): len(t.buttons) for t in texts if len(t.buttons) > MOST_CHOICES} == {}


def test_no_two_choices_of_a_message_look_the_same(texts: list[Text]) -> None:
    titles = {str(t): [b.title.casefold() for b in t.buttons] for t in texts}

    assert {text: each for text, each in titles.items() if len(set(each)) < len(each)} == {}


def test_every_button_leads_somewhere(content: Content) -> None:
    known = content.intents | set(content.examples)
    lost = {str(t): b.payload for t in content.texts for b in t.buttons if b.intent not in known}

    assert lost == {}


def test_every_choice_that_a_button_carries_is_known_to_the_city(texts: list[Text], city: City) -> None:
    codes = {
        "afspraak_maken": {product.code for product in city.products},
        "melding_maken": {report.code for report in city.reports},
        "openingsuren_vragen": {location.code for location in city.locations},
    }
    unknown = {
        str(t): b.payload
        for t in texts
        for b in t.buttons
        if b.choice and b.choice not in codes.get(b.intent, {b.choice})
    }

    assert unknown == {}


def test_payloads_double_their_braces(texts: list[Text]) -> None:
    """Rasa fills in what stands between single braces, also in a button."""
    assert {str(t): b.payload for t in texts for b in t.buttons if "{" in b.payload and b.choice is None} == {}


@pytest.mark.req("BP2-02")
def test_the_welcome_ends_in_an_open_question_with_at_most_five_choices(texts: list[Text]) -> None:
    welcome = [text for text in texts if text.response == "utter_algemeen_welkom"]

    assert welcome
    assert all(text.text.endswith("?") and 1 <= len(text.buttons) <= 5 for text in welcome)


def by_topic(texts: list[Text], values: dict[str, str]) -> dict[str, list[str]]:
    topics: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        topics[text.file].extend(sentences(text.filled(values)))
    return topics


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text; a line of a list is one, a link is one word."""
    plain = LINK.sub("pagina", text).replace("**", "")
    for line in plain.splitlines():
        for sentence in re.split(r"(?<=[.!?:])\s+", line.removeprefix("- ").strip()):
            if re.search(r"[A-Za-zÀ-ÿ]", sentence):
                yield sentence.rstrip(".!?:")
