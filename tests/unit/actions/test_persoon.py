"""Who somebody is and how to reach him, asked once a session."""

import pytest

from actions.base import Turn
from actions.persoon import Email, Name, Phone
from tests.unit.actions.journeys import reach


@pytest.fixture
def turn(citizen):
    """The turn in which somebody typed this."""
    from rasa_sdk.executor import CollectingDispatcher

    def typed(text):
        citizen.latest = {"text": text, "intent": {"name": "nlu_fallback", "confidence": 0.9}}
        return Turn(CollectingDispatcher(), citizen.tracker())

    return typed


@pytest.mark.parametrize("field", [Name(), Email(), Phone()])
def test_what_is_known_of_a_person_outlives_a_request(field):
    assert field.shared


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (Name(), "ik ben lien declercq", "Lien Declercq"),
        (Name(), "mijn naam is Jan Van den Broeck", "Jan Van den Broeck"),
        (Email(), "mijn mail is Lien@Example.be", "lien@example.be"),
        (Phone(), "bel mij op 0470/12.34.56", "+32470123456"),
    ],
)
async def test_an_answer_is_read_in_its_normal_form(turn, field, text, value):
    assert await field.read(turn(text)) == {field.slot: value}


@pytest.mark.parametrize("field", [Name(), Email(), Phone()])
@pytest.mark.parametrize("text", ["", "?!", "nee"])
async def test_what_is_no_answer_is_none(turn, field, text):
    assert await field.read(turn(text)) is None


@pytest.mark.parametrize("field", [Email(), Phone()])
async def test_an_address_or_a_number_said_in_passing_is_taken(turn, field):
    text = "een afspraak graag, lien@example.be of 0470 12 34 56"

    assert list(await field.prefill(turn(text), text)) == [field.slot]


async def test_a_name_is_never_guessed_from_a_sentence(turn):
    text = "Lien Declercq wil graag een afspraak"

    assert await Name().prefill(turn(text), text) == {}


@pytest.mark.parametrize(
    ("text", "name"), [("nee, mijn naam is Jan Peeters", "Jan Peeters"), ("ik heet An De Smet", "An De Smet")]
)
async def test_a_name_is_corrected_when_it_is_called_one(turn, text, name):
    assert await Name().correct(turn(text), text) == {"naam": name}


async def test_two_words_that_are_not_called_a_name_correct_none(turn):
    assert await Name().correct(turn("nee, niet vrijdag"), "nee, niet vrijdag") == {}


@pytest.mark.req("BP2-08")
async def test_nothing_about_the_person_is_asked_twice_in_a_session(room):
    citizen = await reach(room, "afspraak_form", "afspraak_bevestigd")
    await citizen.says("ja", "bevestigen")

    await citizen.says("er ligt een losse tegel in de Kerkstraat 3", "melding_maken")
    await citizen.says("geen foto", "overslaan")

    assert citizen.asked == "melding_bevestigd"
    assert "Lien Declercq" in citizen.text
