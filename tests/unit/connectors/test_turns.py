import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from clock import Clock
from connectors.bot_client import Answer, BotAway, BotDropped, BotFailed, BotRefused
from connectors.turns import GIVE_UP, Pace, Turns
from connectors.way import Way
from conversations.agents import Profile
from conversations.bell import Bell
from conversations.claims import ORDER
from conversations.handover_model import Request
from conversations.ledger import Ledger
from conversations.model import Author, Conversation, Holder, Incoming, Kind, Message, Place, Reply, State
from conversations.ownership import transition
from tests.unit.connectors.setting import reception
from texts import Texts

HURRIED = Pace(timeout=0.4, lease=0.5, renew=0.1, pauses=(0.01, 0.01, 0.01))
SORRY = "Er ging iets mis. Bel 1777."


class ScriptedBot:
    """Says `Je zei: …`, unless the script has something else for this call: an error, an answer, a function."""

    def __init__(self) -> None:
        self.script: list[Any] = []
        self.calls: list[tuple[str, bool]] = []
        self.intents: dict[str, str] = {}

    def intent(self, text: str) -> str | None:
        return self.intents.get(text)

    def turn(
        self, message: Message, channel: str, *, new_session: bool, timeout: float, is_known: bool = False
    ) -> Answer:
        said = message.payload or message.text
        self.calls.append((said, new_session))
        step = self.script.pop(0) if self.script else None
        if callable(step):
            step = step()
        if isinstance(step, Exception):
            raise step
        return step or Answer((Reply(f"Je zei: {said}"),), {"intent": "groeten"})


class OneCode:
    """A login waits for the code 482913."""

    def is_known(self, conversation: Conversation) -> bool:
        return False

    def code(self, message: Message, conversation: Conversation) -> Answer | None:
        return Answer((Reply("De code klopt."),)) if message.text == "482913" else None


class House:
    def __init__(self, ledger: Ledger, bell: Bell, texts: Texts) -> None:
        self.ledger, self.bot = ledger, ScriptedBot()
        self.typing: list[bool] = []
        self.online: list[bool] = []
        self.way = Way(longest=60)
        self.turns = Turns(
            ledger,
            bell,
            self.bot,
            texts,
            Clock(),
            reception=reception(ledger, texts),
            known=OneCode(),
            workers=3,
            way=self.way,
            pace=HURRIED,
            typing=lambda _, on: self.typing.append(on),
            online=self.online.append,
        )
        self.conversation = ledger.open("web", "c_1")
        self._number = 0

    def say(self, text: str, **more: Any) -> Message:
        self._number += 1
        return self.ledger.receive(Incoming("web", "c_1", f"c_1:{self._number:08}", text=text, **more)).message

    @property
    def now(self) -> Conversation:
        return self.ledger.conversation(self.conversation.id)

    @property
    def messages(self) -> list[Message]:
        return self.ledger.messages(self.conversation.id)

    @property
    def heard(self) -> list[str]:
        outgoing = (State.SENT, State.QUEUED, State.READ)
        return [m.text for m in self.messages if m.author is not Author.CITIZEN and m.state in outgoing]

    def state_of(self, message: Message) -> State:
        return next(m.state for m in self.messages if m.id == message.id)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not condition():  # noqa: ASYNC110  # what is waited for happens in the database
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        loop = asyncio.create_task(self.turns.run())
        try:
            yield
        finally:
            loop.cancel()
            await self.turns.close(1)


@pytest.fixture
def house(ledger: Ledger, bell: Bell, texts: Texts) -> House:
    return House(ledger, bell, texts)


@pytest.mark.req("BP1-05")
async def test_a_message_is_answered_and_the_trace_kept(house: House) -> None:
    async with house.working():
        message = house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])

    answered = next(m for m in house.messages if m.id == message.id)
    assert (answered.state, answered.trace) == (State.ANSWERED, {"intent": "groeten", "is_known": False})
    assert house.typing == [True, False]
    assert house.online == [True]


async def test_five_quick_messages_are_answered_in_order(house: House) -> None:
    async with house.working():
        for n in range(5):
            house.say(f"bericht {n}")
        await house.until(lambda: len(house.heard) == 5)

    assert house.heard == [f"Je zei: bericht {n}" for n in range(5)]
    assert len(house.bot.calls) == 5


@pytest.mark.parametrize("trouble", [BotFailed("http_500"), BotFailed("ReadTimeout"), BotFailed("unreadable")])
async def test_a_turn_that_fails_is_asked_again(trouble: Exception, house: House) -> None:
    house.bot.script = [trouble]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])


async def test_a_turn_that_keeps_failing_ends_in_words(house: House) -> None:
    house.bot.script = [BotFailed("http_500")] * 4
    async with house.working():
        message = house.say("hallo")
        await house.until(lambda: house.heard == [SORRY])

    said = house.messages[-1]
    assert (said.name, said.answers, said.author) == ("utter_stilte", message.id, Author.BOT)
    assert house.state_of(message) is State.ANSWERED
    assert len(house.bot.calls) == 4


async def test_what_the_bot_cannot_read_is_not_asked_again(house: House) -> None:
    house.bot.script = [BotRefused("http_400")]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == [SORRY])

    assert len(house.bot.calls) == 1


@pytest.mark.parametrize("nothing", [Answer((Reply(),)), Answer((Reply(" ".strip(), custom={"type": "x"}),))])
async def test_a_bot_that_says_nothing_does_not_leave_the_citizen_without_words(nothing: Answer, house: House) -> None:
    house.bot.script = [nothing]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: SORRY in house.heard)


async def test_an_event_of_the_house_may_pass_in_silence(house: House) -> None:
    house.bot.script = [Answer((), {"intent": "gesprek_teruggegeven"})]
    async with house.working():
        event = house.ledger.leave(house.conversation.id, "/gesprek_teruggegeven", external_id="back").message
        await house.until(lambda: house.state_of(event) is State.ANSWERED)

    assert house.heard == []


async def test_a_bot_that_is_away_makes_messages_wait_and_the_citizen_is_told_once(house: House) -> None:
    house.bot.script = [BotAway("refused")] * 3
    async with house.working():
        house.say("hallo")
        house.say("nog iets")
        await house.until(lambda: house.heard[1:] == ["Je zei: hallo", "Je zei: nog iets"])

    assert house.heard[0] == "Even geduld."
    assert house.online[0] is False
    assert house.online[-1] is True


async def test_after_an_answer_the_citizen_is_told_again(house: House) -> None:
    async with house.working():
        house.bot.script = [BotAway("refused")]
        house.say("hallo")
        await house.until(lambda: len(house.heard) == 2)
        house.bot.script = [BotAway("refused")]
        house.say("hallo")
        await house.until(lambda: len(house.heard) == 4)

    assert house.heard == ["Even geduld.", "Je zei: hallo"] * 2


async def test_a_message_that_kills_the_bot_is_given_up(house: House) -> None:
    house.bot.script = [BotDropped("dropped")] * 20
    async with house.working():
        message = house.say("boem")
        for _ in range(GIVE_UP):  # the pauses between the tries grow; here the clock is pushed
            await house.until(lambda: house.state_of(message) is not State.WORKING)
            _due_now(house.ledger)
            await asyncio.sleep(0.05)
        await house.until(lambda: SORRY in house.heard)


async def test_while_something_comes_in_no_turn_begins(house: House) -> None:
    house.bot.script = [Answer((Reply("Dag!"),))]
    async with house.working():
        with house.way.first():
            house.say("hallo")
            await asyncio.sleep(0.2)
            assert house.heard == []
        await house.until(lambda: house.heard == ["Dag!"])


def _due_now(ledger: Ledger) -> None:
    with ledger.engine.begin() as db:
        db.exec_driver_sql("UPDATE messages SET retry_at = NULL")
    ledger.bell.ring("turns")


async def test_a_long_turn_keeps_its_lease(house: House) -> None:
    def slow() -> None:
        import time

        time.sleep(1.2)

    house.bot.script = [slow]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])

    assert len(house.bot.calls) == 1


def hand_to_an_agent(ledger: Ledger, conversation: str) -> None:
    with ledger.engine.begin() as db:
        epoch = ledger.conversation(conversation).epoch
        transition(
            db, conversation, Holder.AGENT, allowed=set(Holder), epoch=epoch, now=ledger.clock.now(), reason="test"
        )


async def test_an_answer_that_comes_after_a_person_took_over_is_not_said(house: House) -> None:
    house.bot.script = [lambda: hand_to_an_agent(house.ledger, house.conversation.id)]
    async with house.working():
        message = house.say("hallo")
        await house.until(lambda: house.state_of(message) is State.HELD)

    assert house.heard == []


@pytest.mark.req("KI-27")
async def test_what_is_said_to_a_person_never_reaches_the_bot(house: House) -> None:
    hand_to_an_agent(house.ledger, house.conversation.id)
    async with house.working():
        message = house.say("bent u er?")
        await house.until(lambda: house.state_of(message) is State.HELD)
        await asyncio.sleep(0.1)

    assert house.bot.calls == []


async def test_a_code_is_looked_at_also_while_a_person_has_the_conversation(house: House) -> None:
    hand_to_an_agent(house.ledger, house.conversation.id)
    house.ledger.leave(house.conversation.id, "/status_gewijzigd", external_id="waits for the bot")
    async with house.working():
        code = house.say("482913")
        await house.until(lambda: house.heard == ["De code klopt."])
        postcode = house.say("mijn huis staat in 87991")
        await house.until(lambda: house.state_of(postcode) is State.HELD)

    assert house.state_of(code) is State.ANSWERED
    assert house.bot.calls == []


@pytest.mark.req("CA-03")
async def test_a_code_that_is_typed_right_after_an_agent_closed_is_no_person_s_to_answer(house: House) -> None:
    people, conversation = house.turns._reception, house.conversation.id
    sanne = people.queue.agents.arrive("sanne", Profile("Sanne Claes", ["burgerzaken"])).id
    people.handovers.take_over(conversation, sanne, Request("burgerzaken", "attest", "asked"))
    people.handovers.close(conversation, sanne, topic="attest")
    async with house.working():
        code = house.say("482913")
        await house.until(lambda: house.state_of(code) in (State.ANSWERED, State.HELD))

    assert house.heard == ["De code klopt."]
    assert house.now.holder is Holder.BOT


@pytest.mark.parametrize("holder", [Holder.BOT, Holder.AGENT])
async def test_a_number_that_was_hidden_is_told_once(house: House, holder: Holder) -> None:
    if holder is Holder.AGENT:
        hand_to_an_agent(house.ledger, house.conversation.id)
    async with house.working():
        for _ in range(2):
            said = house.say("85.07.30-033.28 dus")
            await house.until(lambda: house.state_of(said) in (State.ANSWERED, State.HELD))  # noqa: B023

    assert house.heard.count("Dat nummer heb ik verborgen.") == 1
    assert house.heard[0] == "Dat nummer heb ik verborgen."
    assert [asked for asked, _ in house.bot.calls] == ["[rijksregisternummer] dus"] * (2 if holder is Holder.BOT else 0)


@pytest.mark.req("BP4-08")
async def test_the_bot_can_end_a_conversation_and_a_later_message_begins_a_new_session(house: House) -> None:
    house.bot.script = [Answer((Reply("Tot ziens!", custom={"type": "conversation_end"}),))]
    async with house.working():
        house.say("nee bedankt")
        await house.until(lambda: house.now.holder is Holder.CLOSED)
        house.say("toch nog iets")
        await house.until(lambda: "Je zei: toch nog iets" in house.heard)

    assert house.bot.calls == [("nee bedankt", False), ("toch nog iets", True)]
    assert house.now.holder is Holder.BOT


async def test_a_rating_opens_nothing(house: House) -> None:
    house.ledger.end(house.conversation.id)
    async with house.working():
        house.ledger.leave(house.conversation.id, '/beoordelen{"keuze":"5"}', external_id="rating")
        await house.until(lambda: len(house.heard) == 1)

    assert house.bot.calls == [('/beoordelen{"keuze":"5"}', False)]
    assert house.now.holder is Holder.CLOSED


async def test_what_the_house_has_to_say_later_opens_nothing(house: House) -> None:
    house.ledger.end(house.conversation.id)
    async with house.working():
        house.ledger.leave(house.conversation.id, "/melding_gewijzigd", external_id="change")
        await house.until(lambda: house.heard == ["Je zei: /melding_gewijzigd"])
        house.say("dank je")
        await house.until(lambda: len(house.heard) == 2)

    assert house.bot.calls == [("/melding_gewijzigd", True), ("dank je", True)]
    assert house.now.holder is Holder.BOT


async def test_a_citizen_who_ends_while_the_bot_thinks_has_ended(house: House) -> None:
    house.bot.script = [lambda: house.ledger.end(house.conversation.id) and None]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])

    assert house.now.holder is Holder.CLOSED
    assert [begins for _, begins in house.bot.calls] == [False, False]


async def test_an_error_that_nobody_foresaw_puts_the_message_back(house: House) -> None:
    house.bot.script = [RuntimeError("boem")]
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])


async def test_a_message_that_always_breaks_ends_in_words(house: House) -> None:
    house.bot.script = [RuntimeError("boem")] * 20
    async with house.working():
        message = house.say("hallo")
        for _ in range(GIVE_UP):
            await house.until(lambda: house.state_of(message) is not State.WORKING)
            _due_now(house.ledger)
            await asyncio.sleep(0.05)
        await house.until(lambda: house.heard == [SORRY])


async def test_a_lease_of_a_process_that_died_is_taken_up(house: House) -> None:
    house.say("hallo")
    house.ledger.claim_turn("a process that died", 0.2)
    async with house.working():
        await house.until(lambda: house.heard == ["Je zei: hallo"])


async def test_a_database_that_is_away_for_a_while_does_not_stop_the_loop(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, failures = house.ledger.claim_turn, iter([True, True])

    def claim_or_fail(worker: str, lease_s: float) -> Message | None:
        if next(failures, False):
            house.ledger.bell.ring("turns")
            raise OSError("the disk is full")
        return claim(worker, lease_s)

    monkeypatch.setattr(house.ledger, "claim_turn", claim_or_fail)
    async with house.working():
        house.say("hallo")
        await house.until(lambda: house.heard == ["Je zei: hallo"])


async def test_photos_and_places_are_told_as_events(house: House) -> None:
    photo = house.ledger.keep_attachment(house.conversation.id, "put.jpg", "image/jpeg", b"x")
    from connectors.bot_client import _request

    sent = [
        house.say("", kind=Kind.ATTACHMENT, attachment=photo),
        house.say("Markt", kind=Kind.LOCATION, place=Place(50.8, 3.2)),
        house.say("hallo"),
    ]

    photo_turn, place_turn, text_turn = (_request(message, "web", new_session=False) for message in sent)
    assert photo_turn["payload"] == "/bijlage_gestuurd"
    assert photo_turn["metadata"] == {"attachment": photo, "place": None, "event": False, "is_known": False}
    assert place_turn["payload"] == "/plaats_gedeeld"
    assert place_turn["metadata"]["place"] == {"latitude": 50.8, "longitude": 3.2}
    assert text_turn["text"] == "hallo"
    assert "payload" not in text_turn


# --- an agent's order ---------------------------------------------------------


@pytest.fixture
def held(house: House) -> str:
    """An agent has the conversation, and ordered to file."""
    at_the_door, conversation = house.turns._reception, house.conversation.id
    asked = Request("burgerzaken", "melding", "asked", card={"answers": {}})
    assert at_the_door.handovers.take_over(conversation, "sanne", asked)
    assert at_the_door.cards.order(conversation, "sanne", f'{ORDER}{{"keuze": "x"}}', version=0)
    return conversation


def card_of(house: House) -> Any:
    [handover] = house.turns._reception.handovers.history(house.conversation.id)
    return handover.card["filing"]


@pytest.mark.req("CA-03")
async def test_what_the_bot_filed_for_an_agent_is_told_to_the_citizen_and_stands_on_the_card(
    house: House, held: str
) -> None:
    filed = Reply(custom={"type": "filing", "state": "done", "number": "M1"})
    house.bot.script = [Answer((Reply("Je nummer is M1"), filed))]
    async with house.working():
        await house.until(lambda: house.heard == ["Je nummer is M1"])

    assert card_of(house) == {"type": "filing", "state": "done", "number": "M1"}
    assert house.now.holder is Holder.AGENT


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer((Reply(custom={"type": "filing", "state": "lacking"}), Reply("Hoe heet je?"))), "lacking"),
        (Answer((Reply("Dat lukt nu niet."),)), "broken"),
        (BotRefused("http_400"), "broken"),
    ],
)
async def test_of_what_was_not_filed_the_citizen_hears_nothing(
    answer: Any, state: str, house: House, held: str
) -> None:
    house.bot.script = [answer]
    async with house.working():
        await house.until(lambda: card_of(house)["state"] == state)

    assert house.heard == []


async def test_an_order_waits_for_a_bot_that_is_away_and_nobody_is_asked_for_patience(house: House, held: str) -> None:
    filed = Reply(custom={"type": "filing", "state": "done", "number": "M1"})
    house.bot.script = [BotAway("refused"), Answer((Reply("Je nummer is M1"), filed))]
    async with house.working():
        await house.until(lambda: house.heard == ["Je nummer is M1"])


async def test_an_order_stands_when_the_agent_closes_before_it_is_carried_out(house: House, held: str) -> None:
    filed = Reply(custom={"type": "filing", "state": "done", "number": "M1"})
    house.bot.script = [Answer((Reply("Je nummer is M1"), filed))]
    house.turns._reception.handovers.close(held, "sanne", topic="melding")
    async with house.working():
        await house.until(lambda: house.heard == ["Je nummer is M1"])

    assert card_of(house)["state"] == "done"
    assert house.now.holder is Holder.CLOSED


# --- a citizen who comes back -------------------------------------------------


@pytest.mark.req("KI-23")
@pytest.mark.parametrize(("minutes", "anew"), [(59, False), (61, True)])
async def test_after_an_hour_of_silence_a_new_session_begins(
    minutes: int, anew: bool, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.working():
        house.say("er is iets")
        await house.until(lambda: len(house.heard) == 1)
        later = Clock().utc() + timedelta(minutes=minutes)
        monkeypatch.setattr(house.ledger.clock, "utc", lambda: later)
        house.say("hallo")
        await house.until(lambda: len(house.heard) == 2)

    assert house.bot.calls == [("er is iets", False), ("hallo", anew)]


@pytest.mark.req("KI-23")
async def test_who_answers_the_news_of_days_later_is_still_in_the_session_that_told_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = Clock().utc()
    async with house.working():
        house.say("hou me op de hoogte")
        await house.until(lambda: len(house.heard) == 1)
        monkeypatch.setattr(house.ledger.clock, "utc", lambda: moment + timedelta(days=2))
        house.ledger.leave(house.conversation.id, "/dossiers_gewijzigd", external_id="e1")
        await house.until(lambda: len(house.heard) == 2)
        monkeypatch.setattr(house.ledger.clock, "utc", lambda: moment + timedelta(days=2, hours=5))
        house.say("stop")
        await house.until(lambda: len(house.heard) == 3)

    assert house.bot.calls[-1] == ("stop", False)


async def test_the_house_and_a_late_rating_begin_no_session(house: House) -> None:
    house.turns._pace = replace(HURRIED, silence=timedelta(0))
    async with house.working():
        house.say("hallo")
        await house.until(lambda: len(house.heard) == 1)
        house.ledger.leave(house.conversation.id, "/melding_gewijzigd", external_id="e1")
        await house.until(lambda: len(house.heard) == 2)

    assert house.bot.calls[-1] == ("/melding_gewijzigd", False)
