"""Logging in through the running front, at the sandbox's ACM/IDM: what goes right, and all that comes in wrong."""

import re
import time
import uuid

import pytest
import requests

from clock import BRUSSELS, Clock
from conversations.model import Holder, Incoming
from conversations.ownership import transition
from tests.contract.acmidm import choose
from tests.front import Citizen, wait_for
from tests.login_stage import Stage

EID = "eid"


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    stage = Stage(tmp_path_factory.mktemp("login"))
    yield stage
    stage.stop()


@pytest.fixture
def stage(running):
    running.tell("reset")
    return running


class Visitor(Citizen):
    """Somebody with a browser on the city's website."""

    def __init__(self, stage) -> None:
        super().__init__(stage.house.front_url)
        self.stage = stage
        self.conversation = stage.conversation(self.known["conversation"])
        self.tab = requests.Session()
        self.tab.trust_env = False
        self.tab.cookies.update(self.http.cookies)

    def link(self) -> str:
        self.link_id = self.stage.links.create(self.conversation)
        return str(self.stage.links.url(self.link_id))

    def begin(self, url=None) -> requests.Response:
        """Look at the page and press the button."""
        url = url or self.link()
        self.tab.get(url, timeout=10)
        return self.tab.post(url, timeout=10, allow_redirects=False)

    def log_in(self, person="lien", means=EID, url=None) -> requests.Response:
        begun = self.begin(url)
        assert begun.status_code == 303, begun.text
        return self.come_back(choose(begun.headers["location"], person, means))

    def come_back(self, address) -> requests.Response:
        return self.tab.get(address, timeout=10)

    @property
    def is_known(self):
        return self.stage.links.identities.of(self.conversation)


@pytest.fixture
def visitor(stage):
    return Visitor(stage)


def says(response):
    plain = re.sub(r"<[^>]+>", " ", response.text)
    return re.sub(r"\s+", " ", plain)


# --- what goes right -----------------------------------------------------------


@pytest.mark.req("BP2-06", "BP2-07", "BP1-05")
def test_a_citizen_logs_in_and_the_bot_hears_of_it(visitor, stage):
    done = visitor.log_in()

    assert "Je bent aangemeld" in says(done)
    assert visitor.is_known.rrn == "85073003328"
    wait_for(lambda: "/aangemeld" in stage.bot.texts)
    assert stage.events(visitor.conversation) == ["/aangemeld"]
    visitor.say("en nu?")
    wait_for(lambda: "en nu?" in stage.bot.texts)
    assert [body["metadata"]["is_known"] for body in stage.bot.asked if body.get("text") == "en nu?"] == [True]
    assert "code=" not in done.url


@pytest.mark.req("BP2-10")
def test_the_page_says_for_which_conversation_why_and_what_is_shared_before_anything_starts(visitor):
    url = visitor.link()
    began = time.monotonic()
    shown = visitor.tab.get(url, timeout=10)

    assert time.monotonic() - began < 1.0
    for words in (
        "Leiestad",
        "virtuele assistent",
        "De chat in dit internetvenster",
        "je naam en je rijksregisternummer",
    ):
        assert words in says(shown)
    assert visitor.stage.state(visitor.link_id) == ("created", None)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    assert shown.headers["Cache-Control"] == "no-store"
    assert "script" not in shown.text
    cookie = shown.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_address_is_in_the_chat_and_the_secret_in_no_message(visitor, stage):
    link = stage.offer(visitor.conversation)

    def shown():
        return next((m["text"] for m in visitor.history() if m["text"].startswith("Meld je aan.")), None)

    wait_for(shown)
    url = stage.links.url(link)
    assert shown() == f"Meld je aan.\n\n[Aanmelden]({url})"
    assert url.rpartition("/")[2] not in visitor.get("transcript").text
    visitor.log_in(url=url)
    assert shown() == "Meld je aan.\n\n(Deze link werkt niet meer.)"


def test_a_code_finishes_the_login_in_a_chat(stage):
    whatsapp = Chat(stage)
    page = whatsapp.visitor.log_in(url=whatsapp.link())
    [code] = re.findall(r"\d{3} \d{3}", says(page))
    assert "nummer dat eindigt op" in says(page)
    assert not whatsapp.is_known
    again = whatsapp.visitor.tab.get(page.url, timeout=10)
    assert code in says(again)  # a reload shows the same code

    wrong = whatsapp.say("mijn code is 000 000")
    right = whatsapp.say(code)

    assert "nog 2 keer" in wrong
    assert right == "De code klopt."
    assert stage.links.identities.of(whatsapp.id)
    assert stage.events(whatsapp.id) == ["/aangemeld"]
    assert not [asked for asked in stage.bot.texts if "000 000" in asked or code in asked]


def test_a_code_counts_also_while_an_agent_has_the_chat(stage):
    whatsapp = Chat(stage)
    page = whatsapp.visitor.log_in(url=whatsapp.link())
    [code] = re.findall(r"\d{3} \d{3}", says(page))
    whatsapp.hand_to_an_agent()

    assert whatsapp.say(code) == "De code klopt."
    assert whatsapp.is_known
    assert stage.events(whatsapp.id) == ["/aangemeld"]  # it waits until the agent gives the chat back
    assert whatsapp.id not in [asked["conversation"] for asked in stage.bot.asked]


class Chat:
    """A conversation in WhatsApp, without WhatsApp."""

    def __init__(self, stage) -> None:
        self.stage = stage
        self.address = f"3247{uuid.uuid4().int % 10**7:07d}"
        self.id = stage.ledger.open("whatsapp", self.address).id
        self.visitor = Visitor(stage)

    def link(self) -> str:
        return str(self.stage.links.url(self.stage.links.create(self.id)))

    def say(self, words: str) -> str:
        sent = Incoming("whatsapp", self.address, uuid.uuid4().hex, text=words)
        message = self.stage.ledger.receive(sent).message

        def answers():
            return [m.text for m in self.stage.ledger.messages(self.id) if m.answers == message.id]

        wait_for(answers)
        return str(answers()[0])

    def hand_to_an_agent(self) -> None:
        ledger = self.stage.ledger
        with ledger.engine.begin() as db:
            epoch, now = ledger.conversation(self.id).epoch, ledger.clock.now()
            transition(db, self.id, Holder.AGENT, allowed={Holder.BOT}, epoch=epoch, now=now, reason="test")

    @property
    def is_known(self) -> bool:
        return self.stage.links.identities.of(self.id) is not None


def test_logging_out_ends_it_here_first_and_at_the_provider_then(visitor, stage):
    visitor.log_in()
    gone = visitor.tab.post(f"{stage.house.front_url}/login/afmelden", timeout=10)

    assert visitor.is_known is None
    assert "Je bent afgemeld" in says(gone)
    assert [r.headers["location"].partition("?")[0].rpartition("/")[2] for r in gone.history] == ["logout", "afgemeld"]
    assert stage.events(visitor.conversation)[-1] == '/aanmelden_afgebroken{"keuze": "afgemeld"}'


def test_who_ends_his_conversation_is_no_longer_known_in_it(visitor):
    visitor.log_in()
    visitor.post("end", {}, expect=200)

    assert visitor.is_known is None


def test_who_breaks_off_is_led_back(visitor, stage):
    page = visitor.log_in("annuleren", "")

    assert "Dat mag" in says(page)
    assert visitor.is_known is None
    assert stage.events(visitor.conversation) == ['/aanmelden_afgebroken{"keuze": "geweigerd"}']


# --- bad input ------------------------------------------------------------------


@pytest.mark.req("MZC-10")
@pytest.mark.parametrize("channel", ["web", "whatsapp"])
def test_a_forwarded_link_opens_nothing(stage, channel):
    attacker, victim = Visitor(stage), Visitor(stage)
    chat = Chat(stage)
    url = attacker.link() if channel == "web" else chat.link()

    if channel == "web":
        shown = victim.tab.get(url, timeout=10)
        assert (shown.status_code, "ander venster" in says(shown)) == (403, True)
        assert victim.begin(url).status_code == 403
    else:
        finished = victim.come_back(choose(victim.begin(url).headers["location"], "lien", EID))
        assert "Geef de code aan niemand anders" in says(finished)

    assert attacker.is_known is None
    assert not chat.is_known


def test_a_forged_or_truncated_link_is_a_page_that_says_so(stage, visitor):
    url = visitor.link()
    for wrong in (url[:-1], url + "x", url[:-43] + "A" * 43, url[:-43] + "%00", url[:-43] + "..%2f"):
        page = visitor.tab.get(wrong, timeout=10)
        assert (page.status_code, "Deze link klopt niet" in says(page)) == (404, True), wrong
    assert visitor.begin(url[:-1]).status_code == 404


def test_a_used_link_says_so(visitor):
    url = visitor.link()
    visitor.log_in(url=url)

    page = visitor.begin(url)
    assert (page.status_code, "al gebruikt" in says(page)) == (410, True)


def test_an_older_link_says_that_there_is_a_newer_one(visitor):
    url = visitor.link()
    visitor.link()

    assert "nieuwere link" in says(visitor.begin(url))


def test_a_link_that_is_too_old_says_so(visitor, stage):
    url = visitor.link()
    now = Clock().now()
    stage.house.set_clock(now.fromtimestamp(now.timestamp() + 700, BRUSSELS))
    try:
        page = visitor.begin(url)
    finally:
        stage.house.set_clock(None)

    assert (page.status_code, "te oud" in says(page)) == (410, True)


def test_a_browser_without_cookies_is_told_so(stage):
    chat = Chat(stage)
    url = chat.link()

    page = requests.post(url, timeout=10, allow_redirects=False)

    assert (page.status_code, "houdt onze cookies tegen" in says(page)) == (403, True)


def test_a_button_on_another_site_starts_nothing(stage):
    """A form elsewhere brings no cookie along, for it is SameSite."""
    url = Chat(stage).link()

    assert requests.post(url, headers={"Origin": "https://elders.example"}, timeout=10).status_code == 403


def test_a_large_body_is_not_taken_in(visitor):
    url = visitor.link()
    visitor.tab.get(url, timeout=10)

    def much():
        yield from (b"x" * 65536 for _ in range(64))

    try:
        answer = visitor.tab.post(url, data=much(), timeout=10, allow_redirects=False)
    except requests.ConnectionError:
        return  # the front hung up
    assert answer.status_code == 303


def test_a_callback_that_nobody_waits_for_is_refused(visitor, stage):
    visitor.begin()
    callback = f"{stage.house.front_url}/login/callback"

    for query in ("", "?code=x&state=y", "?state=", "?error=access_denied&state=zz"):
        assert "geldt niet meer" in says(visitor.come_back(callback + query))
    assert visitor.is_known is None


def test_an_answer_is_good_for_once(visitor):
    url = choose(visitor.begin().headers["location"], "lien", EID)
    visitor.come_back(url)
    visitor.stage.links.identities.unbind(visitor.conversation, "test")

    assert "geldt niet meer" in says(visitor.come_back(url))
    assert visitor.is_known is None


def test_an_answer_in_another_browser_counts_nowhere_any_more(stage):
    attacker, victim = Visitor(stage), Visitor(stage)
    victim.tab.get(victim.link(), timeout=10)
    url = choose(attacker.begin().headers["location"], "lien", EID)

    assert "ander venster" in says(victim.come_back(url))
    assert "geldt niet meer" in says(attacker.come_back(url))
    assert (attacker.is_known, victim.is_known) == (None, None)


def test_of_two_logins_at_once_the_last_one_counts(visitor):
    url = visitor.link()
    first = choose(visitor.begin(url).headers["location"], "lien", EID)
    second = choose(visitor.begin(url).headers["location"], "jan", EID)

    assert "geldt niet meer" in says(visitor.come_back(first))
    visitor.come_back(second)
    assert visitor.is_known.given_name == "Jan"


def test_somebody_else_than_who_is_known_is_refused(visitor, stage):
    visitor.log_in("lien")

    assert "al iemand anders" in says(visitor.log_in("jan"))
    assert visitor.is_known.given_name == "Lien"
    assert stage.events(visitor.conversation)[-1] == '/aanmelden_afgebroken{"keuze": "iemand_anders"}'


@pytest.mark.parametrize(
    ("flaw", "words", "told"),
    [
        *((flaw, "echt", "mislukt") for flaw in (
            "wrong_key", "unknown_key", "alg_none", "alg_hs256", "wrong_nonce", "no_nonce", "wrong_iss", "wrong_aud",
            "wrong_azp", "expired", "not_yet", "wrong_at_hash", "no_token", "bad_rrn",
        )),
        ("no_acr", "niet veilig genoeg", "te_zwak"),
        ("weak_acr", "niet veilig genoeg", "te_zwak"),
        ("no_rrn", "geen rijksregisternummer", "geen_rrn"),
    ],
)  # fmt: skip
def test_what_does_not_hold_binds_nobody_and_says_why(visitor, stage, flaw, words, told):
    stage.tell("state/acmidm/flaw", flaw=flaw)
    page = visitor.log_in()

    assert words in says(page)
    assert visitor.is_known is None
    assert stage.state(visitor.link_id)[0] == "failed"
    assert stage.events(visitor.conversation) == [f'/aanmelden_afgebroken{{"keuze": "{told}"}}']
    log = stage.house.log("front", 30)
    assert '"login.failed"' in log
    assert not [word for word in ("Lien", "Declercq", "85073003328") if word in log]


def test_a_person_without_a_national_number_hears_what_to_do(visitor):
    page = visitor.log_in("elena", "eidassubstantial")

    assert "geen rijksregisternummer" in says(page)
    assert visitor.is_known is None


@pytest.mark.parametrize("fault", ["down", "slow", "500", "rubbish"])
def test_while_the_provider_fails_the_link_stays_good(visitor, stage, fault):
    url = visitor.link()
    stage.house.restart("front")  # it knows no addresses of the provider yet
    stage.tell("faults/acmidm", kind=fault, seconds=2)

    page = visitor.begin(url)
    assert (page.status_code, "antwoordt nu niet" in says(page)) == (503, True)
    stage.tell("faults/acmidm", kind="none")
    visitor.log_in(url=url)
    assert visitor.is_known


def test_a_provider_that_falls_over_halfway_ends_the_login_politely(visitor, stage):
    address = choose(visitor.begin().headers["location"], "lien", EID)
    stage.tell("faults/acmidm", kind="down")

    assert "antwoordt nu niet" in says(visitor.come_back(address))
    assert stage.events(visitor.conversation) == ['/aanmelden_afgebroken{"keuze": "storing"}']
    assert visitor.is_known is None
