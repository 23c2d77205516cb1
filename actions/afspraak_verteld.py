"""What became of a booking, in the words of data/afspraak."""

from datetime import datetime
from typing import Any

from actions.base import Turn
from actions.contact import masked
from actions.moments import say
from actions.spoken import listed
from city import City
from filings.model import Filing, FilingState


def tell_booking(turn: Turn, filing: Filing, city: City, now: datetime, *, later: bool = False) -> None:
    """What came of a booking, in the chat at once or later."""
    product = city.product(filing.payload["dienst"])
    values: dict[str, Any] = {
        "moment": said(filing.payload["moment"], now),
        "locatie": where(city, filing.payload["locatie"]),
        "referentie": filing.reference,
        "email": masked(filing.payload["email"]),
        "meebrengen": listed(product.bring),
    }
    match filing.state:
        case FilingState.DONE:
            turn.say("utter_afspraak_toch_bevestigd" if later else "utter_afspraak_bevestigd", **values)
        case FilingState.REFUSED:
            turn.say("utter_afspraak_toch_niet" if later else "utter_afspraak_geweigerd", **values)
        case FilingState.FAILED:
            turn.say("utter_afspraak_bij_collega", **values)
        case _:
            turn.say("utter_afspraak_niet_zeker", **values)


def where(city: City, office: str) -> str:
    """An office of the calendar as a sentence names it: "het stadhuis"."""
    return next((location.in_sentence for location in city.locations if location.name == office), office)


def said(moment: str, now: datetime) -> str:
    """An ISO moment as a citizen reads it."""
    return say(datetime.fromisoformat(moment), now)
