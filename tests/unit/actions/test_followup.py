"""A citizen who follows his report hears each change of it once, and nothing that is not meant for him."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from actions.clients.errors import BackendError, Misconfigured, NotFound, Unavailable
from actions.clients.ports import Incident, Photo, Progress, Report
from actions.followup import MOST, Followups, IncidentWatch, News, news_in, standing
from actions.volgen import SAID
from conversations.bell import Bell
from conversations.ledger import Ledger
from conversations.model import Kind
from filings.book import Filings
from filings.follows import Follows
from filings.model import Filing
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock, migrated

INTERVAL = 120.0
NUMBER = "I 2611 001"
NEW = Incident("unid", NUMBER, "Geregistreerd", closed=False)
BUSY = replace(NEW, status="In behandeling")
DONE = replace(NEW, status="Afgehandeld", completed=True)
CLOSED = replace(DONE, closed=True)


class IncidentsOnPaper:
    """The incidents stand as the test wrote them down."""

    def __init__(self) -> None:
        self.standing: dict[str, Incident] = {}
        self.fault: BackendError | None = None
        self.looks = 0

    async def create(self, report: Report) -> Incident:
        raise NotImplementedError

    async def attach(self, incident: str, photo: Photo) -> None:
        raise NotImplementedError

    async def find(self, number: str) -> Incident:
        self.looks += 1
        if self.fault:
            raise self.fault
        return self.standing[number]


class Dying(Ledger):
    """A process that is killed just before it leaves word."""

    def leave(self, *_: object, **__: object) -> None:  # type: ignore[override]
        raise SystemExit


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        yield engine


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def ledger(engine: Engine, clock: StoppedClock) -> Ledger:
    return Ledger(engine, clock, Bell(), VAULT)


@pytest.fixture
def follows(engine: Engine, clock: StoppedClock) -> Follows:
    return Follows(engine, clock, VAULT, interval=INTERVAL)


@pytest.fixture
def incidents() -> IncidentsOnPaper:
    return IncidentsOnPaper()


@pytest.fixture
def followups(incidents: IncidentsOnPaper, follows: Follows, ledger: Ledger) -> Followups:
    return Followups({"melding": IncidentWatch(incidents)}, follows, ledger)


@pytest.fixture
def conversation(ledger: Ledger) -> str:
    return ledger.open("web", "an").id


@pytest.fixture
def filings(engine: Engine, clock: StoppedClock) -> Filings:
    return Filings(engine, clock, VAULT)


@pytest.fixture
def filed(filings: Filings, incidents: IncidentsOnPaper, conversation: str) -> Filing:
    return report(filings, incidents, conversation)


@pytest.fixture
def followed(follows: Follows, filed: Filing) -> Filing:
    follows.follow(filed, standing(NEW))
    return filed


def report(filings: Filings, incidents: IncidentsOnPaper, conversation: str, number: str = NUMBER) -> Filing:
    incidents.standing[number] = replace(NEW, number=number)
    return filings.done(filings.file(conversation, "melding", {}, number).id, "unid", number)


def note(text: str, clock: StoppedClock, id: str = "") -> Progress:
    return Progress(id or text, clock.now(), text)


def left(ledger: Ledger, conversation: str) -> list[str | None]:
    return [message.payload for message in ledger.messages(conversation) if message.kind is Kind.EVENT]


def word_of(filing: Filing, number: int) -> str:
    return f'/melding_gewijzigd{{"keuze": "{filing.reference}:{number}"}}'


async def later(followups: Followups, clock: StoppedClock, seconds: float = INTERVAL) -> None:
    clock.passes(seconds)
    await followups.round()


# --- what is news -------------------------------------------------------------------------------------------------


def test_nothing_new_is_no_news():
    assert news_in(standing(BUSY), BUSY) == {}


@pytest.mark.req("BP5-04")
@pytest.mark.parametrize(
    ("before", "after", "what", "status"),
    [
        (NEW, BUSY, News.OPEN, "In behandeling"),
        (BUSY, replace(BUSY, on_hold=True, status="Wacht op derden"), News.PAUSED, ""),
        (replace(BUSY, on_hold=True), BUSY, News.OPEN, "In behandeling"),
        (BUSY, DONE, News.COMPLETED, ""),
        (DONE, CLOSED, News.CLOSED, ""),
        (CLOSED, BUSY, News.OPEN, "In behandeling"),
    ],
)
def test_a_citizen_hears_how_far_it_is_in_words_that_he_knows(before, after, what, status):
    assert news_in(standing(before), after) == {"what": what, "status": status, "note": ""}


def test_another_step_behind_the_same_stage_is_no_news():
    assert news_in(standing(CLOSED), replace(CLOSED, status="Gearchiveerd")) == {}


def test_why_it_was_closed_is_said_before_the_notes(clock):
    closed = replace(CLOSED, outcome="Geen probleem vastgesteld", progress=(note("We zijn gaan kijken.", clock),))

    assert news_in(standing(BUSY), closed)["note"] == "Geen probleem vastgesteld\n\nWe zijn gaan kijken."


def test_notes_are_told_in_the_order_in_which_they_were_written(clock):
    first = note("Eerst dit.", clock)
    clock.passes(60)
    second = note("Dan dat.", clock)

    news = news_in(standing(NEW), replace(NEW, progress=(second, first)))

    assert news == {"what": News.NOTE, "status": "Geregistreerd", "note": "Eerst dit.\n\nDan dat."}


@pytest.mark.req("BP3-09")
def test_a_report_that_others_took_over_is_news(clock):
    escalated = replace(BUSY, escalated=True)
    given = replace(BUSY, team="Team Wegen")

    assert news_in(standing(BUSY), escalated)["what"] is News.PASSED_ON
    assert news_in(standing(BUSY), given)["what"] is News.PASSED_ON
    assert news_in(standing(given), replace(given, team="Team Groen"))["what"] is News.PASSED_ON
    assert news_in(standing(given), BUSY) == {}
    assert news_in(standing(escalated), BUSY) == {}


def test_every_kind_of_news_has_words():
    assert set(SAID) == set(News)


# --- telling it ---------------------------------------------------------------------------------------------------


@pytest.mark.req("BP5-04", "BP5-09")
async def test_a_change_is_told_once_however_often_is_looked(
    followups, incidents, follows, ledger, clock, followed, conversation
):
    await later(followups, clock)
    assert left(ledger, conversation) == []
    incidents.standing[NUMBER] = replace(BUSY, progress=(note("Dinsdag komen we.", clock),))

    for _ in range(3):
        await later(followups, clock)

    assert left(ledger, conversation) == [word_of(followed, 1)]
    assert follows.change(followed, 1).content == {
        "what": "open",
        "status": "In behandeling",
        "note": "Dinsdag komen we.",
    }


async def test_the_next_change_has_the_next_number(followups, incidents, ledger, clock, followed, conversation):
    for stage in (BUSY, DONE, CLOSED):
        incidents.standing[NUMBER] = stage
        await later(followups, clock)

    assert left(ledger, conversation) == [word_of(followed, number) for number in (1, 2, 3)]


async def test_who_did_not_ask_for_it_hears_nothing(followups, incidents, ledger, clock, filed, conversation):
    incidents.standing[NUMBER] = CLOSED

    await later(followups, clock)

    assert (left(ledger, conversation), incidents.looks) == ([], 0)


async def test_what_is_closed_is_told_and_never_looked_at_again(
    followups, incidents, ledger, clock, followed, conversation
):
    incidents.standing[NUMBER] = CLOSED
    await later(followups, clock)
    looks = incidents.looks

    await later(followups, clock, 86400)

    assert (left(ledger, conversation), incidents.looks) == ([word_of(followed, 1)], looks)


async def test_a_report_that_is_gone_is_left_alone(followups, incidents, ledger, clock, followed, conversation):
    incidents.fault = NotFound("topdesk", "find")
    await later(followups, clock)
    looks = incidents.looks

    await later(followups, clock, 86400)

    assert (left(ledger, conversation), incidents.looks) == ([], looks)


async def test_a_number_that_became_another_report_tells_nothing(
    followups, incidents, ledger, clock, followed, conversation
):
    incidents.standing[NUMBER] = replace(BUSY, id="of somebody else")

    await later(followups, clock)
    await later(followups, clock)

    assert (left(ledger, conversation), incidents.looks) == ([], 1)


# --- when something breaks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [Unavailable, Misconfigured])
async def test_an_outage_only_delays(followups, incidents, ledger, clock, followed, conversation, fault):
    incidents.standing[NUMBER] = BUSY
    incidents.fault = fault("topdesk", "find")
    await later(followups, clock)
    assert left(ledger, conversation) == []
    incidents.fault = None

    await later(followups, clock)

    assert left(ledger, conversation) == [word_of(followed, 1)]


async def test_an_outage_is_met_by_one_look_a_round(followups, filings, incidents, follows, clock, conversation):
    for number in range(3):
        follows.follow(report(filings, incidents, conversation, f"I 2611 00{number}"), standing(NEW))
    incidents.fault = Unavailable("topdesk", "find")

    await later(followups, clock)

    assert incidents.looks == 1


async def test_a_round_has_an_end(followups, filings, incidents, follows, clock, conversation):
    for number in range(MOST + 2):
        follows.follow(report(filings, incidents, conversation, f"I 2611 {number:03}"), standing(NEW))

    await later(followups, clock)
    assert incidents.looks == MOST

    await followups.round()
    assert incidents.looks == MOST + 2


@pytest.mark.req("BP5-04")
async def test_a_death_between_seeing_and_telling_costs_nothing(
    followups, incidents, follows, engine, ledger, clock, followed, conversation
):
    incidents.standing[NUMBER] = BUSY
    with pytest.raises(SystemExit):
        await later(
            Followups({"melding": IncidentWatch(incidents)}, follows, Dying(engine, clock, Bell(), VAULT)), clock
        )
    assert left(ledger, conversation) == []

    await followups.round()

    assert left(ledger, conversation) == [word_of(followed, 1)]


async def test_a_conversation_that_is_gone_holds_up_nobody(
    followups, filings, incidents, follows, ledger, clock, followed, conversation
):
    gone = report(filings, incidents, "c_gone", "I 2611 002")
    follows.follow(gone, standing(NEW))
    incidents.standing[NUMBER] = incidents.standing["I 2611 002"] = BUSY

    await later(followups, clock)

    assert left(ledger, conversation) == [word_of(followed, 1)]
    assert follows.untold() == []


async def test_what_is_quiet_for_sixty_days_is_let_go(followups, incidents, clock, followed):
    await later(followups, clock, timedelta(days=60).total_seconds())
    looks = incidents.looks

    await later(followups, clock, timedelta(days=1).total_seconds())

    assert looks == incidents.looks == 1
