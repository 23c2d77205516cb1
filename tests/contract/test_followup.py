"""Following a report in the sandbox's TOPdesk: what the city does there, and what the citizen hears of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from actions.clients.ports import Incident, Report
from actions.clients.topdesk import TopdeskIncidents
from actions.followup import Followups, IncidentWatch, News, standing
from conversations.bell import Bell
from conversations.ledger import Ledger
from filings.book import Filings
from filings.follows import Follows
from filings.model import Filing
from settings import Settings
from tests.contract.running_sandbox import Sandbox, running_sandbox
from tests.sealing import VAULT
from tests.unit.conversations.setting import StoppedClock, migrated

INTERVAL = 120.0
EMAIL = "lien@example.be"
REPORT = Report(
    "M-7KQ4-2FXD", "Voetpad", "Een losse tegel", "Openbaar domein", "Voetpad", "Markt 1", "web", "Lien", EMAIL
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("followup")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(shared: Sandbox) -> Sandbox:
    shared.reset()
    shared.tell("faults/topdesk", kind="none")
    return shared


class Followed:
    """One report that is followed."""

    def __init__(self, sandbox: Sandbox, followups: Followups, filing: Filing, incident: Incident) -> None:
        self.sandbox, self.followups, self.filing, self.incident = sandbox, followups, filing, incident

    def city(self, **does: Any) -> None:
        self.sandbox.tell(f"state/topdesk/incidents/{quote(self.incident.number)}/status", **does)

    async def heard(self) -> list[tuple[str, str, str]]:
        """Every change up to now, after one more look."""
        clock = self.followups.follows.clock
        assert isinstance(clock, StoppedClock)
        clock.passes(INTERVAL)
        await self.followups.round()
        left = self.followups.ledger.messages(self.filing.conversation)
        changes = [self.followups.follows.change(self.filing, number) for number in range(1, len(left) + 1)]
        assert None not in changes, "an event without a change"
        return [(one.content["what"], one.content["status"], one.content["note"]) for one in changes if one]


@pytest.fixture
async def followed(sandbox: Sandbox, tmp_path: Path) -> Any:
    url = f"{sandbox.url}/topdesk/tas/api"
    incidents = TopdeskIncidents(Settings(topdesk_url=url, backend_timeout=5.0))
    incident = await incidents.create(REPORT)
    with migrated(f"sqlite:///{tmp_path}/balie.db") as engine:
        clock = StoppedClock()
        ledger, filings = Ledger(engine, clock, Bell(), VAULT), Filings(engine, clock, VAULT)
        follows = Follows(engine, clock, VAULT, interval=INTERVAL)
        conversation = ledger.open("web", "lien").id
        filing = filings.done(filings.file(conversation, "melding", {}, "k").id, incident.id, incident.number)
        follows.follow(filing, standing(incident))
        yield Followed(sandbox, Followups({"melding": IncidentWatch(incidents)}, follows, ledger), filing, incident)


async def test_a_report_that_was_just_registered_is_no_news(followed: Followed) -> None:
    assert await followed.heard() == []


@pytest.mark.req("BP5-03", "BP5-04", "BP5-09")
async def test_every_change_is_one_mail_and_one_message_until_it_is_closed(followed: Followed) -> None:
    followed.city(status="In behandeling", note="We komen dinsdag.")
    await followed.heard()
    followed.city(status="Wacht op derden")
    await followed.heard()
    followed.city(note="Nog een week geduld.")
    await followed.heard()
    followed.city(status="Afgehandeld")
    await followed.heard()
    followed.city(closed=True)

    assert await followed.heard() == [
        (News.OPEN, "In behandeling", "We komen dinsdag."),
        (News.PAUSED, "", ""),
        (News.NOTE, "", "Nog een week geduld."),
        (News.COMPLETED, "", ""),
        (News.CLOSED, "", ""),
    ]
    assert len(followed.sandbox.state("mail", to=EMAIL)) == 1 + 5


@pytest.mark.req("BP5-04")
async def test_what_is_not_meant_for_the_caller_is_neither_mailed_nor_told(followed: Followed) -> None:
    followed.city(note="De melder overdrijft.", visible=False)

    assert await followed.heard() == []
    assert len(followed.sandbox.state("mail", to=EMAIL)) == 1


@pytest.mark.req("BP3-09")
async def test_an_escalation_is_told_without_the_name_of_a_line(followed: Followed) -> None:
    [reason, *_] = followed.sandbox.topdesk("GET", "/incidents/escalation-reasons").json()
    path = f"/incidents/id/{followed.incident.id}/escalate"
    assert followed.sandbox.topdesk("PUT", path, json={"id": reason["id"]}).ok

    assert await followed.heard() == [(News.PASSED_ON, "Geregistreerd", "")]


@pytest.mark.req("BP3-09")
async def test_another_team_is_told(followed: Followed) -> None:
    path = f"/incidents/id/{followed.incident.id}"
    [team, *_] = followed.sandbox.topdesk("GET", "/operatorgroups").json()
    assert followed.sandbox.topdesk("PATCH", path, json={"operatorGroup": {"id": team["id"]}}).ok

    assert await followed.heard() == [(News.PASSED_ON, "Geregistreerd", "")]


async def test_why_it_was_closed_is_told(followed: Followed) -> None:
    closing = {"closed": True, "closureCode": {"name": "Niet voor de stad"}}
    assert followed.sandbox.topdesk("PATCH", f"/incidents/id/{followed.incident.id}", json=closing).ok

    assert await followed.heard() == [(News.CLOSED, "", "Niet voor de stad")]


@pytest.mark.req("BP5-04")
@pytest.mark.parametrize("fault", ["down", "500", "rubbish", "auth"])
async def test_while_topdesk_is_out_of_order_nothing_is_lost_or_made_up(followed: Followed, fault: str) -> None:
    followed.city(status="In behandeling")
    followed.sandbox.tell("faults/topdesk", kind=fault)
    assert await followed.heard() == []

    followed.sandbox.tell("faults/topdesk", kind="none")

    assert await followed.heard() == [(News.OPEN, "In behandeling", "")]


async def test_a_report_that_the_city_threw_away_is_let_go(followed: Followed) -> None:
    followed.sandbox.reset()

    assert await followed.heard() == []
    assert await followed.heard() == []


@pytest.mark.req("BP5-06")
async def test_every_mail_tells_its_outcome_in_the_subject_in_dutch_and_in_two_forms(followed: Followed) -> None:
    followed.city(status="Afgehandeld")

    [received, changed] = followed.sandbox.state("mail", to=EMAIL)
    assert received["subject"].endswith("goed ontvangen")
    assert changed["subject"] == f"Je melding {followed.incident.number} is afgehandeld"
    for mail in (received, changed):
        headers = {header["name"].lower(): header["value"] for header in mail["headers"]}
        assert headers["content-type"].startswith("multipart/alternative")
        assert headers["content-language"] == "nl"
        assert followed.incident.number in mail["text"]
        assert '<html lang="nl' in mail["html"]
