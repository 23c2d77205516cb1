"""Messenger's Send API: what the page may send, to whom and when, its profile, and what its webhooks look like."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from sandbox.graph import messenger_shapes as shapes
from sandbox.graph.errors import GraphError, MessengerRefusal, bad_token, messenger
from sandbox.graph.fields import Fields
from sandbox.graph.media import PUBLIC_URL_LIVES, Media
from sandbox.graph.network import JSON, Network
from sandbox.graph.phone import Bubble, Button, Citizen, Tap
from sandbox.graph.profile import Profile
from sandbox.graph.webhooks import Courier, Webhook

WINDOW = 24.0  # hours
HUMAN_WINDOW = 7 * 24.0
INBOX_APP = 263902037430900  # Meta's own inbox, in which a civil servant can answer too
ACTIONS = ("typing_on", "typing_off", "mark_seen", "react", "unreact")


class Messenger(Network):
    name = "messenger"
    typing_seconds = 20.0
    profile = Profile()  # what the page shows; the city sets it up once

    def new_message_id(self) -> str:
        return self.ids.mid()

    # --- the page sends ------------------------------------------------------

    async def send(self, body: object) -> JSON:
        """Answers POST /{page-id}/messages. Raises GraphError."""
        fields = Fields(body, "", MessengerRefusal())
        fields.only("recipient", "messaging_type", "tag", "message", "sender_action", "payload", "notification_type")
        citizen = self._recipient(fields)
        if "sender_action" in fields:
            return self._act(citizen, fields)
        message = fields.inside("message")
        bubble = Bubble(self.new_message_id(), False, "text", self.now())
        shapes.read(message, bubble, self)
        bubble.author = self._check_window(citizen, fields)
        bubble.reference = message.text_or_empty("metadata", shapes.METADATA)
        await self.deliver(citizen, bubble, self._news(citizen, bubble))
        return {"recipient_id": citizen.address, "message_id": bubble.id}

    def _recipient(self, fields: Fields) -> Citizen:
        wanted = fields.inside("recipient").only("id").text("id", 40)
        found = next((c for c in self.citizens.values() if c.address == wanted), None)
        if found is None:
            raise messenger(100, 2018001)
        if not found.is_reachable:
            raise messenger(551, 1545041)
        return found

    def _check_window(self, citizen: Citizen, fields: Fields) -> str:
        """The tag with which it is sent."""
        kind, now = fields.one_of("messaging_type", "RESPONSE", "UPDATE", "MESSAGE_TAG"), self.now()
        if kind != "MESSAGE_TAG":
            if "tag" in fields:
                raise fields.refusal.invalid("tag", "is only for MESSAGE_TAG.")
            if not citizen.is_within(WINDOW, now):
                raise messenger(10, 2018278)
            return ""
        tag = fields.one_of("tag", "HUMAN_AGENT")  # the others are gone since April 2026
        if not citizen.is_within(HUMAN_WINDOW, now):
            raise messenger(10, 2018278)
        return tag

    def _act(self, citizen: Citizen, fields: Fields) -> JSON:
        action = fields.one_of("sender_action", *ACTIONS)
        if "message" in fields:
            raise fields.refusal.invalid("sender_action", "cannot be sent with a message.")
        if not citizen.is_within(WINDOW, self.now()):
            raise messenger(10, 2018278)
        if action == "mark_seen":
            for bubble in citizen.bubbles:
                bubble.state = "read" if bubble.is_mine else bubble.state
        elif action in ("react", "unreact"):
            self._react(citizen, fields.inside("payload"), add=action == "react")
        else:
            self.show_typing(citizen, on=action == "typing_on")
        self.changed()
        return {"recipient_id": citizen.address}

    def _react(self, citizen: Citizen, payload: Fields, *, add: bool) -> None:
        payload.only("message_id", "reaction")
        bubble = citizen.bubble(payload.text("message_id", 200))
        if bubble is None:
            raise payload.refusal.invalid("payload['message_id']", "is not a message of this chat.")
        bubble.reactions[False] = payload.text("reaction", 20) if add else ""

    def check_proof(self, proof: str) -> None:
        secret, token = self.settings.messenger_app_secret, self.settings.messenger_access_token
        expected = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(proof.encode(), expected.encode()):
            raise GraphError(400, 100, "(#100) Invalid appsecret_proof provided in the API argument")

    def check_token(self, token: str) -> None:
        if token != self.settings.messenger_access_token:
            raise messenger(200) if token == self.settings.whatsapp_access_token else bad_token()

    # --- its webhooks --------------------------------------------------------

    def entry(self, sender: str, recipient: str, at: datetime, key: str = "messaging", **event: JSON) -> JSON:
        item = {"sender": {"id": sender}, "recipient": {"id": recipient}, "timestamp": milliseconds(at), **event}
        page = self.settings.messenger_page_id
        return {"object": "page", "entry": [{"id": page, "time": milliseconds(self.now()), key: [item]}]}

    def event(self, citizen: Citizen, at: datetime, key: str = "messaging", **event: JSON) -> JSON:
        return self.entry(citizen.address, self.settings.messenger_page_id, at, key, **event)

    def _news(self, citizen: Citizen, bubble: Bubble) -> list[tuple[str, JSON]]:
        """What becomes of a message: the echo first, then delivery and reading."""
        now, watermark = self.now(), milliseconds(bubble.at)
        echo = self._echo(citizen, bubble, int(self.settings.messenger_app_id))
        news = [("sent", echo)]
        news.append(("delivered", self.event(citizen, now, delivery={"mids": [bubble.id], "watermark": watermark})))
        if citizen.reads:
            news.append(("read", self.event(citizen, now, read={"watermark": watermark})))
        return news

    def _echo(self, citizen: Citizen, bubble: Bubble, app_id: int | None) -> JSON:
        message: dict[str, JSON] = {"is_echo": True, "mid": bubble.id}
        if app_id is not None:
            message["app_id"] = app_id
        if bubble.reference:
            message["metadata"] = bubble.reference
        if bubble.text:
            message["text"] = bubble.text
        return self.entry(self.settings.messenger_page_id, citizen.address, bubble.at, message=message)

    def answer_from_inbox(self, citizen: Citizen, text: str, *, with_app_id: bool) -> Webhook:
        """A civil servant answers in Meta's own inbox, outside Balie."""
        bubble = Bubble(self.new_message_id(), False, "text", self.now(), text=text, author="inbox")
        citizen.bubbles.append(bubble)
        self.changed()
        return self.courier.post(self._echo(citizen, bubble, INBOX_APP if with_app_id else None), citizen.id)

    # --- what a citizen does -------------------------------------------------

    def say(self, citizen: Citizen, text: str, *, minutes_ago: float = 0.0, quotes: str = "") -> Webhook:
        bubble = self.bubble("text", minutes_ago=minutes_ago, text=text, quotes=quotes)
        reply_to = {"reply_to": {"mid": quotes, "is_self_reply": False}} if quotes else {}
        return self.tell(citizen, bubble, {"text": text, **reply_to})

    def tap(self, citizen: Citizen, offered: Bubble, button: Button) -> Webhook | None:
        if button.tap is Tap.LINK:
            return None
        if button.tap is Tap.QUICK:
            bubble = self.bubble("tap", text=button.title)
            return self.tell(citizen, bubble, {"text": button.title, "quick_reply": {"payload": button.payload}})
        return self.post_back(citizen, button.title, button.payload)

    def post_back(self, citizen: Citizen, title: str, payload: str) -> Webhook:
        """A button that stays, an entry of the menu, or the start of the chat."""
        bubble = self.bubble("tap", text=title)
        postback = {"mid": bubble.id, "title": title, "payload": payload}
        return self.speak(citizen, bubble, self.event(citizen, bubble.at, postback=postback))

    def send_file(self, citizen: Citizen, kind: str, media: Media, caption: str = "") -> Webhook:
        bubble = self.bubble(kind, text=caption, media=media)
        payload = {"url": self.public_url(media)}
        attachments = [{"type": "file" if kind == "document" else kind, "payload": payload}]
        return self.tell(citizen, bubble, {"attachments": attachments} | ({"text": caption} if caption else {}))

    def share_place(self, citizen: Citizen, latitude: float, longitude: float) -> Webhook:
        bubble = self.bubble("location", place=(latitude, longitude))
        payload = {"coordinates": {"lat": latitude, "long": longitude}}
        return self.tell(citizen, bubble, {"attachments": [{"type": "location", "payload": payload}]})

    def react(self, citizen: Citizen, to: Bubble, emoji: str) -> Webhook:
        to.reactions[True] = emoji
        self.changed()
        reaction = {"reaction": "other", "emoji": emoji} if emoji else {}
        event = {**reaction, "action": "react" if emoji else "unreact", "mid": to.id}
        return self.courier.post(self.event(citizen, self.now(), reaction=event), citizen.id)

    def edit(self, citizen: Citizen, old: Bubble, text: str) -> Webhook:
        old.text = text
        self.changed()
        change = {"mid": old.id, "text": text, "num_edit": 1}
        return self.courier.post(self.event(citizen, self.now(), message_edit=change), citizen.id)

    def revoke(self, citizen: Citizen, old: Bubble) -> Webhook | None:
        """Messenger tells nobody."""
        old.is_revoked = True
        self.changed()
        return None

    def tell(self, citizen: Citizen, bubble: Bubble, part: Mapping[str, JSON]) -> Webhook:
        return self.speak(citizen, bubble, self.event(citizen, bubble.at, message={"mid": bubble.id, **part}))

    def public_url(self, media: Media) -> str:
        return f"{self.settings.url}/graph/scontent/{self.media.key(media, PUBLIC_URL_LIVES)}"

    # --- what differs from WhatsApp ------------------------------------------

    def _courier(self) -> Courier:
        settings = self.settings
        url = f"{settings.webhooks_url}/webhooks/messenger"
        return Courier(url, settings.messenger_app_secret, settings.messenger_verify_token, self.ids.letters)

    def _citizen(self, identifier: str, name: str) -> Citizen:
        return Citizen(identifier, name, self.ids.digits(16))


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
