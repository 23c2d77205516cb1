"""What the widget shows before there is a conversation: the city, its words, its hours."""

from datetime import datetime

from babel.dates import format_datetime

from city import City
from clock import BRUSSELS
from conversations.model import JSON
from conversations.photos import MEDIA_TYPES
from conversations.typed import LONGEST_TEXT
from texts import Texts

WIDGET = "utter_widget_"


def widget_config(texts: Texts, now: datetime, upload_megabytes: int) -> dict[str, JSON]:
    city = texts.city
    return {
        "city": {
            "name": city.name,
            "phone": city.phone,
            "email": city.email,
            "website": city.website,
            "privacy": city.links.get("privacy", city.website),
            "colours": dict(city.colours),
        },
        "texts": texts.beginning_with(WIDGET),
        "hours": _hours(city, texts, now),
        "announcement": city.calamity.text if city.calamity else "",
        "limits": {
            "text": LONGEST_TEXT,
            "upload_megabytes": upload_megabytes,
            "media_types": list(MEDIA_TYPES),
        },
        "map": {"streets": [{"name": s.name, "lat": s.latitude, "lon": s.longitude} for s in city.streets]},
    }


def _hours(city: City, texts: Texts, now: datetime) -> dict[str, JSON]:
    is_open, local = city.is_open(now), now.astimezone(BRUSSELS)
    opening = city.next_opening(now)
    closing = [period.closes for period in city.hours(city.locations[0], local.date()).periods]
    values = {
        "opent": _moment(opening, local) if opening else "",
        "sluit": next((f"{closes:%H:%M}" for closes in closing if closes > local.time()), ""),
    }
    return {"open": is_open, "text": texts.text(WIDGET + ("open" if is_open else "gesloten"), **values)}


def _moment(moment: datetime, now: datetime) -> str:
    """As short as can be understood: 13:30, maandag 09:00, maandag 4 januari 09:00."""
    days = (moment.date() - now.date()).days
    pattern = "HH:mm" if days == 0 else "EEEE HH:mm" if days < 7 else "EEEE d MMMM HH:mm"
    return format_datetime(moment, pattern, locale="nl")
