"""WhatsApp's Cloud API: what the city may send, to whom and when, and what its webhooks look like."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sandbox.graph import whatsapp_shapes as shapes
from sandbox.graph.errors import WhatsAppRefusal, whatsapp
from sandbox.graph.fields import Fields
from sandbox.graph.media import Media
from sandbox.graph.network import JSON, Network
from sandbox.graph.phone import Allowance, Bubble, Button, Citizen, Tap
from sandbox.graph.templates import load_templates
from sandbox.graph.webhooks import Courier, Webhook

WINDOW = 24.0  # hours
THROUGHPUT = 80  # messages a second of one number, in and out
CALLBACK_DATA = 512
DISPLAY_NUMBER = "3256177710"
ACCOUNT = "102290129340398"
_ENVELOPE = ("messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data")


class WhatsApp(Network):
    name = "whatsapp"
    typing_seconds = 25.0

    def begin(self) -> None:
        self.templates = load_templates()
        self.throughput = Allowance(THROUGHPUT, THROUGHPUT)

    def new_message_id(self) -> str:
        return self.ids.wamid()

    # --- the city sends ------------------------------------------------------

    async def send(self, body: object) -> JSON:
        """Answers POST /{phone-number-id}/messages. Raises GraphError."""
        fields = Fields(body, "", WhatsAppRefusal())
        fields.one_of("messaging_product", "whatsapp")
        if "status" in fields:
            return self._mark_read(fields)
        kind = fields.text("type", 20) if "type" in fields else "text"
        if kind == "reaction":
            return self._react(fields)
        if kind not in shapes.READERS:
            raise whatsapp(131051)
        fields.only(*_ENVELOPE, kind)
        bubble = Bubble(self.new_message_id(), False, kind, self.now())
        shapes.READERS[kind](fields.inside(kind), bubble, self)
        citizen = self._recipient(fields)
        bubble.reference = fields.text_or_empty("biz_opaque_callback_data", CALLBACK_DATA)
        if "context" in fields:
            bubble.quotes = fields.inside("context").only("message_id").text("message_id", 200)
        self._check_may_send(citizen, is_template=kind == "template")
        await self.deliver(citizen, bubble, self._statuses(citizen, bubble))
        return self._accepted(citizen, fields, bubble.id)

    def _recipient(self, fields: Fields) -> Citizen:
        if "recipient_type" in fields:
            fields.one_of("recipient_type", "individual")
        if "to" in fields:  # wins when both are given
            wanted = fields.text("to", 20).removeprefix("+").replace(" ", "")
            if not wanted.isdigit():
                raise fields.refusal.invalid("to", "is not a valid phone number.")
            if wanted == DISPLAY_NUMBER:
                raise whatsapp(131021)
            found = next((c for c in self.citizens.values() if c.address == wanted), None)
        else:
            wanted = fields.text("recipient", 150) if "recipient" in fields else fields.text("to", 20)
            found = next((c for c in self.citizens.values() if c.user_id == wanted), None)
        if found is None:
            raise whatsapp(131026)
        return found

    def _check_may_send(self, citizen: Citizen, *, is_template: bool) -> None:
        now = self.now()
        if not self.throughput.take(now):
            raise whatsapp(130429)
        if not is_template and not citizen.is_within(WINDOW, now):
            raise whatsapp(131047)
        if not citizen.pair.take(now):
            raise whatsapp(131056)

    def _accepted(self, citizen: Citizen, fields: Fields, identifier: str) -> JSON:
        given = fields.text("to", 20) if "to" in fields else fields.text("recipient", 150)
        known = {"user_id": citizen.user_id} if citizen.hides_number else {"wa_id": citizen.address}
        contact = {"input": given, **known}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": identifier}]}

    def _mark_read(self, fields: Fields) -> JSON:
        fields.only("messaging_product", "status", "message_id", "typing_indicator").one_of("status", "read")
        wanted = fields.text("message_id", 200)
        found = next(((c, b) for c, b in self.all_bubbles() if b.id == wanted and b.is_mine), None)
        if found is None:
            raise fields.refusal.invalid("message_id", "is not a message that was received.")
        citizen, bubble = found
        for earlier in citizen.bubbles[: citizen.bubbles.index(bubble) + 1]:
            earlier.state = "read" if earlier.is_mine else earlier.state
        if "typing_indicator" in fields:
            fields.inside("typing_indicator").only("type").one_of("type", "text")
            self.show_typing(citizen)
        self.changed()
        return {"success": True}

    def _react(self, fields: Fields) -> JSON:
        reaction = fields.only(*_ENVELOPE, "reaction").inside("reaction").only("message_id", "emoji")
        citizen = self._recipient(fields)
        bubble = citizen.bubble(reaction.text("message_id", 200))
        emoji = reaction.text("emoji", 20, least=0)
        if bubble is None:
            raise fields.refusal.invalid("reaction['message_id']", "is not a message of this chat.")
        self._check_may_send(citizen, is_template=False)
        bubble.reactions[False] = emoji
        self.changed()
        return self._accepted(citizen, fields, self.new_message_id())

    # --- its webhooks --------------------------------------------------------

    def value(self, **content: JSON) -> JSON:
        metadata = {"display_phone_number": DISPLAY_NUMBER, "phone_number_id": self.settings.whatsapp_phone_number_id}
        change = {
            "field": "messages",
            "value": {"messaging_product": "whatsapp", "metadata": metadata, **content},
        }
        return {"object": "whatsapp_business_account", "entry": [{"id": ACCOUNT, "changes": [change]}]}

    def _statuses(self, citizen: Citizen, bubble: Bubble) -> list[tuple[str, JSON]]:
        if not citizen.is_reachable:
            return [("failed", self._status(citizen, bubble, "failed", [whatsapp(131026).as_status()]))]
        states = ("sent", "delivered", "read") if citizen.reads else ("sent", "delivered")
        return [(state, self._status(citizen, bubble, state)) for state in states]

    def _status(self, citizen: Citizen, bubble: Bubble, state: str, errors: list[JSON] | None = None) -> JSON:
        status: dict[str, JSON] = {"id": bubble.id, "status": state, "timestamp": seconds(self.now())}
        status["recipient_id"] = citizen.user_id if citizen.hides_number else citizen.address
        if bubble.reference:
            status["biz_opaque_callback_data"] = bubble.reference
        if state == "sent":
            until = seconds((citizen.wrote_at or self.now()) + timedelta(hours=WINDOW))
            origin = {"type": "utility" if bubble.type == "template" else "service"}
            status["conversation"] = {"id": self.ids.letters(), "expiration_timestamp": until, "origin": origin}
            status["pricing"] = {"billable": True, "pricing_model": "PMP", "category": origin["type"]}
        if errors:
            status["errors"] = errors
        return self.value(statuses=[status])

    def message(self, citizen: Citizen, bubble: Bubble, part: Mapping[str, JSON]) -> JSON:
        """The webhook about a citizen's message; `part` is what differs by type."""
        sender: dict[str, JSON] = {"from_user_id": citizen.user_id}
        contact: dict[str, JSON] = {"profile": {"name": citizen.name}, "user_id": citizen.user_id}
        if citizen.hides_number:
            contact["profile"]["username"] = citizen.name.lower().replace(" ", ".")
        else:
            sender, contact = {"from": citizen.address, **sender}, {"wa_id": citizen.address, **contact}
        said = {**sender, "id": bubble.id, "timestamp": seconds(bubble.at), **part}
        if bubble.quotes:
            said["context"] = {"from": DISPLAY_NUMBER, "id": bubble.quotes}
        return self.value(contacts=[contact], messages=[said])

    # --- what a citizen does -------------------------------------------------

    def say(self, citizen: Citizen, text: str, *, minutes_ago: float = 0.0, quotes: str = "") -> Webhook:
        bubble = self.bubble("text", minutes_ago=minutes_ago, text=text, quotes=quotes)
        return self.tell(citizen, bubble, {"type": "text", "text": {"body": text}})

    def tap(self, citizen: Citizen, offered: Bubble, button: Button) -> Webhook | None:
        if button.tap is Tap.LINK:
            return None
        bubble = self.bubble("tap", text=button.title, quotes=offered.id)
        if button.tap is Tap.TEMPLATE:
            return self.tell(
                citizen, bubble, {"type": "button", "button": {"payload": button.payload, "text": button.title}}
            )
        kind = "list_reply" if button.tap is Tap.ROW else "button_reply"
        reply = {"id": button.payload, "title": button.title}
        if button.description:
            reply["description"] = button.description
        return self.tell(citizen, bubble, {"type": "interactive", "interactive": {"type": kind, kind: reply}})

    def send_file(self, citizen: Citizen, kind: str, media: Media, caption: str = "") -> Webhook:
        bubble = self.bubble(kind, text=caption, media=media)
        part: dict[str, JSON] = {"mime_type": media.declared_type, "sha256": media.declared_hash, "id": media.id}
        if caption:
            part["caption"] = caption
        if kind == "document":
            part["filename"] = media.name
        if kind == "audio":
            part["voice"] = True
        return self.tell(citizen, bubble, {"type": kind, kind: part})

    def share_place(self, citizen: Citizen, latitude: float, longitude: float) -> Webhook:
        bubble = self.bubble("location", place=(latitude, longitude))
        return self.tell(
            citizen, bubble, {"type": "location", "location": {"latitude": latitude, "longitude": longitude}}
        )

    def react(self, citizen: Citizen, to: Bubble, emoji: str) -> Webhook:
        to.reactions[True] = emoji
        self.changed()
        bubble = self.bubble("reaction")
        reaction = {"message_id": to.id} | ({"emoji": emoji} if emoji else {})
        return self.courier.post(self.message(citizen, bubble, {"type": "reaction", "reaction": reaction}), citizen.id)

    def edit(self, citizen: Citizen, old: Bubble, text: str) -> Webhook:
        old.text = text
        self.changed()
        message = {"type": "text", "text": {"body": text}}
        part = {"type": "edit", "edit": {"original_message_id": old.id, "message": message}}
        return self.courier.post(self.message(citizen, self.bubble("edit"), part), citizen.id)

    def revoke(self, citizen: Citizen, old: Bubble) -> Webhook:
        old.is_revoked = True
        self.changed()
        part = {"type": "revoke", "revoke": {"original_message_id": old.id}}
        return self.courier.post(self.message(citizen, self.bubble("revoke"), part), citizen.id)

    def tell(self, citizen: Citizen, bubble: Bubble, part: Mapping[str, JSON]) -> Webhook:
        return self.speak(citizen, bubble, self.message(citizen, bubble, part))

    # --- what differs from Messenger -----------------------------------------

    def _courier(self) -> Courier:
        settings = self.settings
        url = f"{settings.webhooks_url}/webhooks/whatsapp"
        return Courier(url, settings.whatsapp_app_secret, settings.whatsapp_verify_token, self.ids.letters)

    def _citizen(self, identifier: str, name: str) -> Citizen:
        return Citizen(identifier, name, f"324{self.ids.digits(8)}", user_id=f"BE.{self.ids.digits(20)}")


def seconds(moment: datetime) -> str:
    return str(int(moment.timestamp()))
