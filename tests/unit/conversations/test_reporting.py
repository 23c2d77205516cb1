from datetime import date

import pytest

from conversations.agents import Agents, Profile
from conversations.database import writing
from conversations.figures import Cell, count
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.reporting import By, Reporting, Scope
from tests.sealing import VAULT
from tests.unit.conversations.setting import words

EVERYTHING = Scope(frozenset(), None)
FIRST, LAST = date(2023, 11, 24), date(2026, 11, 23)
COUNTED = {
    Cell(date(2023, 11, 24), "web", "", "melding"): 30,
    Cell(date(2025, 2, 28), "whatsapp", "onthaal", "melding"): 20,
    Cell(date(2025, 2, 1), "web", "burgerzaken", "attest"): 12,
    Cell(date(2026, 11, 23), "web", "", ""): 5,
}


@pytest.fixture
def agents(engine, clock, bell):
    return Agents(engine, clock, bell)


@pytest.fixture
def reporting(engine, clock, agents):
    with writing(engine) as db:
        for cell, times in COUNTED.items():
            count(db, cell, ["begun"], times)
    return Reporting(engine, clock, agents)


def begun(reporting, by, scope=EVERYTHING, first=FIRST, last=LAST):
    return {key: sums["begun"] for key, sums in reporting.sums(scope, first, last, by).items()}


@pytest.mark.req("WS-07", "CS-07")
def test_three_years_are_added_up_by_whatever_is_asked(reporting):
    assert begun(reporting, By.YEAR) == {"2023": 30, "2025": 32, "2026": 5}
    assert begun(reporting, By.MONTH) == {"2023-11": 30, "2025-02": 32, "2026-11": 5}
    assert begun(reporting, By.DAY, first=date(2025, 2, 2)) == {"2025-02-28": 20, "2026-11-23": 5}
    assert begun(reporting, By.CHANNEL) == {"web": 47, "whatsapp": 20}
    assert begun(reporting, By.TEAM) == {"": 35, "onthaal": 20, "burgerzaken": 12}
    assert begun(reporting, By.TOPIC) == {"melding": 50, "attest": 12, "": 5}
    assert reporting.begun() == FIRST


@pytest.mark.req("G-05")
def test_a_team_sees_its_own_and_what_the_bot_did_about_its_topics(reporting):
    scope = Scope(frozenset(["onthaal"]), frozenset(["melding"]))

    assert begun(reporting, By.TEAM, scope) == {"": 30, "onthaal": 20}


def test_how_it_is_now_counts_the_teams_that_were_asked_about(engine, ledger, clock, bell, agents):
    reporting, handovers = Reporting(engine, clock, agents), Handovers(engine, clock, bell, VAULT, pull={"web"})
    agents.arrive("op|sanne", Profile("Sanne Claes", ["burgerzaken"]))
    agents.arrive("op|piet", Profile("Piet Verbeke", ["onthaal"]))
    for number, team in enumerate(["burgerzaken", "burgerzaken", "burgerzaken", "onthaal"]):
        conversation = ledger.receive(words(1, address=f"an{number}")).message.conversation
        handovers.request(conversation, Request(team, "attest", "asked"))
        clock.passes(10)
        if number == 0:
            handovers.claim(conversation, "sanne")

    live = reporting.live(["burgerzaken"])

    assert (live.waiting, live.present, live.chats) == (2, 1, 1)
    assert live.longest_since == clock.after(-30)
    assert reporting.live([]).waiting == 0
