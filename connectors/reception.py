"""Takes a citizen from the bot to the queue, and keeps him company until an agent has him.

The bot asks for a person with a message of type `handover`; what it says before goes out,
what it says after does not, for it no longer has the conversation. From then on the house
speaks: which place in the row, that it takes long, that nobody is there any more.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from city import PHONE
from conversations import figures
from conversations.asides import was_said
from conversations.cards import FILED, HandoverCards
from conversations.elsewhere import Elsewhere
from conversations.handover import Handovers
from conversations.handover_model import Handover, Request
from conversations.ledger import Ledger
from conversations.masking import holds_mask
from conversations.model import JSON, Conversation, Holder, Kind, Message, Reply
from conversations.queue import Queue, Waiting
from conversations.ratings import may_ask
from texts import Texts

HANDOVER = "handover"
FILING = "filing"
BEGUN = "/gesprek_begonnen"
RATING = "utter_beoordeling_medewerker"
HIDDEN = "utter_kanaal_nummer_verborgen"
EVERY = 2.0  # seconds between two looks, besides the bell
ROUND = 5  # minutes: an expected wait is never more exact
AGAIN = timedelta(minutes=10)  # until a citizen who waits is told once more
FIFTEEN_MINUTES = timedelta(minutes=15)
BAD = 2  # up to this score of five somebody was dissatisfied; as widget/forms.js has it
GRACE = timedelta(minutes=5)  # from the warning to the end of a silent conversation

log = structlog.get_logger()


class Reception:
    def __init__(
        self, ledger: Ledger, handovers: Handovers, queue: Queue, texts: Texts, *, again: timedelta = FIFTEEN_MINUTES
    ) -> None:
        """`again`: how long after an agent closed it a citizen who writes still goes back to people."""
        self.again = again
        self.ledger, self.handovers, self.queue, self.texts = ledger, handovers, queue, texts
        self.clock, self.bell = ledger.clock, ledger.bell
        self.elsewhere = Elsewhere(ledger.engine, ledger.clock, ledger.bell)
        self.cards = HandoverCards(ledger.engine, ledger.clock, ledger.bell, handovers.vault)

    # --- into the queue ------------------------------------------------------

    def split(self, replies: Sequence[Reply]) -> tuple[tuple[Reply, ...], Request | None]:
        """What is said before a person is asked for, and the request."""
        for place, reply in enumerate(replies):
            if reply.custom.get("type") == HANDOVER:
                return tuple(replies[:place]), self._request(reply)
        return tuple(replies), None

    def carry_out(self, replies: Sequence[Reply]) -> tuple[tuple[Reply, ...], Mapping[str, JSON]]:
        """What the citizen hears of an agent's order, and what came of it. Only what was filed is told to him."""
        outcome = next((reply.custom for reply in replies if reply.custom.get("type") == FILING), {"state": "broken"})
        filed = outcome["state"] in FILED
        return tuple(reply for reply in replies if filed and reply.custom.get("type") != FILING), outcome

    def enter(self, db: Connection, *, conversation: str, asked: Request | None, epoch: int, intent: str) -> None:
        """Inside the transaction that stores the bot's last words."""
        topic = re.split("[_/]", intent)[0]
        if any(topic in team.topics for team in self.texts.city.teams):
            figures.is_about(db, conversation, topic)
        if asked:
            self.handovers.queue(db, conversation, asked, epoch)

    # --- back to people ------------------------------------------------------

    def closed_lately(self, message: Message, conversation: Conversation) -> Handover | None:
        """What an agent closed so shortly before this that the citizen may have more to say to him."""
        if conversation.holder is not Holder.CLOSED or message.kind in (Kind.EVENT, Kind.CHOICE, Kind.BEGIN):
            return None
        last = next(iter(self.handovers.history(conversation.id, limit=1)), None)
        if last is None or last.ended_at is None or last.outcome not in ("closed", "silent"):
            return None
        if conversation.ended_at and conversation.ended_at > last.ended_at:  # the bot had him since
            return None
        if last.score is not None and last.score <= BAD:  # not back to whom he was dissatisfied with
            return None
        return last if timedelta(0) <= message.created_at - last.ended_at <= self.again else None

    def take_again(self, closed: Handover) -> bool:
        """To the same agent when he is there, else to his team. False when there is nobody: then it is the bot's."""
        city, present = self.texts.city, self.queue.agents.present()
        team = next((one for one in city.teams if one.code == closed.team), None)
        if team is None:  # the city has it no more
            return False
        same = next((agent for agent in present if agent.id == closed.agent), None)
        is_open = city.is_open(self.clock.now(), team.on(closed.channel))
        if (city.calamity and city.calamity.phone_only) or not is_open:
            return False
        if same is None and not any(team.code in agent.teams for agent in present):
            return False
        taken = self.handovers.again(closed, timedelta(minutes=team.patience), agent=same.id if same else None)
        if taken and same:
            self._say(closed.conversation, closed, "utter_medewerker_opnieuw", naam=same.name.split()[0])
        elif taken:
            self.tell_place(closed.conversation)
        return taken is not None

    def thank(self, channel: str) -> Reply:
        return self.texts.reply("utter_medewerker_graag_gedaan", channel)

    def tell_place(self, conversation: str) -> None:
        """His place in the row and how long it takes; and what else he can do when it is long."""
        place, asked = self.queue.position(conversation), self.handovers.open_one(conversation)
        if place is None or asked is None:
            return
        wait = self.queue.expected_wait(asked.team, place)
        if wait is None:
            self._say(conversation, asked, "utter_wachtrij_plaats", plaats=str(place))
        else:
            minutes = max(ROUND, -(-int(wait.total_seconds() / 60) // ROUND) * ROUND)
            self._say(conversation, asked, "utter_wachtrij_wachttijd", plaats=str(place), minuten=str(minutes))
            patience = timedelta(minutes=self.texts.city.team(asked.team).patience)
            if wait > patience and self.handovers.put_off(asked, self.clock.utc() + AGAIN):
                self._say(conversation, asked, "utter_wachtrij_lang")

    def tell_calamity(self, message: Message, conversation: Conversation) -> None:
        """What everybody has to hear first, once in each conversation; also while the bot is away."""
        calamity = self.texts.city.calamity
        if calamity is None or (message.kind is Kind.EVENT and message.payload != BEGUN):
            return
        if not was_said(self.ledger.engine, conversation.id, calamity.id):
            self.ledger.say(conversation.id, Reply(calamity.text, name=calamity.id))

    def tell_hidden(self, message: Message, conversation: Conversation) -> None:
        """That a number was hidden, once in each conversation; whoever answers the message sees only the mask."""
        if holds_mask(message.text) and not was_said(self.ledger.engine, conversation.id, HIDDEN):
            self.ledger.say(conversation.id, self.texts.reply(HIDDEN, conversation.channel))

    def _request(self, reply: Reply) -> Request:
        """Raises KeyError when the bot asked for a person without saying for which team."""
        asked = reply.custom
        team = self.texts.city.team(str(asked["team"]))
        return Request(
            team=team.code,
            topic=str(asked.get("topic") or ""),
            reason=str(asked.get("reason") or ""),
            card=dict(asked.get("card") or {}),
            sticky=str(asked.get("channel") or "") in team.sticky,
            wait=timedelta(minutes=team.patience),
        )

    def tell_elsewhere(self, conversation: str) -> None:
        """Who answers him now, and how he gets the assistant again."""
        self._tell(conversation, "utter_kanaal_collega_elders")

    # --- while he waits ------------------------------------------------------

    async def run(self) -> None:
        """Looks every few seconds, and at once when something happened at the desk."""
        with self.bell.listen("desk") as rings:
            while True:
                await asyncio.to_thread(self.look)
                await rings.wait(EVERY)

    def look(self) -> None:
        """Whatever breaks in one step holds up no other."""
        for step in (self._miss_agents, self._close_teams, self._offer, self._remind, self._come_back):
            try:
                step()
            except Exception:
                log.exception("reception.failed", step=step.__name__)

    def _miss_agents(self) -> None:
        for conversation, agent in self.queue.agents.gone():
            if moved := self.handovers.requeue(conversation, agent, "agent away"):
                self._say(conversation, moved, "utter_medewerker_weggevallen")

    def _offer(self) -> None:
        self.queue.offer([team.code for team in self.texts.city.teams])

    def _remind(self) -> None:
        for overdue in self.handovers.overdue():
            self._see_to(overdue)

    def _come_back(self) -> None:
        for conversation in self.elsewhere.come_back():
            self._tell(conversation, "utter_kanaal_assistent_terug")

    def _close_teams(self) -> None:
        """At closing time nobody is left waiting: who is in the queue hears what he can do.

        On the telephone nobody hears it, and what was noted there stays for tomorrow.
        """
        city, now = self.texts.city, self.clock.now()
        channels = {channel for team in city.teams for channel in team.channels} - {PHONE}
        closed = {
            (team.code, channel)
            for team in city.teams
            for channel in channels
            if not city.is_open(now, team.on(channel))
        }
        for waiting in self.queue.waiting({team for team, _ in closed}) if closed else []:
            if (waiting.team, waiting.channel) in closed and self.handovers.leave_queue(
                waiting.conversation, "closing time"
            ):
                self._say(waiting.conversation, waiting, "utter_wachtrij_gesloten")

    def _see_to(self, overdue: Handover) -> None:
        if overdue.queued_at and self.handovers.put_off(overdue, self.clock.utc() + AGAIN):
            self._say(overdue.conversation, overdue, "utter_wachtrij_lang")
        elif self.ledger.conversation(overdue.conversation).holder is not Holder.WAITING:
            self.handovers.put_off(overdue, None)
        elif overdue.channel in self.ledger.pull and not overdue.warned:
            if self.handovers.put_off(overdue, self.clock.utc() + GRACE, warned=True):
                self._say(overdue.conversation, overdue, "utter_medewerker_ben_je_er_nog")
        elif self.handovers.close_silent(overdue):
            self._take_leave(overdue)

    def _take_leave(self, silent: Handover) -> None:
        """Of who said nothing any more; where that would only reach him when he writes again, not."""
        conversation, now = self.ledger.conversation(silent.conversation), self.clock.utc()
        if silent.channel in self.ledger.pull or conversation.window_closes_at > now:
            self._say(silent.conversation, silent, "utter_medewerker_afgesloten")
            if may_ask(self.ledger.engine, silent, self.texts.of_team(RATING, silent.team), now):
                self._say(silent.conversation, silent, RATING)

    def _tell(self, conversation: str, response: str) -> None:
        channel = self.ledger.conversation(conversation).channel
        self.ledger.say(conversation, self.texts.reply(response, channel))

    def _say(self, conversation: str, asked: Handover | Waiting, response: str, **values: str) -> None:
        """In the words of the team that was asked."""
        own = self.texts.of_team(response, asked.team)
        self.ledger.say(conversation, self.texts.reply(own, asked.channel, **values))
