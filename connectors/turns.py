"""Takes each received message to the bot and queues what it answers.

The ledger gives one message of a conversation at a time, in order, under a lease
that is renewed while the bot thinks; a process that dies loses the lease and
nothing else, for the bot answers the same message twice with the same words.

- The bot is away: the message waits, the citizen is told once, the answer comes later.
- The bot fails or is too slow: asked again while that can help, then `utter_stilte`.
- The bot says nothing: `utter_stilte`. Silence is a bug.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import structlog

from clock import Clock
from connectors import metrics
from connectors.base import Capabilities
from connectors.bot_client import Answer, Bot, BotAway, BotDropped, BotFailed, BotRefused
from connectors.known import NOBODY, Known
from connectors.merging import merged
from connectors.reception import Reception
from connectors.way import Way
from connectors.without_bot import WithoutBot
from connectors.workers import LEASE, RENEW, Workers, renewed
from conversations.asides import last_said, spoke_before
from conversations.bell import Bell
from conversations.claims import ORDER
from conversations.database import reading_together
from conversations.handover_model import Handover
from conversations.ledger import Ledger
from conversations.model import Author, Conversation, Holder, Kind, Message, Reply
from conversations.sessions import THANKED
from texts import Texts

PAUSES = (0.3, 1.0, 2.0)  # seconds before a failed turn is asked again
PATIENCE = 1.5  # times the time-out: how long a citizen waits before he hears that it went wrong
GIVE_UP = 5  # claims, before a message is taken for one that cannot be answered
LONGEST_WAIT = 5.0  # seconds between two attempts to reach a bot that is away
SILENCE = "utter_stilte"
PATIENCE_PLEASE = "utter_storing_wachten"
NOTHING_MORE = ("bedanken", "afscheid_nemen", "bevestigen", "ontkennen")  # right after an agent closed: wakes nobody
END = "conversation_end"
RATING = "/beoordelen"  # says something about the conversation that ended; opens no new one

log = structlog.get_logger()


@dataclass(frozen=True)
class Pace:
    """How patient the turns are. Tests are in a hurry."""

    timeout: float = 30.0
    lease: float = LEASE
    renew: float = RENEW
    pauses: tuple[float, ...] = PAUSES
    silence: timedelta = timedelta(hours=1)  # of a citizen, until a new session begins


@dataclass(frozen=True)
class _Question:
    """A message that is the bot's to answer."""

    begins: bool  # a conversation that had ended
    new_session: bool
    is_known: bool


class Turns:
    def __init__(
        self,
        ledger: Ledger,
        bell: Bell,
        bot: Bot,
        texts: Texts,
        clock: Clock,
        *,
        reception: Reception,
        known: Known = NOBODY,
        capabilities: Mapping[str, Capabilities] = MappingProxyType({}),
        workers: int = 8,
        way: Way | None = None,
        pace: Pace = Pace(),
        typing: Callable[[Message, bool], None] = lambda message, on: None,
        online: Callable[[bool], None] = lambda online: None,
    ) -> None:
        """`capabilities`: of the channels that have to be sent to."""
        self._ledger, self._bot, self._texts, self._clock = ledger, bot, texts, clock
        self._pace, self._typing, self._online, self._reception = pace, typing, online, reception
        self._without_bot = WithoutBot(texts, clock, partial(last_said, ledger.engine))
        self._known, self._capabilities, self._way = known, capabilities, way or Way()
        name = f"turns-{secrets.token_hex(4)}"
        claim = partial(ledger.claim_turn, name, pace.lease)
        self._workers = Workers(bell, "turns", claim, self._work, workers, way=self._way)
        self._threads = ThreadPoolExecutor(workers, "bot")

    async def run(self) -> None:
        await self._workers.run()

    async def close(self, seconds: float) -> None:
        await self._workers.close(seconds)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _work(self, message: Message) -> None:
        started = time.perf_counter()
        metrics.WAIT_SECONDS.observe(max((self._clock.utc() - message.created_at).total_seconds(), 0))
        self._typing(message, True)
        try:
            async with renewed(partial(self._ledger.renew, message, self._pace.lease), self._pace.renew):
                outcome = await self._turn(message)
        except Exception:
            outcome = "broken"
            log.exception("turn.broken", message=message.id)
            await self._give_back(message)
        finally:
            self._typing(message, False)
        metrics.TURNS.labels(outcome).inc()
        metrics.TURN_SECONDS.observe(time.perf_counter() - started)
        log.info("turn.done", message=message.id, outcome=outcome, ms=round((time.perf_counter() - started) * 1000))

    async def _turn(self, message: Message) -> str:
        conversation, closed, question = await asyncio.to_thread(self._open, message)
        if question is None:
            if outcome := await self._for_people(message, conversation, closed):
                return outcome
            question = await asyncio.to_thread(self._without_asking, message, conversation)
        if isinstance(question, str):
            return question
        try:
            answer = await self._ask(message, conversation.channel, question.new_session, question.is_known)
        except BotAway as error:
            self._online(False)
            await asyncio.to_thread(self._wait, message, conversation, str(error))
            self._workers.look_again(_pause(message))
            return "waiting"
        except BotFailed as error:
            log.error("turn.failed", message=message.id, error=str(error))
            silence = self._texts.reply(SILENCE, conversation.channel)
            answer = Answer((silence,), {"error": str(error)})
        self._online(True)
        await self._way.give()
        answer = replace(answer, trace={**answer.trace, "is_known": question.is_known})
        return await asyncio.to_thread(self._keep, message, conversation, answer, question.begins)

    # What looks things up runs in as few threads as can be: each change of thread waits for the others of a busy front.

    def _open(self, message: Message) -> "tuple[Conversation, Handover | None, str | _Question | None]":
        """The conversation, how an agent closed it if that was shortly before this, and `_without_asking`.

        None for the last: a person has to do with it.
        """
        with reading_together(self._ledger.engine):
            conversation = self._ledger.conversation(message.conversation)
            self._reception.tell_hidden(message, conversation)
            closed = self._reception.closed_lately(message, conversation)
            ours = not closed and not _is_order(message) and conversation.holder in (Holder.BOT, Holder.CLOSED)
            return conversation, closed, self._without_asking(message, conversation) if ours else None

    def _without_asking(self, message: Message, conversation: Conversation) -> "str | _Question":
        """What became of it when the bot need not hear it; else what the bot must know."""
        self._reception.tell_calamity(message, conversation)
        said = self._without_bot.answer(message, conversation)
        if said is not None:
            self._ledger.answer(message, said, message.epoch, {"without_bot": True})
            return "without_bot"
        begins = _begins_anew(conversation, message)
        code = self._known.code(message, conversation)
        if code is not None:
            return self._keep(message, conversation, code, begins)
        return _Question(begins, begins or self._comes_back(message), self._known.is_known(conversation))

    async def _for_people(self, message: Message, conversation: Conversation, closed: Handover | None) -> str | None:
        """What a person has to do with; None: it is between the citizen and the bot."""
        if _is_order(message):
            return await self._carry_out(message, conversation)
        if conversation.holder not in (Holder.BOT, Holder.CLOSED):
            return await asyncio.to_thread(self._leave_to_people, message, conversation)
        return await self._comes_again(message, conversation, closed) if closed else None

    async def _comes_again(self, message: Message, conversation: Conversation, closed: Handover) -> str | None:
        """Shortly after an agent closed it: thanks are answered, anything else goes back to people who are there."""
        code = await asyncio.to_thread(self._known.code, message, conversation)
        if code is not None:  # no person's to answer
            return await asyncio.to_thread(self._keep, message, conversation, code, True)
        ask = partial(self._bot.intent, message.text)
        intent = await asyncio.get_running_loop().run_in_executor(self._threads, ask) if message.text else None
        if intent in NOTHING_MORE:
            thanks = self._reception.thank(conversation.channel)
            trace = {"intent": intent, THANKED: True}
            await asyncio.to_thread(self._ledger.answer, message, (thanks,), message.epoch, trace)
            return "thanked"
        taken = await asyncio.to_thread(self._reception.take_again, closed)
        return "held" if taken else None

    def _comes_back(self, message: Message) -> bool:
        """Whether the citizen was silent for so long that he may have left for good.

        When the bot broke that silence with news, he may answer it as long as Rasa's session lasts.
        """
        if message.kind is Kind.EVENT or (message.payload or "").startswith(RATING):
            return False
        engine, silence = self._ledger.engine, self._pace.silence
        spoke = spoke_before(engine, message, Author.CITIZEN)
        if spoke is None or message.created_at - spoke <= silence:
            return False
        told = spoke_before(engine, message, Author.BOT) or spoke
        return told - spoke <= silence

    def _leave_to_people(self, message: Message, conversation: Conversation) -> str:
        """A code is no person's to answer."""
        code = self._known.code(message, conversation)
        if code is None:
            self._ledger.hold(message)
            return "held"
        self._ledger.answer(message, code.replies, message.epoch, code.trace)
        return "answered"

    async def _carry_out(self, message: Message, conversation: Conversation) -> str:
        """An agent has the bot file something and keeps the conversation: what the citizen hears, the house says."""
        is_known = await asyncio.to_thread(self._known.is_known, conversation)
        try:
            answer = await self._ask(message, conversation.channel, False, is_known)
        except BotAway as error:
            self._online(False)
            await asyncio.to_thread(self._put_back, message, str(error))
            self._workers.look_again(_pause(message))
            return "waiting"
        except BotFailed as error:
            log.error("turn.failed", message=message.id, error=str(error))
            answer = Answer((), {"error": str(error)})
        outcome = await asyncio.to_thread(self._keep_order, message, answer)
        if outcome == "taken_over":  # the holder changed meanwhile: the order stands, and the bot knows what it said
            self._workers.look_again(0)
        return outcome

    def _keep_order(self, message: Message, answer: Answer) -> str:
        replies, outcome = self._reception.carry_out(answer.replies)
        tell = partial(self._reception.cards.carried_out, event=message, outcome=outcome)
        replies = self._as_few(replies, message.channel)
        kept = self._ledger.answer(message, replies, message.epoch, answer.trace, then=tell, author=Author.SYSTEM)
        return f"ordered_{outcome['state']}" if kept else "taken_over"

    def _as_few(self, replies: tuple[Reply, ...], channel: str) -> tuple[Reply, ...]:
        able = self._capabilities.get(channel)
        return merged(replies, able) if able else replies

    async def _ask(self, message: Message, channel: str, begins: bool, is_known: bool) -> Answer:
        """Raises BotAway, or BotFailed when asking again cannot help any more."""
        deadline = time.monotonic() + self._pace.timeout * PATIENCE
        pauses = iter(self._pace.pauses)
        while True:
            timeout = min(self._pace.timeout, deadline - time.monotonic())
            ask = partial(self._bot.turn, message, channel, new_session=begins, is_known=is_known, timeout=timeout)
            try:
                return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
            except BotDropped as error:
                if message.attempts >= GIVE_UP and message.error == str(error):  # perhaps this message kills the bot
                    raise BotFailed("dropped") from error
                raise
            except BotFailed as error:
                pause = next(pauses, None)
                if pause is None or isinstance(error, BotRefused) or time.monotonic() + pause >= deadline:
                    raise
                log.warning("turn.asked_again", message=message.id, error=str(error))
                await asyncio.sleep(pause)

    def _keep(self, message: Message, conversation: Conversation, answer: Answer, begins: bool) -> str:
        epoch, replies = message.epoch, answer.replies
        outcome = "failed" if "error" in answer.trace else "answered"
        if begins and message.kind is not Kind.EVENT:  # the house may speak without opening the conversation again
            # only now: had this process died before, the next one would have known as well
            reopened = self._ledger.reopen(conversation.id)
            epoch = reopened.epoch if reopened.holder is Holder.BOT else epoch
        if not any(reply.text or reply.choices or reply.image for reply in replies):
            outcome = "silent"
            log.warning("turn.silent", message=message.id, kind=message.kind)
            if message.kind is not Kind.EVENT:  # nobody waits for an answer to what the house said
                replies = (*replies, self._texts.reply(SILENCE, conversation.channel))
        replies, asked = self._reception.split(replies)
        intent = str(answer.trace.get("intent") or "")
        enter = partial(self._reception.enter, conversation=conversation.id, asked=asked, epoch=epoch, intent=intent)
        replies = self._as_few(replies, message.channel)
        if not self._ledger.answer(message, replies, epoch, answer.trace, then=enter):
            return "taken_over"
        if asked:
            self._reception.tell_place(conversation.id)
        fetched = conversation.channel in self._ledger.pull
        metrics.SENT.labels(conversation.channel, "sent" if fetched else "queued").inc(len(replies))
        if any(reply.custom.get("type") == END for reply in replies):
            self._ledger.end(conversation.id, epoch=epoch, reason="finished")
        return outcome

    def _wait(self, message: Message, conversation: Conversation, error: str) -> None:
        log.warning("turn.bot_away", message=message.id, error=error, attempts=message.attempts)
        self._ledger.ask_patience(conversation.id, self._texts.reply(PATIENCE_PLEASE, conversation.channel))
        self._put_back(message, error)

    async def _give_back(self, message: Message) -> None:
        """After an error that nobody foresaw, such as a database that went away. At worst the lease runs out."""
        with suppress(Exception):
            if message.attempts < GIVE_UP or message.error != "broken":
                await asyncio.to_thread(self._put_back, message, "broken")
                self._workers.look_again(_pause(message))
            elif _is_order(message):
                await asyncio.to_thread(self._keep_order, message, Answer((), {"error": "broken"}))
            else:
                replies = (self._texts.reply(SILENCE),)
                await asyncio.to_thread(self._ledger.answer, message, replies, message.epoch, {"error": "broken"})

    def _put_back(self, message: Message, error: str) -> None:
        self._ledger.retry(message, self._clock.utc() + timedelta(seconds=_pause(message)), error)


def _is_order(message: Message) -> bool:
    return (message.payload or "").startswith(ORDER)


def _pause(message: Message) -> float:
    """Seconds until a message is tried again."""
    return float(min(LONGEST_WAIT, 0.25 * 2 ** min(message.attempts, 10)))


def _begins_anew(conversation: Conversation, message: Message) -> bool:
    """Whether this was said after the conversation had ended. What was said before is still answered, no more."""
    ended = conversation.holder is Holder.CLOSED
    after = conversation.ended_at is None or message.created_at > conversation.ended_at
    return ended and after and not (message.payload or "").startswith(RATING)
