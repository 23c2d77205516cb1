from datetime import datetime, timedelta

import pytest

from clock import BRUSSELS
from connectors.exchange import Exchange
from conversations.agents import Profile
from conversations.handover_model import Request
from conversations.model import Reply
from conversations.overrides import Overrides
from settings import ROOT
from tests.unit.connectors.setting import reception
from tests.unit.conversations.setting import StoppedClock, words
from tests.unit.test_opening_hours import MOMENTS
from texts import Texts

WORKDAY = {"open": True, "closes_at": "2026-11-23T12:00:00+01:00", "opens_at": None, "reason": None}


@pytest.fixture
def clock():
    return StoppedClock()


@pytest.fixture
def overrides(ledger, clock, monkeypatch):
    monkeypatch.setattr("conversations.overrides.LOOK_AGAIN", 0.0)
    return Overrides(ledger.engine, clock)


@pytest.fixture
def house(ledger, overrides):
    return reception(ledger, Texts(ROOT / "data", ROOT / "city.yml", overrides))


@pytest.fixture
def exchange(house, clock):
    return Exchange(house.texts, house.queue, clock)


def onthaal(exchange):
    return exchange.state()["teams"][0]


def waits(house, ledger, who):
    conversation = ledger.receive(words(1, address=who)).message.conversation
    house.handovers.request(conversation, Request("onthaal", "melding", "asked"))
    return conversation


@pytest.mark.req("TA-10", "TI-03")
def test_it_tells_for_each_team_and_channel_whether_it_is_open(exchange):
    assert [(each["code"], each["channels"][-1]) for each in exchange.state()["teams"]] == [
        ("onthaal", {"code": "telefoon", **WORKDAY}),
        ("burgerzaken", {"code": "telefoon", **WORKDAY}),
    ]


@pytest.mark.req("TA-10")
@pytest.mark.parametrize(("moment", "is_open", "opens", "why"), MOMENTS)
def test_it_has_the_calendar_of_all_other_channels(exchange, clock, moment, is_open, opens, why):
    clock.moment = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)

    for channel in onthaal(exchange)["channels"]:
        opens_at = None if is_open else datetime.fromisoformat(opens).replace(tzinfo=BRUSSELS).isoformat()
        assert (channel["open"], channel["opens_at"]) == (is_open, opens_at), why


@pytest.mark.req("TA-10")
@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2026-12-24 11:00", "kerstavond"),  # half a day: open, and yet not ordinary
        ("2026-12-25 10:00", "Kerstmis"),
        ("2027-07-12 10:00", "de dag na de Vlaamse feestdag"),
        ("2026-11-22 10:00", None),  # a Sunday
    ],
)
def test_it_tells_why_a_day_is_not_an_ordinary_one(exchange, clock, moment, reason):
    clock.moment = datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)

    assert {channel["reason"] for channel in onthaal(exchange)["channels"]} == {reason}


@pytest.mark.req("TS-08", "TI-01")
def test_it_reads_the_calamity_as_long_as_it_lasts(exchange, overrides, clock):
    assert exchange.state()["calamity"] is None
    until = clock.now() + timedelta(hours=2)
    value = {"id": "calamiteit:1", "tekst": "Het stadhuis is dicht.", "tot": until.isoformat(), "alleen_telefoon": True}
    overrides.write("calamiteit", {**value, "omleiden": [], "naar_team": ""}, "luc")
    exchange.texts.look_again()

    told = exchange.state()["calamity"]
    clock.passes(7201)
    exchange.texts.look_again()

    assert told == {"text": "Het stadhuis is dicht.", "phone_only": True, "until": until.isoformat(timespec="seconds")}
    assert exchange.state()["calamity"] is None


@pytest.mark.req("TI-03")
def test_who_has_a_chat_is_busy_for_a_call_and_nobody_is_named(exchange, house, ledger):
    sanne = house.queue.agents.arrive("op|sanne", Profile("Sanne Claes", ["onthaal"]))
    house.queue.agents.arrive("op|piet", Profile("Piet Verbeke", ["onthaal", "burgerzaken"]))
    house.handovers.claim(waits(house, ledger, "an"), sanne.id)

    state = exchange.state()

    assert [team["agents"] for team in state["teams"]] == [
        {"present": 2, "free": 1, "busy": 1},
        {"present": 1, "free": 1, "busy": 0},
    ]
    assert not any(name in str(state) for name in ("Sanne", "Piet", sanne.id))


@pytest.mark.req("TA-09")
def test_it_is_busier_than_normal_when_somebody_waits_longer_than_the_team_lets_him(exchange, house, ledger, clock):
    waits(house, ledger, "an")
    clock.passes(300)
    before = onthaal(exchange)
    clock.passes(1)

    assert (before["waiting"], before["longest_wait_seconds"], before["busy"]) == (1, 300, False)
    assert onthaal(exchange)["busy"]


@pytest.mark.req("TA-09")
def test_everybody_who_waits_is_counted_also_when_it_is_very_busy(exchange, house, ledger):
    for number in range(101):
        waits(house, ledger, f"burger {number}")

    assert onthaal(exchange)["waiting"] == 101


@pytest.mark.req("TA-09")
def test_it_is_busier_than_normal_when_the_next_one_would_wait_so_long(exchange, house, ledger, clock):
    sanne = house.queue.agents.arrive("op|sanne", Profile("Sanne Claes", ["onthaal"], capacity=1))
    for number in range(5):
        conversation = waits(house, ledger, f"burger {number}")
        house.handovers.claim(conversation, sanne.id)
        house.handovers.say(conversation, sanne.id, Reply("Dag"), client_id="1")
        clock.passes(600)
        house.queue.agents.alive(sanne.id)
        house.handovers.close(conversation, sanne.id, topic="melding")
    quiet = onthaal(exchange)

    waits(house, ledger, "an")

    assert (quiet["waiting"], quiet["busy"]) == (0, False)
    assert (onthaal(exchange)["expected_wait_seconds"], onthaal(exchange)["busy"]) == (1200, True)
