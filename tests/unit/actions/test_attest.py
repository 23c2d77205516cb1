"""Ordering an attest: what is asked and what not, where it may go, and what is said of how it ends."""

import re
from datetime import timedelta
from typing import Any

import pytest

from actions.attest_vragen import read_day
from actions.clients.errors import Rejected, Unavailable, Uncertain
from actions.clients.ports import AttestOrder, AttestRequest, AttestState
from actions.orders import Orders
from citizens.identities import Claims
from tests.unit.actions.room import Citizen, Room

EID = "urn:be:vlaanderen:authmech:eid"
MAIL = "lien.declercq@mail.example"


def orders_of(room: Room) -> Orders:
    orders: Orders = room.actions["action_attest_indienen"].orders  # type: ignore[attr-defined]
    return orders


def log_in(citizen: Citizen, rrn: str | None = "85073003328", level: str = EID) -> str:
    room = citizen.room
    claims = Claims("https://acm", f"sub-{rrn}", "Lien", "Declercq", rrn, level, room.clock.utc())
    return orders_of(room).identities.bind(citizen.conversation, claims, room.clock.utc() + timedelta(days=1)).person


@pytest.fixture
def lien(room: Room) -> Citizen:
    """Somebody who is logged in."""
    citizen = room.citizen()
    log_in(citizen)
    return citizen


async def answer(citizen: Citizen, *said: str) -> list[str]:
    """A tap for what is a code, words for the rest; the answers to the last of them."""
    for one in said:
        if one in ("ja", "nee"):
            await citizen.says(one, "bevestigen" if one == "ja" else "ontkennen")
        elif one.startswith("="):
            await citizen.taps(f'/kiezen{{"keuze": "{one[1:]}"}}')
        else:
            await citizen.says(one)
    return citizen.heard


async def begin(citizen: Citizen, text: str) -> list[str]:
    return await citizen.says(text, "attest_aanvragen")


def ordered(room: Room) -> AttestRequest:
    [request] = room.attests.requests.values()
    return request


@pytest.mark.req("BP2-03", "BP3-05")
async def test_a_household_attest_asks_only_why_and_where_to(room: Room, lien: Citizen) -> None:
    await begin(lien, "ik heb een gezinssamenstelling nodig")
    assert lien.asked == "attest_reden"
    await answer(lien, "=huur")
    assert lien.heard == ["utter_attest_levering_bekend"]
    assert "l•••@mail.example" in lien.text
    await answer(lien, "=email_bekend")
    assert lien.heard == ["utter_attest_samenvatting"]
    await answer(lien, "ja")

    assert lien.heard == ["utter_attest_aangevraagd", "utter_algemeen_nog_iets"]
    request = ordered(room)
    assert (request.type, request.delivery, request.email) == ("GEZINSSAMENSTELLING", "email", MAIL)
    assert dict(request.details) == {"reden": "huur", "taal": "nl"}


async def test_what_the_first_words_say_is_not_asked(lien: Citizen) -> None:
    await begin(lien, "gezinssamenstelling voor mijn huisbaas in het frans")

    assert (lien.slots["attest_reden"], lien.slots["attest_taal"]) == ("huur", "fr")
    assert lien.asked == "attest_levering"


CASES: list[tuple[str, list[str], dict[str, Any]]] = [
    (
        "bewijs van woonst",
        ["=zelf", "=huwelijk", "=volledig"],
        {"reden": "huwelijk", "taal": "nl", "historiek": "volledig", "met_oog_op_huwelijk": True},
    ),
    ("uittreksel uit het bevolkingsregister", ["=zelf", "=werk"], {"reden": "werk", "taal": "nl"}),
    ("nationaliteitsbewijs", ["=zelf", "=buitenland", "=en"], {"reden": "buitenland", "taal": "en"}),
    (
        "attest van wettelijke samenwoning",
        ["=bank", "Jan Peeters"],
        {"reden": "bank", "taal": "nl", "partner": "Jan Peeters"},
    ),
    (
        "geboorteakte",
        ["=zelf", "=school", "=uittreksel", "nee"],
        {
            "reden": "school",
            "taal": "nl",
            "vorm": "uittreksel",
            "met_afstamming": False,
            "meertalig_modelformulier": False,
        },
    ),
    (
        "trouwakte",
        ["=buitenland", "=fr", "=afschrift", "Gent", "15 juni 2010"],
        {
            "reden": "buitenland",
            "taal": "fr",
            "vorm": "afschrift",
            "meertalig_modelformulier": True,
            "plaats_huwelijk": "Gent",
            "datum_huwelijk": "2010-06-15",
        },
    ),
    (
        "akte van overlijden",
        ["=bank", "=afschrift", "Omer Declercq", "dochter", "Kortrijk", "03/11/2026"],
        {
            "reden": "bank",
            "taal": "nl",
            "vorm": "afschrift",
            "betrokkene": "Omer Declercq",
            "verwantschap": "dochter",
            "plaats_overlijden": "Kortrijk",
            "datum_overlijden": "2026-11-03",
        },
    ),
]


@pytest.mark.req("BP2-12", "BP3-05")
@pytest.mark.parametrize(("words", "answers", "details"), CASES, ids=[case[0] for case in CASES])
async def test_each_kind_asks_what_it_needs_and_all_of_it_arrives(
    room: Room, lien: Citizen, words: str, answers: list[str], details: dict[str, Any]
) -> None:
    await begin(lien, words)
    await answer(lien, *answers)
    assert lien.asked == "attest_levering", lien.heard
    await answer(lien, "=post", "ja")

    assert lien.heard[0] == "utter_attest_aangevraagd_post"
    assert dict(ordered(room).details) == details
    assert set(details) == set(room.city.attests.kind(ordered(room).type).questions)


async def test_a_proof_of_life_goes_by_post_without_asking(room: Room, lien: Citizen) -> None:
    await begin(lien, "levensbewijs")
    await answer(lien, "=buitenland", "=fr", "pensioendienst in Frankrijk")
    assert lien.heard == ["utter_attest_samenvatting"]
    await answer(lien, "ja")

    assert (ordered(room).delivery, ordered(room).email) == ("post", None)


async def test_what_is_too_sensitive_for_a_chat_goes_to_the_e_counter(room: Room, citizen: Citizen) -> None:
    heard = await begin(citizen, "ik moet een bewijs van goed gedrag en zeden hebben")

    assert heard == ["utter_attest_via_eloket"]
    assert room.city.links["strafregister"] in citizen.text
    assert citizen.form is None


async def test_what_is_done_in_person_is_told_so(citizen: Citizen) -> None:
    assert await begin(citizen, "mijn handtekening laten wettigen, wettiging") == ["utter_attest_aan_het_loket"]


async def test_who_is_not_logged_in_gets_a_link_and_goes_on_where_he_was(citizen: Citizen) -> None:
    await begin(citizen, "gezinssamenstelling voor de bank")
    assert citizen.asked == "aangemeld"
    log_in(citizen)
    await citizen.taps("/aangemeld")

    assert citizen.asked == "attest_levering"


@pytest.mark.parametrize("rrn", [None])
async def test_who_has_no_number_hears_what_he_can_do(citizen: Citizen, rrn: str | None) -> None:
    log_in(citizen, rrn)

    heard = await begin(citizen, "gezinssamenstelling")

    assert heard == ["utter_attest_geen_rijksregisternummer"]
    assert citizen.form is None


async def test_who_lives_elsewhere_hears_so(room: Room, citizen: Citizen) -> None:
    log_in(citizen, "93051822361")
    await begin(citizen, "gezinssamenstelling")
    await answer(citizen, "=huur", "=post", "ja")

    assert citizen.heard[0] == "utter_attest_niet_ingeschreven"


# --- for whom -------------------------------------------------------------------


async def test_for_a_child_the_register_tells_which_children_there_are(room: Room, lien: Citizen) -> None:
    await begin(lien, "nationaliteitsbewijs voor mijn dochter")
    assert lien.asked == "attest_voor_wie"
    assert lien.choices[-2:] == ["Mila", "Stan"]
    await answer(lien, "mila", "=school", "=post", "ja")

    assert ordered(room).relative == "m"


async def test_who_has_one_child_need_not_say_which(room: Room, lien: Citizen) -> None:
    resident = room.attests.residents["85073003328"]
    room.attests.residents["85073003328"] = type(resident)(resident.email, resident.address, resident.family[:2])

    await begin(lien, "woonst voor mijn kind")

    assert lien.slots["attest_voor_wie"] == {"id": "m", "naam": "Mila Desmet"}


async def test_who_has_no_child_gets_it_for_himself(room: Room, lien: Citizen) -> None:
    room.attests.residents["85073003328"] = type(room.attests.residents["85073003328"])(MAIL, "Kerkstraat 12")

    heard = await begin(lien, "woonst voor mijn kind")

    assert heard[0] == "utter_attest_geen_kind"
    assert lien.slots["attest_voor_wie"] == {"id": None, "naam": ""}


async def test_a_register_that_is_down_is_not_told_as_having_no_children(room: Room, lien: Citizen) -> None:
    room.attests.faults.everything = Unavailable("thuisloket", "resident")

    assert await begin(lien, "woonst voor mijn kind") == ["utter_onbereikbaar"]


# --- where to -------------------------------------------------------------------


def mailed_code(room: Room) -> str:
    found = re.search(r"\b(\d{6})\b", room.mailer.sent[-1][2])
    assert found
    return found[1]


async def to_the_code(citizen: Citizen, email: str = "ander@example.be") -> None:
    await begin(citizen, "gezinssamenstelling")
    await answer(citizen, "=huur", "=email", email)
    assert citizen.heard == ["utter_attest_code_verstuurd"]


@pytest.mark.req("BP5-01")
async def test_another_address_is_proved_by_a_code_and_then_remembered(room: Room, lien: Citizen) -> None:
    await to_the_code(lien)
    to, subject, text = room.mailer.sent[-1]
    await answer(lien, mailed_code(room), "ja")

    assert to == "ander@example.be"
    assert subject.startswith("Je code voor Leiestad")
    assert "tien minuten" in text
    assert ordered(room).email == "ander@example.be"
    assert await orders_of(room).email(lien.conversation) == "ander@example.be"


async def test_three_wrong_codes_take_the_address_away(room: Room, lien: Citizen) -> None:
    await to_the_code(lien)
    wrong = f"{(int(mailed_code(room)) + 1) % 10**6:06}"
    assert (await answer(lien, wrong))[0] == "utter_attest_code_fout"
    assert (await answer(lien, wrong))[0] == "utter_attest_code_fout"
    heard = await answer(lien, wrong)

    assert heard == ["utter_attest_code_te_vaak", "utter_attest_levering_bekend"]
    assert lien.slots["attest_email"] is None
    assert room.attests.requests == {}


async def test_an_old_code_is_replaced_by_a_new_one(room: Room, lien: Citizen) -> None:
    await to_the_code(lien)
    old = mailed_code(room)
    room.set_clock("2026-11-23T10:11:00")
    heard = await answer(lien, old)

    assert heard == ["utter_attest_code_verlopen", "utter_attest_code_verstuurd"]
    assert len(room.mailer.sent) == 2


async def test_a_question_in_between_mails_no_second_code(room: Room, lien: Citizen) -> None:
    await to_the_code(lien)
    heard = await lien.says("waarom", "waarom_vragen")

    assert heard == ["utter_uitleg_attest_code", "utter_attest_code_vraag"]
    assert len(room.mailer.sent) == 1


async def test_who_gets_no_mail_can_take_the_post(room: Room, lien: Citizen) -> None:
    await begin(lien, "gezinssamenstelling")
    room.mailer.faults.everything = Unavailable("smtp", "send")
    heard = await answer(lien, "=huur", "=email", "ander@example.be")
    assert heard == ["utter_attest_code_niet_verstuurd"]
    await answer(lien, "=post", "ja")

    assert (ordered(room).delivery, ordered(room).email) == ("post", None)


async def test_no_more_than_a_few_codes_go_out(room: Room, lien: Citizen) -> None:
    await to_the_code(lien)
    for _ in range(6):
        await answer(lien, "=opnieuw")

    assert lien.heard == ["utter_attest_code_te_veel"]
    assert len(room.mailer.sent) == 5


async def test_an_address_of_an_earlier_request_proves_nothing(room: Room, lien: Citizen) -> None:
    person = log_in(lien)
    orders_of(room).facts.keep(person, "email", "getypt@example.be", source="aanvraag", purpose="afspraak")

    assert await orders_of(room).email(lien.conversation) == MAIL


async def test_an_outage_of_the_register_only_asks_for_an_address(room: Room, lien: Citizen) -> None:
    room.attests.faults.everything = Unavailable("thuisloket", "resident")
    await begin(lien, "gezinssamenstelling")

    assert await answer(lien, "=huur") == ["utter_attest_levering"]


# --- what became of it ------------------------------------------------------------


async def order(citizen: Citizen) -> list[str]:
    await begin(citizen, "gezinssamenstelling")
    return await answer(citizen, "=huur", "=email_bekend", "ja")


@pytest.mark.req("BP2-12")
@pytest.mark.parametrize("fault", [Unavailable("thuisloket", "order"), Uncertain("thuisloket", "order")])
async def test_an_outage_delays_an_order_and_loses_nothing(room: Room, lien: Citizen, fault: Exception) -> None:
    room.attests.faults.before["order"] = fault
    assert (await order(lien))[0] == "utter_attest_ontvangen"
    room.attests.faults.over()
    room.set_clock("2026-11-23T10:05:00")
    await room.retry()

    assert await lien.gets_news() == ["utter_attest_aangevraagd"]
    assert len(room.attests.requests) == 1


@pytest.mark.req("BP3-06")
async def test_manual_handling_is_told_and_followed_to_its_end(room: Room, lien: Citizen) -> None:
    room.attests.by_hand = True
    assert (await order(lien))[0] == "utter_attest_met_de_hand"
    assert "woensdag 25 november" in lien.text
    [(key, standing)] = room.attests.standing.items()
    room.attests.standing[key] = AttestOrder(standing.id, AttestState.REFUSED, None, "Kom even langs.")
    room.set_clock("2026-11-23T11:00:00")
    await room.wiring.followups.round()

    assert await lien.gets_news() == ["utter_attest_geweigerd"]
    assert "Kom even langs." in lien.text


async def test_that_it_was_delivered_is_told_once(room: Room, lien: Citizen) -> None:
    await order(lien)
    [(key, standing)] = room.attests.standing.items()
    room.attests.standing[key] = AttestOrder(standing.id, AttestState.DELIVERED)
    for hour in (11, 12, 13):
        room.set_clock(f"2026-11-23T{hour}:00:00")
        await room.wiring.followups.round()

    assert len(room.events(lien.conversation)) == 1
    assert await lien.gets_news() == ["utter_attest_afgeleverd"]


async def test_a_no_of_the_thuisloket_is_told_with_a_way_out(room: Room, lien: Citizen) -> None:
    room.attests.faults.before["order"] = Rejected("thuisloket", "order", "invalid")

    assert (await order(lien))[0] == "utter_attest_niet_aanvaard"


async def test_who_logged_out_before_the_yes_has_ordered_nothing(room: Room, lien: Citizen) -> None:
    await begin(lien, "gezinssamenstelling")
    await answer(lien, "=huur", "=post")
    orders_of(room).identities.unbind(lien.conversation, "logged_out")
    await answer(lien, "ja")

    assert room.attests.requests == {}


async def test_nobody_hears_of_another_conversations_attest(room: Room, lien: Citizen) -> None:
    await order(lien)
    [reference] = room.attests.requests

    assert await room.citizen().taps(f'/attest_bijgewerkt{{"keuze": "{reference}"}}') == []


async def test_no_slot_holds_the_number(room: Room, lien: Citizen) -> None:
    await order(lien)

    assert "85073003328" not in repr(lien.slots) + repr(lien.events)
    assert MAIL not in repr(lien.slots)


@pytest.mark.parametrize(
    ("text", "day"),
    [("15/6/2010", "2010-06-15"), ("op 1 maart 1999", "1999-03-01"), ("3-11-2026", "2026-11-03"), ("31/02/2010", None)],
)
def test_a_day_is_read_as_people_write_it(text: str, day: str | None) -> None:
    found = read_day(text)

    assert (found.isoformat() if found else None) == day
