"""What an agent does for a citizen: the same filing, and the same way to the calendar, as when he does it himself.

The citizen hears in the chat what came of it. Its end is promised to him from the
beginning, so that he hears it too when this process dies in between.
"""

import asyncio

from actions.afspraak_beheer import cancelled
from actions.agenda import BOOK, CANCEL, Agenda
from actions.clients.errors import NotFound
from actions.lopend import Own, Who
from actions.settling import FILED_BY, settle
from conversations.ledger import Ledger
from filings.model import Filing, FilingState
from texts import Texts

OVER = (FilingState.DONE, FilingState.REFUSED, FilingState.FAILED)


class OnBehalf:
    def __init__(self, agenda: Agenda, own: Own, ledger: Ledger, texts: Texts) -> None:
        self.agenda, self.own, self.ledger, self.texts = agenda, own, ledger, texts

    async def cancel(self, who: Who, reference: str, *, agent: str, key: str) -> Filing:
        """Cancels a coming appointment of his, once per key. Raises NotFound when he has none with this reference."""
        coming = self.agenda.coming(await self.own.filings(who, BOOK))
        planned = next((one for one in coming if one.reference == reference), None)
        if planned is None:
            raise NotFound("agenda", "cancel")
        wanted = {"afspraak": planned.filing, "moment": planned.starts_at.isoformat(), FILED_BY: agent}
        filing = await self.agenda.file(who.conversation, CANCEL, wanted, f"balie:{key}", promised=True)
        if filing.claimed:
            filing = await settle(self.agenda.filings, filing, self.agenda.cancel)
            await asyncio.to_thread(self._tell, filing)
        return filing

    def _tell(self, filing: Filing) -> None:
        response, values = cancelled(filing, self.agenda.clock.now(), later=True)
        channel = self.ledger.conversation(filing.conversation).channel
        reply = self.texts.reply(response, channel, **values)
        if filing.state not in OVER:
            self.ledger.say(filing.conversation, reply)
        elif self.agenda.filings.told(filing, lambda db: self.ledger.say_in(db, filing.conversation, reply)):
            self.ledger.woken(filing.conversation)
