"""Whatever an agent's browser sends: never a 500, and nothing of another team is seen or changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clock import BRUSSELS, Clock
from conversations.agents import Agents, Profile
from conversations.bell import Bell
from conversations.database import connect
from conversations.handover import Handovers
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.model import Holder
from conversations.notes import Notes
from desk.door import COOKIE
from desk.sessions import Role, Sessions
from tests.house import House
from tests.unit.conversations.setting import words
from vault import vault_of

TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)  # both teams are at work
SECRET = "alleen voor onthaal"
MINE = Request("burgerzaken", "attest", "asked", card={"form": "melding_form", "answers": {}})
STEPS = ["nemen", "weigeren", "notitie", "kaart", "antwoord", "teruggeven", "sluiten", "doorgeven", "typt"]
PAGES = ["", "/berichten", "/foto/{id}", "/eerder/{id}"]
FIELDS = [
    "tekst",
    "id",
    "notitie",
    "stand",
    "naam",
    "email",
    "onderwerp",
    "naar",
    "aanvraag",
    "aan",
    "open",
    "aanwezig",
]
patient = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

text = st.text(max_size=40)
likely = st.sampled_from(
    ["attest", "onthaal", "burgerzaken", "medewerker:g_1", "medewerker:", "0", "-1", "ja", "{naam}"]
)
printable = st.text(st.characters(codec="latin-1"), max_size=30)
huge = st.sampled_from(["a" * 5000, "\x00", "9" * 5000, "²", "../../etc"])
fields = st.dictionaries(st.sampled_from(FIELDS), text | likely | huge, max_size=5)


@dataclass
class Bench:
    """An agent of burgerzaken, a conversation of his and one of another team."""

    url: str
    ledger: Ledger
    handovers: Handovers
    notes: Notes
    agent: str
    http: requests.Session
    csrf: str
    mine: str
    theirs: str
    photo: str

    def send(self, method: str, path: str, **given: Any) -> requests.Response:
        url = f"{self.url}/desk{path}"
        return self.http.request(method, url, timeout=20, allow_redirects=False, **given)

    def hold(self) -> None:
        """The agent has his own conversation, whatever he did with it before."""
        self.handovers.take_over(self.mine, self.agent, MINE)

    def untouched(self) -> None:
        assert self.ledger.conversation(self.theirs).holder is Holder.QUEUE
        assert [m.text for m in self.ledger.messages(self.theirs)] == [SECRET]
        assert self.notes.of(self.theirs) == []


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("desk"), parts=("front",), environment={})
    house.set_clock(TUESDAY)
    house.start()
    yield house
    house.stop()


@pytest.fixture(scope="module")
def bench(house: House) -> Iterator[Bench]:
    known = house.settings
    engine, clock, vault = connect(known.database_url), Clock(known.clock_file), vault_of(known)
    bell = Bell()
    ledger = Ledger(engine, clock, bell, vault)
    handovers = Handovers(engine, clock, bell, vault, pull=ledger.pull)
    agents = Agents(engine, clock, bell)
    sessions = Sessions(engine, clock, agents)
    token = sessions.start("op|sanne", Profile("Sanne Claes", ["burgerzaken"]), Role.AGENT)
    session = sessions.find(token)
    assert session is not None
    mine = ledger.receive(words(1, address="mijn", channel="whatsapp")).message.conversation
    theirs = ledger.receive(words(1, address="hun", channel="whatsapp", text=SECRET)).message.conversation
    photo = ledger.keep_attachment(theirs, "x.jpg", "image/jpeg", SECRET.encode())
    handovers.request(mine, MINE)
    handovers.request(theirs, Request("onthaal", "melding", "asked", card={"answers": {"naam": SECRET}}))
    http = requests.Session()
    http.trust_env = False
    http.cookies.set(COOKIE, token)
    yield Bench(
        house.front_url,
        ledger,
        handovers,
        Notes(engine, clock, bell, vault),
        session.agent.id,
        http,
        session.csrf,
        mine,
        theirs,
        photo,
    )
    engine.dispose()


def ids(bench: Bench) -> st.SearchStrategy[str]:
    odd = st.sampled_from([bench.photo, "c_verzonnen", "%00", "a b", "é"]) | text
    return st.just(bench.mine) | st.just(bench.theirs) | odd


@patient
@given(data=st.data(), step=st.sampled_from(STEPS), body=fields, valid=st.booleans())
def test_no_step_fails_or_reaches_another_team(bench: Bench, data: Any, step: str, body: Any, valid: bool) -> None:
    where = data.draw(ids(bench))
    bench.hold()
    csrf = {"csrf": bench.csrf} if valid else {}

    answer = bench.send("POST", f"/gesprek/{quote(where, safe='')}/{step}", data={**body, **csrf})

    assert answer.status_code < 500, answer.text
    assert SECRET not in answer.text
    if where == bench.theirs:
        assert answer.status_code in (403, 404)
    bench.untouched()


@patient
@given(
    data=st.data(),
    page=st.sampled_from(PAGES),
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"]),
    query=fields,
)
def test_no_page_fails_or_shows_another_team(bench: Bench, data: Any, page: str, method: str, query: Any) -> None:
    where, which = data.draw(ids(bench)), data.draw(ids(bench))
    path = f"/gesprek/{quote(where, safe='')}{page.format(id=quote(which, safe=''))}"

    answer = bench.send(method, path, params=query)

    assert answer.status_code < 500, answer.text
    assert SECRET not in answer.text
    bench.untouched()


@patient
@given(path=st.sampled_from(["/", "/lijsten", "/volgende", "/aanwezig", "/vergrendelen/x", "/stroom/x"]), body=fields)
def test_no_other_address_fails(bench: Bench, path: str, body: Any) -> None:
    asked = bench.send("GET", path, params=body)
    sent = bench.send("POST", path, data={**body, "csrf": bench.csrf})

    assert max(asked.status_code, sent.status_code) < 500
    assert SECRET not in asked.text + sent.text
    bench.untouched()


@patient
@given(
    step=st.sampled_from(STEPS), body=st.binary(max_size=200), kind=st.text(st.characters(codec="latin-1"), max_size=30)
)
def test_no_bytes_make_it_fail(bench: Bench, step: str, body: bytes, kind: str) -> None:
    headers = {"Content-Type": "".join(one for one in kind if one.isprintable()).strip().encode("latin-1")}

    answer = bench.send("POST", f"/gesprek/{bench.mine}/{step}", data=body, headers=headers)

    assert answer.status_code < 500, answer.text


def test_who_is_not_logged_in_sees_nothing(bench: Bench) -> None:
    for path in ("/", "/lijsten", f"/gesprek/{bench.mine}", f"/gesprek/{bench.theirs}/foto/{bench.photo}"):
        answer = requests.get(f"{bench.url}/desk{path}", timeout=20, allow_redirects=False)

        assert answer.status_code in (302, 401)
        assert SECRET not in answer.text
