"""What a phone shows, as JSON for tests."""

from typing import Any

from sandbox.graph.network import Network
from sandbox.graph.phone import Bubble, Button, Citizen

JSON = Any


def citizen_state(network: Network, citizen: Citizen) -> dict[str, JSON]:
    return {
        "id": citizen.id,
        "name": citizen.name,
        "address": citizen.user_id if citizen.hides_number else citizen.address,
        "userId": citizen.user_id,
        "hidesNumber": citizen.hides_number,
        "reads": citizen.reads,
        "reachable": citizen.is_reachable,
        "typing": citizen.sees_typing(network.now()),
        "messages": [bubble_state(bubble) for bubble in citizen.bubbles],
    }


def bubble_state(bubble: Bubble) -> dict[str, JSON]:
    media = bubble.media
    return {
        "id": bubble.id,
        "from": "citizen" if bubble.is_mine else "city",
        "type": bubble.type,
        "at": bubble.at.isoformat(),
        "state": bubble.state,
        "text": bubble.text,
        "header": bubble.header,
        "footer": bubble.footer,
        "sheet": bubble.sheet,
        "buttons": [_button(button) for button in bubble.buttons],
        "cards": [
            {"title": card.title, "subtitle": card.subtitle, "buttons": [_button(button) for button in card.buttons]}
            for card in bubble.cards
        ],
        "media": {"id": media.id, "name": media.name, "type": media.declared_type, "size": len(media.content)}
        if media
        else None,
        "url": bubble.media_url,
        "place": list(bubble.place) if bubble.place else None,
        "quotes": bubble.quotes,
        "reference": bubble.reference,
        "author": bubble.author,
        "reaction": bubble.reactions.get(False, ""),
        "revoked": bubble.is_revoked,
    }


def _button(button: Button) -> dict[str, JSON]:
    return {
        "title": button.title,
        "kind": str(button.tap),
        "payload": button.payload,
        "description": button.description,
        "section": button.section,
        "url": button.url,
    }
