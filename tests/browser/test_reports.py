"""A supervisor reads the reports, through the real front, on three years of made figures."""

import csv
import re
from datetime import datetime
from io import StringIO

import pytest
from playwright.sync_api import expect

from bench.contacts import fill
from city import load_city
from clock import BRUSSELS
from conversations.database import connect
from settings import ROOT
from tests.browser.desk_page import Desk
from tests.browser.test_accessibility import LOOKS, violations
from tests.house import House

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("reports"), parts=("sandbox", "front"))
    house.set_clock(TUESDAY)
    house.start()
    engine = connect(house.settings.database_url)
    fill(engine, load_city(ROOT / "city.yml"), TUESDAY.date(), contacts=20_000)
    engine.dispose()
    yield house
    house.stop()


@pytest.fixture
def reports(page, house):
    """Opens the reports as somebody."""

    def reports(name, query=""):
        Desk(page, house).log_in(name)
        expect(page.get_by_text("Afmelden")).to_be_visible()
        return page.goto(f"{house.front_url}/desk/rapporten/{query}")

    return reports


def column(page, report, head):
    """The numbers of one column of a report, without the total."""
    table = page.get_by_role("region", name=f"{report}, de getallen").get_by_role("table")
    heads = table.locator("thead th").all_inner_texts()
    cells = table.locator(f"tbody tr > :nth-child({heads.index(head) + 1})").all_inner_texts()
    return [cell.replace("\u00a0", "") for cell in cells]


@pytest.mark.req("WS-07", "CS-07", "G-04")
def test_a_supervisor_reads_three_years(page, reports):
    reports("Ine Dewaele", "?periode=alles")

    assert page.get_by_role("row", name=re.compile("^2024")).count() > 0
    assert column(page, "Gesprekken", "Periode") == ["2023", "2024", "2025", "2026"]
    assert sum(map(int, column(page, "Gesprekken", "Totaal"))) == 20_000


@pytest.mark.req("G-04")
def test_another_period_and_another_division_are_picked(page, reports):
    reports("Ine Dewaele")
    expect(page.get_by_role("heading", name="november 2026")).to_be_visible()

    page.get_by_label("Periode").select_option("Jaar")
    page.get_by_label("Indeling").select_option("Per kanaal")
    page.get_by_role("button", name="Tonen").click()
    expect(page.get_by_role("heading", name="2026", exact=True)).to_be_visible()
    assert column(page, "Gesprekken", "Kanaal") == ["Messenger", "Website", "WhatsApp"]

    page.get_by_role("link", name="Vorige").click()
    expect(page.get_by_role("heading", name="2025", exact=True)).to_be_visible()
    assert column(page, "Gesprekken", "Kanaal") == ["Messenger", "Website", "WhatsApp"]


@pytest.mark.req("CS-07")
def test_no_small_number_is_on_the_page_or_in_the_file(page, reports):
    reports("Ine Dewaele", "?periode=maand&dag=2025-07-01")

    cells = page.locator("tbody td").all_inner_texts()
    assert "x" in cells
    assert not set(cells) & set("123456789")
    file = _saved(page)
    assert not {cell for line in file[1:] for cell in line} & set("123456789")


@pytest.mark.req("G-04", "CS-07")
def test_the_file_opens_in_a_spreadsheet_and_says_what_the_page_says(page, reports):
    reports("Ine Dewaele", "?periode=jaar&dag=2025-01-01&langs=onderwerp")

    [heads, *lines] = _saved(page)

    assert heads[:2] == ["Onderwerp", "Gesprekken: Zonder medewerker"]
    told = [line[heads.index("Gesprekken: Totaal")] for line in lines]
    assert told[:-1] == column(page, "Gesprekken", "Totaal")
    assert lines[-1][0] == "Totaal"


def _saved(page):
    with page.expect_download() as download:
        page.get_by_role("link", name="Opslaan als CSV").click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.req("WS-07")
def test_how_it_is_now_renews_itself_within_five_seconds(page, reports):
    reports("Luc Vandamme")
    expect(page.get_by_text("Wachten nu")).to_be_visible()

    with page.expect_response(re.compile("/desk/rapporten/nu"), timeout=15_000) as answer:
        pass

    assert answer.value.status == 200


def test_an_agent_reads_no_reports(page, reports):
    for address in ("", "nu", "csv"):
        assert reports("Sanne Claes", address).status == 403
        expect(page.get_by_role("heading")).to_have_text("Dat mag je niet")
        page.context.clear_cookies()


@pytest.mark.parametrize(
    "query",
    ["?periode=eeuw", "?dag=gisteren", "?dag=9999-12-31&periode=week", "?dag=0001-01-01&periode=week", "?langs=burger"],
)
def test_what_the_address_says_wrong_is_the_present_month(page, reports, query):
    assert reports("Ine Dewaele", query).status == 200


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_in_the_reports(browser, house, look, width):
    context = browser.new_context(viewport={"width": width, "height": 800}, **LOOKS[look])
    desk = Desk(context.new_page(), house).log_in("Ine Dewaele")
    expect(desk.page.get_by_text("Afmelden")).to_be_visible()
    desk.page.goto(f"{house.front_url}/desk/rapporten/?periode=jaar&langs=tijd")

    assert violations(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()
