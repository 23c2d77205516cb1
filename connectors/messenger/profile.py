"""What the page shows before anybody wrote: its greeting, the first questions, and the menu that is always there.

A tap on any of them arrives with what stands on it, which is read as if the citizen had
typed it; so the texts are all there is to keep, and a designer changes them at will.
"""

from connectors.messenger.parsing import GET_STARTED
from conversations.model import JSON
from texts import Texts

GREETING, QUESTIONS = "utter_messenger_begroeting", "utter_messenger_vragen"
MENU, PRIVACY = "utter_messenger_menu", "utter_messenger_privacy"
ADDRESS = "me/messenger_profile"


def profile(texts: Texts) -> JSON:
    """For POST to ADDRESS. Meta needs a start for the menu, and shows the questions in its place."""
    questions = [{"question": line, "payload": "QUESTION"} for line in _lines(texts, QUESTIONS)]
    menu = [{"type": "postback", "title": line, "payload": "MENU"} for line in _lines(texts, MENU)]
    privacy = {
        "type": "web_url",
        "title": texts.text(PRIVACY),
        "url": texts.city.links.get("privacy", texts.city.website),
    }
    entries = {"locale": "default", "composer_input_disabled": False, "call_to_actions": [*menu, privacy]}
    return {
        "get_started": {"payload": GET_STARTED},
        "greeting": [{"locale": "default", "text": texts.text(GREETING)}],
        "ice_breakers": [{"locale": "default", "call_to_actions": questions}],
        "persistent_menu": [entries],
    }


def _lines(texts: Texts, name: str) -> list[str]:
    return [line.strip() for line in texts.text(name).splitlines() if line.strip()]
