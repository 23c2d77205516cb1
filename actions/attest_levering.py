"""Where an attest goes: an e-mail address that is surely the citizen's, or by post to where he is registered.

An address is sure when the login or the register knows it, or when a code that we
mailed there comes back.
"""

import asyncio
import re

import structlog

from actions.attest_vragen import Questions
from actions.base import ServiceAction, Turn
from actions.clients.errors import BackendError
from actions.clients.ports import Mailer
from actions.contact import masked, read_email
from actions.field import Field, Slots
from actions.orders import Orders
from citizens.mail_codes import MailCodes, Verdict
from texts import Texts

log = structlog.get_logger()

KNOWN, TYPED, POST = "email_bekend", "email", "post"
_CODE = re.compile(r"(?<!\d)(\d{3})[ .-]?(\d{3})(?!\d)")
_POST = re.compile(r"\b(?:post|brief|opsturen|brievenbus|posten)\b", re.IGNORECASE)
_MAIL = re.compile(r"\b(?:e-?mail|mail|mailen|mailtje|digitaal)\b", re.IGNORECASE)
_AGAIN = re.compile(
    r"\b(?:opnieuw|nog eens|nog een keer|niets? gekregen|niet gekregen|niks gekregen|geen mail|geen code)\b",
    re.IGNORECASE,
)
OTHER_ADDRESS: Slots = {"attest_email": None, "attest_code": None, "attest_gemaild": None}


class Delivery(Field):
    slot = "attest_levering"
    words = ("levering", "post", "mail", "e-mail", "adres")
    about_person = True

    def __init__(self, questions: Questions, orders: Orders) -> None:
        self.questions = questions
        self.orders = orders

    async def derive(self, turn: Turn) -> Slots:
        """Some attests go by post only."""
        kind = self.questions.kind(turn)
        return {self.slot: POST} if kind and kind.delivery == (POST,) else {}

    async def correct(self, turn: Turn, text: str) -> Slots:
        email = read_email(text)
        return {**OTHER_ADDRESS, self.slot: TYPED, "attest_email": email} if email else {}

    async def read(self, turn: Turn) -> Slots | None:
        known = await self.orders.email(turn.conversation)
        if turn.choice in (POST, TYPED) or (turn.choice == KNOWN and known):
            return {self.slot: turn.choice}
        if email := read_email(turn.text):
            return {self.slot: KNOWN} if email == known else {self.slot: TYPED, "attest_email": email}
        if _POST.search(turn.text):
            return {self.slot: POST}
        if turn.intent == "bevestigen" or _MAIL.search(turn.text):
            return {self.slot: KNOWN if known else TYPED}
        return None

    def clear(self) -> Slots:
        return {self.slot: None, **OTHER_ADDRESS}


class OtherEmail(Field):
    """An address that nobody vouches for yet."""

    slot = "attest_email"
    about_person = True

    async def is_needed(self, turn: Turn) -> bool:
        return bool(turn["attest_levering"] == TYPED)

    async def read(self, turn: Turn) -> Slots | None:
        if turn.choice == POST or (turn.text and _POST.search(turn.text) and not read_email(turn.text)):
            return {"attest_levering": POST}
        email = read_email(turn.text)
        return {self.slot: email} if email else None


class CodeField(Field):
    """Whether the code that we mailed came back."""

    slot = "attest_code"
    about_person = True

    def __init__(self, codes: MailCodes, orders: Orders) -> None:
        self.codes = codes
        self.orders = orders

    async def is_needed(self, turn: Turn) -> bool:
        return bool(turn["attest_levering"] == TYPED)

    async def read(self, turn: Turn) -> Slots | None:
        if turn.choice == POST:
            return {**OTHER_ADDRESS, "attest_levering": POST}
        if email := read_email(turn.text):
            return {**OTHER_ADDRESS, "attest_email": email}
        if turn.choice == "opnieuw" or _AGAIN.search(turn.text):
            return {"attest_gemaild": None}
        typed = _CODE.search(turn.text)
        return await self._check(turn, "".join(typed.groups())) if typed else None

    async def _check(self, turn: Turn, code: str) -> Slots:
        email = turn["attest_email"]
        match await asyncio.to_thread(self.codes.check, turn.conversation, email, code):
            case Verdict.RIGHT:
                await self.orders.keep_email(turn.conversation, email, source="code")
                return {self.slot: True}
            case Verdict.WRONG:
                turn.say("utter_attest_code_fout")
                return {}
            case Verdict.EXPIRED:
                turn.say("utter_attest_code_verlopen")
                return {"attest_gemaild": None}
        turn.say("utter_attest_code_te_vaak")
        return {**OTHER_ADDRESS, "attest_levering": None}


class AskDelivery(ServiceAction):
    def __init__(self, orders: Orders) -> None:
        self.orders = orders

    def name(self) -> str:
        return "action_ask_attest_levering"

    async def perform(self, turn: Turn) -> None:
        known = await self.orders.email(turn.conversation)
        if known:
            turn.say("utter_attest_levering_bekend", email=masked(known))
        else:
            turn.say("utter_attest_levering")


class AskCode(ServiceAction):
    """Mails a code, once for each address, and asks for it."""

    def __init__(self, codes: MailCodes, mailer: Mailer, texts: Texts) -> None:
        self.codes = codes
        self.mailer = mailer
        self.texts = texts

    def name(self) -> str:
        return "action_ask_attest_code"

    async def perform(self, turn: Turn) -> None:
        email = turn["attest_email"]
        if turn["attest_gemaild"] == email:
            turn.say("utter_attest_code_vraag", email=masked(email))
            return
        code = await asyncio.to_thread(self.codes.make, turn.conversation, email)
        if code is None:
            turn.say("utter_attest_code_te_veel")
        elif await self._mailed(email, code):
            turn.set(attest_gemaild=email)
            turn.say("utter_attest_code_verstuurd", email=masked(email))
        else:
            turn.say("utter_attest_code_niet_verstuurd")

    async def _mailed(self, email: str, code: str) -> bool:
        """The first line of the text is the subject."""
        subject, _, text = self.texts.text("utter_attest_codemail", code=code).partition("\n")
        try:
            await self.mailer.send(email, subject.strip(), text.strip())
        except BackendError as error:
            log.warning("attest.code_not_mailed", error=type(error).__name__)
            return False
        return True
