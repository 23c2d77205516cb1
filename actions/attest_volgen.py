"""How an order at the Thuisloket goes on: for the looks that `followup` takes, and for who asks how far it is."""

from collections.abc import Mapping

from actions.clients.ports import AttestState
from actions.dossiers_verteld import DossierLines
from actions.followup import Look
from actions.lopend import ATTESTS, Item, Own, Told, Who
from actions.orders import ATTEST, OVER, Orders, standing
from city import City
from conversations.model import JSON
from filings.model import Filing, FilingState, Follow


class OrderWatch:
    """News is another state: everybody who orders an attest wants to hear of it, until it is there."""

    event = "attest_bijgewerkt"

    def __init__(self, orders: Orders) -> None:
        self.orders = orders

    async def look(self, follow: Follow) -> Look:
        order = await self.orders.look(follow.filing)
        now = standing(order)
        return Look(now, now if _is_news(follow.seen, now) else {}, order.state in OVER)


def _is_news(seen: Mapping[str, JSON], now: Mapping[str, JSON]) -> bool:
    return bool(now["state"] != seen.get("state"))


class AttestPart:
    """The attests that a citizen ordered, as far as the Thuisloket is with them."""

    name = ATTESTS

    def __init__(self, orders: Orders, own: Own, city: City, lines: DossierLines) -> None:
        self.orders = orders
        self.own = own
        self.words = city.attests
        self.lines = lines

    async def items(self, who: Who) -> list[Item]:
        """Only for who is logged in: another one at the same screen hears nothing of it."""
        if who.identity is None:
            return []
        filed = await self.own.filings(who, ATTEST)
        return [self._item(filing) for filing in filed if filing.state not in (FilingState.REFUSED, FilingState.FAILED)]

    def _item(self, filing: Filing) -> Item:
        async def read() -> Told:
            return await self._told(filing)

        return Item(self.name, filing.reference, filing.reference, filing.created_at, read)

    async def _told(self, filing: Filing) -> Told:
        values = {
            "naam": self.words.kind(filing.payload["soort"]).name,
            "nummer": filing.reference,
            "dag": self.lines.day(filing.created_at),
        }
        if filing.state is not FilingState.DONE:
            return Told("utter_dossiers_attest_onderweg", values)
        order = await self.orders.look(filing)
        return Told(STANDS[order.state], {**values, "reden": order.reason})


STANDS = {
    AttestState.RECEIVED: "utter_dossiers_attest_ontvangen",
    AttestState.BY_HAND: "utter_dossiers_attest_met_de_hand",
    AttestState.DELIVERED: "utter_dossiers_attest_afgeleverd",
    AttestState.REFUSED: "utter_dossiers_attest_geweigerd",
    AttestState.CANCELLED: "utter_dossiers_attest_geannuleerd",
}
