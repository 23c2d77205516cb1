"""Puts the parts of ordering an attest together: the questions, the form, and the actions around it."""

from rasa_sdk.interfaces import Action

from actions import attest, attest_levering, attest_vragen
from actions.aanmelden import IdentityField
from actions.attest_vragen import OptionField, Questions, Words
from actions.base import Turn
from actions.clients.ports import Mailer
from actions.dossiers import Closing
from actions.field import Confirmation, Field
from actions.known import Known
from actions.orders import Orders
from citizens.mail_codes import MailCodes
from city import City
from clock import Clock
from texts import Texts


def attest_actions(
    *,
    orders: Orders,
    codes: MailCodes,
    mailer: Mailer,
    known: Known,
    city: City,
    clock: Clock,
    texts: Texts,
    closing: Closing,
) -> list[Action]:
    words, questions = city.attests, Questions(city.attests)
    for_whom = attest_vragen.ForWhomField(questions, orders, clock)
    fields: list[Field] = [
        attest_vragen.KindField(words),
        IdentityField(known, clock),
        for_whom,
        *_details(questions, clock),
        attest_levering.Delivery(questions, orders),
        attest_levering.OtherEmail(),
        attest_levering.CodeField(codes, orders),
        Confirmation("attest_bevestigd"),
    ]
    return [
        attest.AttestForm(fields, known, orders, city),
        attest_vragen.AskOption("attest_soort", "utter_attest_kies_soort", words.kinds),
        attest_vragen.AskForWhom(for_whom),
        attest_vragen.AskOption("attest_reden", "utter_attest_kies_reden", words.reasons),
        attest_vragen.AskOption("attest_taal", "utter_attest_kies_taal", words.languages),
        attest_vragen.AskOption("attest_historiek", "utter_attest_kies_historiek", words.histories),
        attest_vragen.AskOption("attest_vorm", "utter_attest_kies_vorm", words.forms),
        attest_levering.AskDelivery(orders),
        attest_levering.AskCode(codes, mailer, texts),
        attest.AskConfirmation(orders, city, texts),
        attest.FileAttest(orders, city, clock, closing),
    ]


def _details(questions: Questions, clock: Clock) -> list[Field]:
    """What some kinds of attest need and others do not."""
    words = questions.words

    def when(*names: str) -> attest_vragen.Condition:
        async def is_asked(turn: Turn) -> bool:
            return questions.asks(turn, *names)

        return is_asked

    return [
        attest_vragen.Reason("attest_reden", ("reden", "waarvoor"), words.reasons, when("reden")),
        attest_vragen.Language("attest_taal", ("taal",), words.languages, when("taal")),
        OptionField("attest_historiek", ("historiek", "adressen"), words.histories, when("historiek")),
        Words("attest_bestemming", ("bestemming", "dienst", "land"), when("bestemd_voor")),
        Words("attest_partner", ("partner",), when("partner")),
        OptionField("attest_vorm", ("vorm", "afschrift", "uittreksel"), words.forms, when("vorm")),
        attest_vragen.Parents(questions),
        Words("attest_betrokkene", ("overledene",), when("betrokkene")),
        Words("attest_verwantschap", ("verwantschap",), when("verwantschap")),
        Words("attest_plaats", ("plaats", "gemeente"), when("plaats_huwelijk", "plaats_overlijden")),
        attest_vragen.PastDay(when("datum_huwelijk", "datum_overlijden"), clock),
    ]
