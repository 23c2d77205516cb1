"""Puts what a webhook brought into the ledger: all of it, in order, and nothing else.

A database that is away is an error, so that the provider comes again. Anything else
that cannot be kept is written down and passed over: a message that breaks us once
would break us at every repetition, for a week.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from connectors import metrics
from connectors.base import Arrival, Channel, Tapped, Unknown, Unreadable
from conversations.addresses import conversation_at
from conversations.elsewhere import Elsewhere
from conversations.ledger import Ledger
from conversations.model import Control, Incoming, Kind, Moved, Overheard, Receipt, Received, Remark, State, Watermark
from conversations.receiving import Arrived, Became
from conversations.unread import Unread

ALARMING = ("account_update", "template_status", "quality", "policy_enforcement", "account_alerts", "block")

SILENCE = timedelta(hours=24)
PLAIN = (Incoming, Receipt, Watermark, Remark)  # the ledger takes these in as they are

log = structlog.get_logger()


@dataclass(frozen=True)
class Post:
    """One webhook. The same words of the same channel are the same post."""

    channel: Channel
    body: bytes

    @cached_property
    def arrivals(self) -> Sequence[Arrival]:
        try:
            return self.channel.parse(self.body)
        except Unreadable as error:
            return [Unknown(self.channel.name, error.code, "")]
        except Exception:
            log.exception("webhook.parse_broken", channel=self.channel.name)
            return [Unknown(self.channel.name, "parse_broken", "")]


class Intake:
    def __init__(
        self,
        ledger: Ledger,
        unread: Unread,
        log_out: Callable[[str, str], object],
        *,
        silence: timedelta = SILENCE,
        tell_elsewhere: Callable[[str], object] = lambda conversation: None,
    ) -> None:
        """`log_out`: ends the login of a conversation, for this reason.

        `silence`: of a colleague in the channel's own inbox, before the bot speaks again; `tell_elsewhere`: tells the
        citizen who answers him now.
        """
        self._ledger, self._unread, self._log_out = ledger, unread, log_out
        self._silence, self._tell_elsewhere = silence, tell_elsewhere
        self._elsewhere = Elsewhere(ledger.engine, ledger.clock, ledger.bell)

    def keep(self, posts: Sequence[Post]) -> None:
        """Raises what the database raises when it cannot be reached."""
        plain: list[Arrived] = []
        for arrival in (arrival for post in posts for arrival in post.arrivals):
            if isinstance(arrival, PLAIN) and not isinstance(arrival, Tapped):
                plain.append(arrival)
            else:
                self._keep_together(plain)
                self._keep_apart(arrival)
                plain = []
        self._keep_together(plain)

    def _keep_together(self, plain: Sequence[Arrived]) -> None:
        try:
            became = self._ledger.take_in(plain) if plain else []
        except Exception as error:
            if _is_away(error):
                raise
            for arrived in plain:  # one of them breaks us
                self._keep_apart(arrived)
        else:
            for arrived, outcome in zip(plain, became, strict=True):
                _write_up(arrived, outcome)

    def _keep_apart(self, arrival: Arrival) -> None:
        try:
            self._keep(arrival)
        except Exception as error:
            if _is_away(error):
                raise
            log.exception("webhook.passed_over", channel=arrival.channel, kind=type(arrival).__name__)
            metrics.UNREAD.labels(arrival.channel).inc()

    def _keep(self, arrival: Arrival) -> None:
        match arrival:
            case Incoming() | Receipt() | Watermark() | Remark():
                plain = self._meant(arrival) if isinstance(arrival, Tapped) else arrival
                [became] = self._ledger.take_in([plain])
                _write_up(plain, became)
            case Overheard():
                self._overhear(arrival)
            case Control():
                self._control(arrival)
            case Moved():
                self._move(arrival)
            case Unknown():
                self._write_down(arrival)

    def _overhear(self, said: Overheard) -> None:
        conversation = self._ledger.overhear(said, self._silence)
        if conversation:
            log.info("conversation.answered_elsewhere", channel=said.channel, conversation=conversation)
            self._tell_elsewhere(conversation)

    def _control(self, news: Control) -> None:
        conversation = self._ledger.open(news.channel, news.address).id
        if self._elsewhere.control(news, conversation, self._silence):
            log.info("conversation.controlled", channel=news.channel, conversation=conversation, ours=news.ours)
            if not news.ours:
                self._tell_elsewhere(conversation)

    def _meant(self, tapped: Tapped) -> Incoming:
        """A tapped choice stands for what the ledger offered to this citizen, and else for the words on the button."""
        conversation = self._ledger.open(tapped.channel, tapped.address, alias=tapped.alias)
        choice = self._ledger.choice(conversation.id, tapped.message, tapped.number)
        if choice:
            return replace(tapped, text=choice.title, payload=choice.payload)
        return replace(tapped, kind=Kind.TEXT if tapped.text else Kind.OTHER)

    def _move(self, moved: Moved) -> None:
        """The login ends first: were this interrupted, it comes again."""
        conversation = conversation_at(self._ledger.engine, moved.channel, moved.before)
        if conversation is not None:
            self._log_out(conversation, "moved")
            self._ledger.move(moved)
            log.info("conversation.moved", channel=moved.channel, conversation=conversation)

    def _write_down(self, unknown: Unknown) -> None:
        metrics.UNREAD.labels(unknown.channel).inc()
        alarming = any(word in unknown.reason for word in ALARMING)
        tell = log.error if alarming else log.info
        tell("webhook.unread", channel=unknown.channel, reason=unknown.reason)
        self._unread.keep(unknown.channel, unknown.reason, unknown.shape)


def _is_away(error: Exception) -> bool:
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return lost or isinstance(error, OperationalError | InterfaceError | NoConnection)


def _write_up(arrived: Arrived, became: Became) -> None:
    match arrived, became:
        case Incoming(), Received(message, is_new=True):
            metrics.RECEIVED.labels(arrived.channel, message.kind).inc()
            log.info("message.received", channel=arrived.channel, message=message.id)
        case Receipt(state=State.FAILED | State.PARKED), str():
            metrics.SENT.labels(arrived.channel, arrived.state).inc()
            log.warning("message.not_delivered", channel=arrived.channel, error=arrived.error)
