"""What an intent is beside the open question of a form: another request, a remark, a question, or news of ours."""

from collections.abc import Awaitable, Callable, Mapping

from actions.base import ServiceAction, Turn
from actions.teruggave import EVENT

Interruption = Callable[[Turn], Awaitable[None]]
"""Answers one of them; the form then asks its own question again."""

STARTS: Mapping[str, str] = {
    "melding_maken": "melding_form",
    "afspraak_maken": "afspraak_form",
    "afspraak_verplaatsen": "afspraak_verplaatsen_form",
    "afspraak_annuleren": "afspraak_annuleren_form",
    "afspraak_opzoeken": "action_afspraak_opzoeken",
    "vergeten_vragen": "vergeten_form",
    "attest_aanvragen": "attest_form",
    "terugbellen_vragen": "terugbellen_form",
}
"""What an intent starts; inside a form it is a change of mind."""

BETWEEN: Mapping[str, str] = {
    "groeten": "utter_algemeen_groet_tussendoor",
    "bedanken": "utter_algemeen_dank_tussendoor",
    "afscheid_nemen": "utter_algemeen_afscheid_tussendoor",
    "beoordelen": "utter_algemeen_bedankt_voor_beoordeling",
    "anders_bedoeld": "utter_algemeen_oude_knop",
    "bot_uitdagen": "utter_algemeen_robot",
    "ontevreden_zijn": "utter_algemeen_ontevreden_tussendoor",
    "noodgeval_melden": "utter_algemeen_noodgeval",
    "wachtrij_verlaten": "utter_wachtrij_verlaten_tussendoor",
    "terug_naar_assistent": "utter_kanaal_weer_assistent_tussendoor",
    "medewerker_mailen": "utter_medewerker_mailen",
    "medewerker_hoeft_niet": "utter_algemeen_we_gaan_verder",
}
"""What is said to a remark in between, before the question is asked again."""

ASKS = ("faq", "openingsuren_vragen", "waarom_vragen", "hulp_vragen", "bot_uitdagen", "noodgeval_melden")
"""Intents that a closed question must not take for an answer when they are put as a question."""

NEWS = (
    EVENT,
    "wachtrij_verlaten",
    "terug_naar_assistent",
    "medewerker_mailen",
    "medewerker_hoeft_niet",
    "terugbellen_afzeggen",
    "aangemeld",
    "aanmelden_afgebroken",
    "melding_geregistreerd",
    "melding_gewijzigd",
    "afspraak_bijgewerkt",
    "beoordelen",
    "anders_bedoeld",
    "attest_bijgewerkt",
    "dossiers_gewijzigd",
)
"""What our own code tells in between, and buttons of what was before; never an answer to what is open."""


class AskSwitch(ServiceAction):
    """Asks whether to leave the open request for what the citizen asked just now."""

    def name(self) -> str:
        return "action_ask_wissel"

    async def perform(self, turn: Turn) -> None:
        turn.say(f"utter_wissel_{turn['wissel']['intent']}")
