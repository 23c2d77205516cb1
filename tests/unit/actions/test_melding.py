"""Reporting a problem in the street: what is read, what is asked, what is summed up and what is told."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions.clients.errors import Misconfigured, Rejected, Unavailable, Uncertain
from actions.melding import MOST_CHOICES, MOST_PHOTOS, describes
from filings.model import FilingState
from tests.unit.actions.journeys import ANSWERS, EMAIL, finish, reach

PARTS = {
    "melding_omschrijving": "er ligt een stoeptegel los",
    "melding_plaats": "in de Kerkstraat 12",
    "email": "mijn e-mailadres is lien@example.be",
}
ASKED_BECAUSE_OF_A_CONTACT = {"melding_contact", "email", "naam"}


# --- what was said is not asked again ---------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP2-13")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.permutations(list(PARTS)),
    size=st.integers(0, len(PARTS)),
    opening=st.sampled_from(["", "hallo, ", "ik wil iets melden: ", "goeiedag, kwil een melding doen, "]),
)
async def test_what_the_first_sentence_says_is_not_asked_and_the_rest_is(room, said, size, opening):
    known = set(said[:size])
    known |= {"melding_contact"} & ({"melding_contact"} if "email" in known else set())
    known |= {"melding_categorie"} if "melding_omschrijving" in said[:size] else set()
    citizen = room.citizen()
    first = opening + ", ".join(PARTS[part] for part in said[:size])

    await citizen.says(first or "ik wil iets melden", "melding_maken")
    asked = await finish(citizen)

    assert set(asked) & known == set()
    assert set(asked) | known >= set(ANSWERS["melding_form"])
    assert len(asked) == len(set(asked))


@pytest.mark.req("BP2-13")
async def test_a_full_first_sentence_leaves_three_questions(room, citizen):
    await citizen.says("er ligt een stoeptegel los in de Kerkstraat 12, mail lien@example.be", "melding_maken")

    assert await finish(citizen) == ["melding_fotos", "naam", "melding_bevestigd"]


async def test_a_street_without_a_number_asks_for_the_number_only(citizen):
    assert await citizen.says("put in de weg in de Merellaan", "melding_maken") == ["utter_melding_vraag_nummer"]
    assert await citizen.says("14") == ["utter_ask_melding_fotos"]

    assert citizen.slots["melding_plaats"]["tekst"] == "Merellaan 14"


async def test_a_photo_or_a_place_can_be_the_first_thing_said(room):
    with_photo, with_place = room.citizen(), room.citizen()

    assert await with_photo.sends_photo() == ["utter_melding_foto_ontvangen", "utter_ask_melding_omschrijving"]
    assert await with_place.shares_place(50.87054, 3.299) == ["utter_ask_melding_omschrijving"]

    assert len(with_photo.slots["melding_fotos"]) == 1
    assert with_place.slots["melding_plaats"]["straat"] == "Kerkstraat"
    assert "melding_fotos" not in await finish(with_photo)
    assert "melding_plaats" not in await finish(with_place)


async def test_a_button_under_an_answer_brings_its_category(citizen):
    await citizen.taps('/melding_maken{"keuze":"sluikstort"}')

    assert "melding_categorie" not in await finish(citizen)
    assert citizen.slots["melding_categorie"] == "sluikstort"


@pytest.mark.req("BP4-07")
async def test_a_second_report_asks_nothing_about_the_person_again(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")

    await citizen.says("er is ook sluikstort in de Vlasmarkt 3", "melding_maken")

    assert set(await finish(citizen)) & ASKED_BECAUSE_OF_A_CONTACT == set()
    first, second = room.incidents.reports.values()
    assert (first.name, first.email) == (second.name, second.email) == ("Lien Declercq", EMAIL)
    assert first.key != second.key
    assert second.place == "Vlasmarkt 3"


# --- what describes a problem -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["er ligt een tegel los", "sluikstort", "graffiti op de muur", "de lamp voor onze deur brandt niet"]
)
def test_this_says_what_the_matter_is(text):
    assert describes(text)


@pytest.mark.parametrize(
    "text", ["", "ja", "ik wil iets melden", "hallo", "kzou een melding willen doen aub", "een probleem", "?!"]
)
def test_this_says_only_that_there_is_something(text):
    assert not describes(text)


# --- each question and its answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ja", "hallo", "ik wil een melding doen"])
async def test_a_description_that_says_nothing_is_explained(room, text):
    citizen = await reach(room, "melding_form", "melding_omschrijving")

    assert await citizen.says(text) == ["utter_uitleg_melding_omschrijving", "utter_ask_melding_omschrijving"]


async def test_the_description_is_kept_as_it_was_typed(room):
    citizen = await reach(room, "melding_form", "melding_omschrijving")

    await citizen.says('De tegel ligt <b>los</b> & "scheef",\nal 2 weken!')

    assert citizen.slots["melding_omschrijving"] == 'De tegel ligt <b>los</b> & "scheef",\nal 2 weken!'


async def test_a_category_is_offered_nearest_first_and_told_by_name_or_button(room, city):
    citizen = room.citizen()
    await citizen.says("een boom ligt op de stoep", "melding_maken")

    assert citizen.heard == ["utter_melding_kies_categorie"]
    assert citizen.choices[:2] == [city.report("boom").name, city.report("voetpad").name]
    assert len(citizen.choices) == len(set(citizen.choices)) == MOST_CHOICES

    await citizen.says("het is vooral die boom")
    assert citizen.slots["melding_categorie"] == "boom"


@pytest.mark.parametrize("text", ["geen idee", "iets anders"])
async def test_a_category_that_is_none_is_asked_again(room, text):
    citizen = await reach(room, "melding_form", "melding_categorie")

    assert await citizen.says(text) == ["utter_uitleg_melding_categorie", "utter_melding_kies_categorie"]


async def test_a_category_that_the_city_has_not_is_no_choice(room):
    citizen = await reach(room, "melding_form", "melding_categorie")

    await citizen.taps('/kiezen{"keuze": "maanlanding"}')

    assert citizen.asked == "melding_categorie"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Kerkstraat 12", "Kerkstraat 12"),
        ("hoek van de Kerkstraat en de Grote Markt", "Kerkstraat / Grote Markt"),
        ("Kerkstraat, tegenover de bakker", "Kerkstraat, tegenover de bakker"),
    ],
)
async def test_a_place_is_a_number_a_crossing_or_a_remark(room, text, place):
    citizen = await reach(room, "melding_form", "melding_plaats")

    assert await citizen.says(text) == ["utter_ask_melding_fotos"]
    assert citizen.slots["melding_plaats"]["tekst"] == place


@pytest.mark.parametrize("text", ["Fantasiestraat 5", "in Gent"])
async def test_a_place_that_is_not_in_the_city_is_said_to_be_unknown(room, text):
    citizen = await reach(room, "melding_form", "melding_plaats")

    heard = await citizen.says(text)

    assert heard[-1] == "utter_melding_vraag_plaats"
    assert len(heard) == 2
    assert citizen.slots["melding_plaats"] is None


async def test_a_street_that_looks_like_others_is_asked_and_its_number_is_not(room):
    citizen = await reach(room, "melding_form", "melding_plaats")

    assert await citizen.says("kerckenstraat 5") == ["utter_melding_kies_straat"]
    await citizen.chooses(citizen.choices[0])

    assert citizen.asked == "melding_fotos"
    assert citizen.slots["melding_plaats"]["tekst"].endswith(" 5")


async def test_a_point_outside_the_city_is_refused_and_asked_again(room):
    citizen = await reach(room, "melding_form", "melding_plaats")

    assert await citizen.shares_place(51.21, 4.40) == ["utter_melding_buiten_de_stad", "utter_melding_vraag_plaats"]


@pytest.mark.parametrize("slot", list(ANSWERS["melding_form"]))
async def test_a_photo_and_a_point_on_the_map_are_welcome_at_any_question(room, slot):
    citizen = await reach(room, "melding_form", slot)
    before = len(citizen.slots.get("melding_fotos") or [])

    assert (await citizen.sends_photo())[0] == "utter_melding_foto_ontvangen"
    await citizen.shares_place(50.87054, 3.299)

    assert len(citizen.slots["melding_fotos"]) == before + 1
    assert citizen.slots["melding_plaats"]["lat"] == 50.87054
    assert citizen.form == "melding_form"


async def test_more_photos_than_fit_are_refused_kindly_and_the_first_are_kept(room):
    citizen = await reach(room, "melding_form", "melding_contact")
    for _ in range(MOST_PHOTOS):
        await citizen.sends_photo()
    kept = citizen.slots["melding_fotos"]

    assert (await citizen.sends_photo())[0] == "utter_melding_genoeg_fotos"
    assert citizen.slots["melding_fotos"] == kept


@pytest.mark.parametrize("intent", ["overslaan", "ontkennen"])
async def test_no_photo_is_fine(room, intent):
    citizen = await reach(room, "melding_form", "melding_fotos")

    assert await citizen.says("neen", intent) == ["utter_ask_melding_contact"]


@pytest.mark.parametrize(
    ("answer", "intent", "asked"),
    [
        ("lien@example.be", "nlu_fallback", "naam"),
        ("ja graag", "bevestigen", "email"),
        ("liever anoniem", "overslaan", "melding_bevestigd"),
        ("nee", "ontkennen", "melding_bevestigd"),
    ],
)
async def test_an_address_is_a_yes_to_being_kept_informed_and_a_no_asks_nothing_more(room, answer, intent, asked):
    citizen = await reach(room, "melding_form", "melding_contact")

    await citizen.says(answer, intent)

    assert citizen.asked == asked


# --- the summary and what is filed ------------------------------------------------------------------------------------


@pytest.mark.req("BP2-08", "BP4-02")
async def test_the_summary_shows_everything_that_will_be_sent(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await citizen.sends_photo()
    await citizen.says(EMAIL)
    await citizen.says("Lien Declercq")

    assert citizen.heard == ["utter_melding_samenvatting"]
    told = ("water in de vijver", "Voetpad of stoep", "Kerkstraat 12", "Foto's:** 1", "Lien Declercq", EMAIL)
    assert [value for value in told if value not in citizen.text] == []


async def test_the_summary_of_an_anonymous_report_has_no_name(room):
    citizen = await reach(room, "melding_form", "melding_contact")

    await citizen.says("anoniem", "overslaan")

    assert citizen.heard == ["utter_melding_samenvatting_anoniem"]


@pytest.mark.parametrize("intent", ["ontkennen", "nlu_fallback", "corrigeren", "melding_maken"])
async def test_another_kind_of_problem_can_be_named_at_the_summary(room, intent):
    citizen = await reach(room, "melding_form", "melding_bevestigd")

    await citizen.says("nee, het gaat over een boom", intent)

    assert citizen.asked == "melding_bevestigd"
    assert "**Soort:** Boom" in citizen.text or "**Soort:** Bomen" in citizen.text
    assert "Kerkstraat 12" in citizen.text


async def test_a_street_that_is_called_after_something_is_no_other_kind_of_problem(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")

    await citizen.says("nee, het is in de Kerkstraat 14", "ontkennen")

    assert "Voetpad of stoep" in citizen.text
    assert "Kerkstraat 14" in citizen.text


@pytest.mark.req("BP2-12", "BP3-08")
async def test_every_answer_reaches_the_people_who_mend_the_street(room):
    citizen = await reach(room, "melding_form", "melding_fotos")
    await citizen.sends_photo(b"a photo of a pond")
    await finish(citizen)

    [report] = room.incidents.reports.values()
    [photo] = room.incidents.photos[report.key].values()
    sent = f"{report} {photo}"
    slots = {slot: citizen.slots[slot] for slot in ANSWERS["melding_form"]}
    for slot in ("melding_omschrijving", "naam", "email"):
        assert slots[slot] in sent
    place = slots["melding_plaats"]
    assert (report.place, report.latitude, report.longitude) == (place["tekst"], place["lat"], place["lon"])
    category = room.city.report(slots["melding_categorie"])
    assert (report.category, report.subcategory) == (category.category, category.subcategory)
    assert photo.content == b"a photo of a pond"
    assert slots.keys() - {"melding_contact", "melding_bevestigd"} == {
        *("melding_omschrijving", "melding_categorie", "melding_plaats", "melding_fotos", "email", "naam")
    }


@pytest.mark.req("BP2-12")
async def test_who_stays_anonymous_is_nowhere_in_the_report_though_his_name_is_known(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.taps('/kiezen{"keuze": "wijzigen"}')
    await citizen.taps('/kiezen{"keuze": "veld:melding_contact"}')
    await citizen.says("liever toch anoniem", "overslaan")

    await citizen.says("ja", "bevestigen")

    [report] = room.incidents.reports.values()
    assert (report.name, report.email) == (None, None)
    assert "Lien" not in str(room.filings.of(citizen.conversation)[0].payload)


# --- what the citizen hears -------------------------------------------------------------------------------------------


@pytest.mark.req("BP4-01", "BP4-02", "BP4-06")
@pytest.mark.parametrize(
    ("anonymous", "response", "told"),
    [(False, "utter_melding_ingediend", "l•••@example.be"), (True, "utter_melding_ingediend_anoniem", "I 2611 001")],
)
async def test_success_is_told_with_the_number_of_the_city(room, anonymous, response, told):
    citizen = await reach(room, "melding_form", "melding_contact")
    await (citizen.says("anoniem", "overslaan") if anonymous else citizen.says(EMAIL))
    await finish(citizen)

    assert citizen.heard[0] == response
    assert citizen.heard[-1] == "utter_algemeen_nog_iets"
    assert "I 2611 001" in citizen.text
    assert told in citizen.text


@pytest.mark.req("BP4-01", "BP2-12")
@pytest.mark.parametrize(
    ("error", "state", "response"),
    [
        (Unavailable("topdesk", "create"), FilingState.OPEN, "utter_melding_ontvangen"),
        (Uncertain("topdesk", "create"), FilingState.UNCERTAIN, "utter_melding_ontvangen"),
        (Misconfigured("topdesk", "create"), FilingState.OPEN, "utter_melding_ontvangen"),
        (Rejected("topdesk", "create", "invalid"), FilingState.REFUSED, "utter_melding_niet_aanvaard"),
        (RuntimeError("a mistake"), FilingState.UNCERTAIN, "utter_melding_ontvangen"),
    ],
)
async def test_success_is_never_told_on_a_failure_and_the_reference_is_given(room, error, state, response):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    room.incidents.faults.everything = error

    heard = await citizen.says("ja", "bevestigen")

    [filing] = room.filings.of(citizen.conversation)
    assert filing.state is state
    assert heard == [response, "utter_algemeen_nog_iets"]
    assert filing.reference in citizen.text


@pytest.mark.req("BP2-12")
async def test_the_same_turn_again_files_and_tells_the_same(room):
    """The front sends a message again when the answer was lost on the way."""
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    before = dict(citizen.slots)
    first = await citizen.says("ja", "bevestigen")
    text = citizen.text

    citizen.slots, citizen.form = before, "melding_form"
    again = await citizen.says("ja", "bevestigen")

    assert (first, text) == (again, citizen.text)
    assert len(room.incidents.reports) == 1


@pytest.mark.parametrize("reference", ["", "M-2222-2222", "rubbish"])
async def test_news_about_nothing_says_nothing(citizen, reference):
    assert await citizen.taps(f'/melding_geregistreerd{{"keuze": "{reference}"}}') == []


async def test_a_number_that_the_citizen_has_read_is_no_news(room):
    citizen = await reach(room, "melding_form", "melding_bevestigd")
    await citizen.says("ja", "bevestigen")
    [filing] = room.filings.of(citizen.conversation)

    assert await citizen.taps(f'/melding_geregistreerd{{"keuze": "{filing.reference}"}}') == []


async def test_news_of_another_conversation_is_not_told_here(room):
    owner = await reach(room, "melding_form", "melding_bevestigd")
    await owner.says("ja", "bevestigen")
    [filing] = room.filings.of(owner.conversation)

    assert await room.citizen().taps(f'/melding_geregistreerd{{"keuze": "{filing.reference}"}}') == []


def test_every_category_of_the_city_can_be_told_by_each_of_its_words(city):
    from actions.named import named_in

    wrong = [
        (category.code, word)
        for category, word in itertools.chain.from_iterable(
            [(category, word) for word in (category.name, *category.synonyms)] for category in city.reports
        )
        if named_in(word, city.reports) != [category]
    ]

    assert wrong == []
