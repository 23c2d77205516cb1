"""Every text that is used exists, and every text that exists is used."""

import re
from collections.abc import Callable, Iterator

from actions.aanmelden import REASONS
from actions.attest import SLOTS
from actions.dossiers_verteld import PHASES
from actions.gegevens import KEYS
from actions.lopend import APPOINTMENTS, ATTESTS, DOSSIERS, REPORTS
from actions.tussendoor import STARTS
from citizens.register import Ground
from city import load_city
from conversations.model import Author
from login.pages import FAULTS
from settings import ROOT
from tests.content.reading import Content
from tests.content.sources import Sources

CITY = load_city(ROOT / "city.yml")
FAMILIES: dict[str, Callable[[Content], set[str]]] = {
    "utter_uitleg_*": lambda content: (
        {slot for slots in content.forms.values() for slot in slots} | {"bekend", "aangemeld"}
    ),
    "utter_gegeven_*": lambda content: set(KEYS),
    "utter_aanmelden_afgebroken_*": lambda content: set(REASONS),
    "utter_bron_*": lambda content: {"acmidm", "aanvraag", "burger", "gesprek", "thuisloket", "code"},
    "utter_attest_regel_*": lambda content: {*SLOTS, "soort", "voor_wie", "mail", "post"},
    "utter_inzage_door_*": lambda content: {"burger", "assistent", "medewerker"},
    "utter_inzage_grond_*": lambda content: set(Ground),
    "utter_wissel_*": lambda content: set(STARTS),
    "utter_dossiers_code_*": lambda content: {code.lower() for codes in PHASES.values() for code in codes},
    "utter_dossiers_fase_*": lambda content: {phase.lower() for phase in PHASES},
    "utter_dossiers_melding_*": lambda content: {"open", "paused", "completed", "closed"},
    "utter_dossiers_onbereikbaar_*": lambda content: {REPORTS, APPOINTMENTS, ATTESTS, DOSSIERS},
    "utter_klantcontact_onderwerp_*": lambda content: {topic for team in CITY.teams for topic in team.topics},
    "utter_widget_afzender_*": lambda content: {str(author) for author in Author},
}
"""Names that the code puts together, and what may stand in place of the star. The only place that lists them."""


def test_every_response_that_the_code_names_exists(content: Content, sources: Sources) -> None:
    missing = {name: file for name, file in sources.named_responses.items() if name not in content.responses}

    assert missing == {}


def test_every_family_of_names_in_the_code_is_listed_here(sources: Sources) -> None:
    unlisted = {name: file for name, file in sources.response_families.items() if name not in FAMILIES}

    assert unlisted == {}


def test_every_member_of_a_family_exists(content: Content, sources: Sources) -> None:
    assert set(family_members(content, sources)) - content.responses == set()


def test_every_response_that_a_rule_says_exists(content: Content) -> None:
    said = {action for action in content.rule_steps("action") if action.startswith("utter_")}

    assert said - content.responses == set()


def test_every_question_of_a_form_can_be_asked(content: Content) -> None:
    mute = [
        (form, slot)
        for form, slots in content.forms.items()
        for slot in slots
        if not {f"utter_ask_{slot}", f"utter_ask_{form}_{slot}"} & content.responses
        and not {f"action_ask_{slot}", f"action_ask_{form}_{slot}"} & content.actions
    ]

    assert mute == []


def test_every_frequent_question_has_an_answer_and_every_answer_a_question(content: Content) -> None:
    questions = {intent.removeprefix("faq/") for intent in content.examples if intent.startswith("faq/")}
    answers = {name.removeprefix("utter_faq/") for name in content.responses if name.startswith("utter_faq/")}

    assert answers == questions


def test_every_response_is_used(content: Content, sources: Sources) -> None:
    used = {
        *sources.named_responses,
        *family_members(content, sources),
        *content.rule_steps("action"),
        *asked_by_forms(content),
        *shown_by_the_widget(content),
        *shown_by_the_login_pages(content),
    }
    of_teams = {f"{name}_{team.code}" for name in used for team in CITY.teams}
    idle = {name for name in content.responses - used - of_teams if not name.startswith("utter_faq/")}

    assert idle == set()


def test_every_blank_in_a_text_is_filled_by_whoever_says_it(content: Content, sources: Sources) -> None:
    blanks = {text.response: text.blanks - content.slots for text in content.texts}
    unfilled = {
        f"{said.where} {said.response}": missing
        for said in sources.said
        if (missing := blanks.get(said.response, set()) - said.values)
    }

    assert unfilled == {}


def test_what_a_rule_or_a_form_says_has_no_blanks_but_slots(content: Content) -> None:
    said_by_rasa = {*content.rule_steps("action"), *asked_by_forms(content)}
    unfilled = {
        str(text): blanks
        for text in content.texts
        if text.response in said_by_rasa or text.response.startswith("utter_faq/")
        if (blanks := text.blanks - content.slots)
    }

    assert unfilled == {}


def family_members(content: Content, sources: Sources) -> Iterator[str]:
    for family in sources.response_families:
        for member in FAMILIES.get(family, lambda content: set())(content):
            yield family.replace("*", member)


def asked_by_forms(content: Content) -> set[str]:
    """Rasa itself looks for utter_ask_<form>_<slot> and utter_ask_<slot> (FormAction.ask_for_slot)."""
    return {f"utter_ask_{slot}" for slot in content.slots} | {
        f"utter_ask_{form}_{slot}" for form in content.forms for slot in content.slots
    }


def shown_by_the_widget(content: Content) -> Iterator[str]:
    """The texts of the window come with its configuration, by their short name; `score_${n}` reads a family of them."""
    files = [path for kind in ("*.js", "*.html") for path in (ROOT / "widget").rglob(kind)]
    words = {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    beginnings = tuple(word for word in words if word.endswith("_"))
    for name in content.responses:
        short = name.removeprefix("utter_widget_")
        if short != name and (short in words or short.startswith(beginnings)):
            yield name


def test_every_text_that_a_login_page_names_exists(content: Content) -> None:
    names, _ = named_by_the_login_pages()

    assert {f"utter_aanmeldpagina_{name}" for name in names} - content.responses == set()


def shown_by_the_login_pages(content: Content) -> Iterator[str]:
    names, beginnings = named_by_the_login_pages()
    for name in content.responses:
        short = name.removeprefix("utter_aanmeldpagina_")
        if short != name and (short in names or short.startswith(beginnings)):
            yield name


def named_by_the_login_pages() -> tuple[set[str], tuple[str, ...]]:
    """Whole names, and beginnings: `say("fout_" ~ reden)`, whose endings stand in login/pages.py."""
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "login/templates").glob("*.html"))
    named = re.findall(r'say\("(\w+)"( ~)?', pages)
    names = {name for name, goes_on in named if not goes_on} | {f"fout_{fault}" for fault in FAULTS}
    return names, tuple(name for name, goes_on in named if goes_on)
