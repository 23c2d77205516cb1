"""Tasks at the desk, through the real front: taken by keyboard, live in another window, and unseen by another team."""

from datetime import datetime

import pytest
from playwright.sync_api import expect

from clock import BRUSSELS, Clock
from conversations.agents import Agents
from conversations.bell import Bell
from conversations.database import connect
from conversations.ledger import Ledger
from conversations.model import Incoming, Presence
from filings.task_model import CALL_BACK, Contact, Source, TaskState, Wish
from filings.tasks import BOT, Tasks
from filings.windows import Window
from tests.browser.desk_page import TUESDAY
from tests.browser.test_accessibility import LOOKS, violations
from tests.front import wait_for
from tests.house import House
from vault import vault_of

AFTERNOON = Window(datetime(2026, 11, 24, 13, 30, tzinfo=BRUSSELS), datetime(2026, 11, 24, 16, 30, tzinfo=BRUSSELS))
YESTERDAY = Window(datetime(2026, 11, 23, 9, tzinfo=BRUSSELS), datetime(2026, 11, 23, 12, tzinfo=BRUSSELS))


class City:
    """What citizens asked the assistant, written straight into the database."""

    def __init__(self, house):
        known, bell = house.settings, Bell()
        engine, clock, vault = connect(known.database_url), Clock(known.clock_file), vault_of(known)
        self.ledger, self.tasks = Ledger(engine, clock, bell, vault), Tasks(engine, clock, bell, vault)
        self.agents = Agents(engine, clock, bell)
        self.number = 0

    def all_go_home(self):
        """So that who waits is offered to nobody of an earlier test."""
        for agent in self.agents.present():
            self.agents.be(agent.id, Presence.OFFLINE)

    def asks(self, about, window=AFTERNOON, team="onthaal"):
        self.number += 1
        said = Incoming("web", f"beller {self.number}", f"b{self.number}-{about}", text=about)
        conversation = self.ledger.receive(said).message.conversation
        contact = Contact("An Maes", "+32470123456", about)
        return self.tasks.make(
            Wish(conversation, "web", team, "melding", CALL_BACK, Source.BOT, window, contact), conversation, BOT
        )


@pytest.fixture(scope="module")
def house(tmp_path_factory, bot):
    house = House(tmp_path_factory.mktemp("tasks"), parts=("sandbox", "front"), environment={"BOT_URL": bot.url})
    house.set_clock(TUESDAY)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def city(house):
    return City(house)


def taken(desk):
    desk.page.goto(f"{desk.url}taken/")
    return desk.page.locator("#taken")


@pytest.mark.req("KI-05")
def test_a_call_is_taken_by_keyboard_and_ends_in_the_list_of_nobody(city, desk_of):
    nadia, sanne, piet = desk_of("Nadia El Amrani"), desk_of("Sanne Claes"), desk_of("Piet Verbeke")
    others, unseen = taken(sanne), taken(piet)
    mine = taken(nadia)
    task = city.asks("de lantaarn voor mijn deur is stuk")
    expect(mine).to_contain_text("de lantaarn voor mijn deur is stuk", timeout=15_000)  # without a reload

    nadia.page.get_by_role("link", name=task.reference).press("Enter")
    expect(nadia.page.locator("#berichten")).to_contain_text("de lantaarn voor mijn deur is stuk")
    nadia.button("Ik doe dit").press("Enter")
    expect(nadia.page.get_by_role("link", name="0470 12 34 56")).to_have_attribute("href", "tel:+32470123456")
    expect(others.get_by_role("region", name="Bij collega's")).to_contain_text("Nadia El Amrani", timeout=15_000)
    nadia.page.get_by_label("Korte notitie").fill("Doorgegeven aan de ploeg.")
    nadia.button("Bereikt").press("Enter")

    expect(mine).to_contain_text("Je hebt geen taken.")
    assert city.tasks.find(task.id).state is TaskState.DONE
    expect(unseen).not_to_contain_text("lantaarn")
    assert piet.page.request.get(f"{piet.url}taken/taak/{task.id}").status == 404


@pytest.mark.req("KI-14")
def test_a_task_for_the_wrong_team_is_sent_on_with_a_reason(city, desk_of):
    nadia, piet = desk_of("Nadia El Amrani"), desk_of("Piet Verbeke")
    task = city.asks("mijn reispas is er nog niet")
    nadia.page.goto(f"{nadia.url}taken/taak/{task.id}")
    nadia.page.get_by_text("Doorgeven aan een ander team").click()
    nadia.button("Doorgeven").click()
    expect(nadia.page.get_by_role("alert")).to_have_text("Schrijf waarom je de taak doorgeeft.")
    nadia.page.get_by_label("Waarom").fill("Dat is burgerzaken.")
    nadia.button("Doorgeven").click()

    expect(taken(nadia)).not_to_contain_text("reispas")
    expect(taken(piet)).to_contain_text("mijn reispas is er nog niet")
    piet.page.get_by_role("link", name=task.reference).click()
    expect(piet.page.get_by_label("De taak")).to_contain_text("Dat is burgerzaken.")


@pytest.mark.req("KI-16")
def test_an_agent_has_something_found_out_and_the_citizen_reads_by_when(city, desk_of, asks):
    city.all_go_home()
    citizen = asks("wie kan mijn stamboom opzoeken")
    sanne = desk_of("Sanne Claes")
    sanne.button("Volgende uit de rij").click()
    sanne.page.get_by_role("link", name="Taak maken").click()
    sanne.button("Taak maken").click()
    expect(sanne.page.get_by_role("alert")).to_be_visible()
    sanne.page.get_by_label("Waarover gaat het?").fill("stamboom sinds 1880")
    sanne.page.get_by_label("Tegen wanneer?").fill("2026-11-26")
    sanne.button("Taak maken").click()

    wait_for(lambda: any("Onthaal zoekt dit voor je uit" in said for said in citizen.heard()), lambda: "not told")
    expect(sanne.talk).to_contain_text("donderdag 26 november")
    sanne.closes()


def test_a_form_that_no_page_of_ours_sent_changes_nothing(city, desk_of):
    task = city.asks("een vreemde vraag")
    nadia = desk_of("Nadia El Amrani")

    answer = nadia.page.request.post(f"{nadia.url}taken/taak/{task.id}/nemen", form={"csrf": "geraden"})

    assert answer.status == 403
    assert city.tasks.find(task.id).state is TaskState.OPEN


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_on_the_screens_of_the_tasks(city, desk_of, look, width):
    late = city.asks("Rijksregisternummertoekenningsprocedure" * 3, YESTERDAY)
    ine = desk_of("Ine Dewaele", viewport={"width": width, "height": 800}, **LOOKS[look])
    city.tasks.claim(late.id, city.tasks.history(late.id)[0].actor)
    luc = desk_of("Luc Vandamme", viewport={"width": width, "height": 800}, **LOOKS[look])
    own = city.asks("een eigen taak")
    luc.page.goto(f"{luc.url}taken/taak/{own.id}")
    luc.button("Ik doe dit").click()

    for desk, path in ((ine, "taken/"), (ine, f"taken/taak/{late.id}"), (luc, f"taken/taak/{own.id}")):
        desk.page.goto(f"{desk.url}{path}")
        assert violations(desk.page) == [], path
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= width, path
