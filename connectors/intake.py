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
from conversations.model import Control, Incoming, Kind, Moved, Overheard, Receipt, Remark, State, Watermark
from conversations.unread import Unread

ALARMING = ("account_update", "template_status", "quality", "policy_enforcement", "account_alerts", "block")

SILENCE = timedelta(hours=24)

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

    @property
    def citizens(self) -> frozenset[str]:
        """Under the names by which the channel knows them."""
        names = (getattr(arrival, name, None) for arrival in self.arrivals for name in ("address", "alias"))
        return frozenset(filter(None, names))


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

    def keep(self, post: Post) -> None:
        """Raises what the database raises when it cannot be reached."""
        for arrival in post.arrivals:
            try:
                self._keep(arrival)
            except (OperationalError, InterfaceError, NoConnection):
                raise
            except DBAPIError as error:
                if error.connection_invalidated:
                    raise
                self._pass_over(post.channel.name, arrival)
            except Exception:
                self._pass_over(post.channel.name, arrival)

    def _keep(self, arrival: Arrival) -> None:
        match arrival:
            case Incoming():
                self._receive(arrival)
            case Receipt():
                self._mark(arrival)
            case Watermark() | Remark():
                self._ledger.mark(arrival)
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

    def _receive(self, incoming: Incoming) -> None:
        received = self._ledger.receive(self._meant(incoming))
        if received.is_new:
            metrics.RECEIVED.labels(incoming.channel, received.message.kind).inc()
            log.info("message.received", channel=incoming.channel, message=received.message.id)

    def _meant(self, incoming: Incoming) -> Incoming:
        """A tapped choice stands for what the ledger offered to this citizen, and else for the words on the button."""
        if not isinstance(incoming, Tapped):
            return incoming
        conversation = self._ledger.open(incoming.channel, incoming.address, alias=incoming.alias)
        choice = self._ledger.choice(conversation.id, incoming.message, incoming.number)
        if choice:
            return replace(incoming, text=choice.title, payload=choice.payload)
        return replace(incoming, kind=Kind.TEXT if incoming.text else Kind.OTHER)

    def _mark(self, receipt: Receipt) -> None:
        news = self._ledger.mark(receipt)
        if news and receipt.state in (State.FAILED, State.PARKED):
            metrics.SENT.labels(receipt.channel, receipt.state).inc()
            log.warning("message.not_delivered", channel=receipt.channel, error=receipt.error)

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

    def _pass_over(self, channel: str, arrival: Arrival) -> None:
        log.exception("webhook.passed_over", channel=channel, kind=type(arrival).__name__)
        metrics.UNREAD.labels(channel).inc()
