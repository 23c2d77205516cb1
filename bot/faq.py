"""Speaks of FAQ answers the way Rasa does, without its ResponseSelector.

Our classifier knows `faq/reispas` as one label. Rasa wants the intent `faq` and, beside it,
which answer it is; its action `utter_faq` then says `utter_faq/reispas`
(`ActionRetrieveResponse` in rasa/core/actions/action.py).
"""

from typing import Any

from rasa.shared.constants import UTTER_PREFIX
from rasa.shared.core.domain import Domain
from rasa.shared.nlu.constants import FULL_RETRIEVAL_INTENT_NAME_KEY, INTENT_RESPONSE_KEY, RESPONSE_SELECTOR

SEPARATOR = "/"


def is_answer(label: str) -> bool:
    return SEPARATOR in label


def intent(label: str, confidence: float) -> dict[str, Any]:
    """The intent of a label: `faq/reispas` is a `faq`, and remembers which."""
    if not is_answer(label):
        return {"name": label, "confidence": confidence}
    return {"name": family(label), "confidence": confidence, FULL_RETRIEVAL_INTENT_NAME_KEY: label}


def selection(label: str, confidence: float) -> dict[str, Any]:
    """The property `response_selector` for this label."""
    answer = {"confidence": confidence, INTENT_RESPONSE_KEY: label, "utter_action": f"{UTTER_PREFIX}{label}"}
    return {"all_retrieval_intents": [family(label)], family(label): {"response": answer, "ranking": []}}


def family(label: str) -> str:
    return label.split(SEPARATOR, 1)[0]


def chosen(payload: str | None, domain: Domain) -> dict[str, Any] | None:
    """What a tapped `/faq/reispas` means. Rasa itself knows payloads of plain intents only."""
    label = (payload or "").removeprefix("/")
    if not is_answer(label) or f"{UTTER_PREFIX}{label}" not in domain.responses:
        return None
    return {
        "text": payload,
        "intent": intent(label, 1.0),
        "entities": [],
        "intent_ranking": [{"name": label, "confidence": 1.0}],
        RESPONSE_SELECTOR: selection(label, 1.0),
    }
