"""Every name in domain.yml and in the rules leads somewhere, and nothing lies about unused."""

from tests.content.reading import Content
from tests.content.sources import Sources

RASAS_OWN = {"action_listen"}
RASAS_SLOTS = {"requested_slot"}


def test_every_action_of_the_domain_is_registered(content: Content, registered_actions: set[str]) -> None:
    assert content.actions - registered_actions == set()


def test_every_registered_action_stands_in_the_domain(content: Content, registered_actions: set[str]) -> None:
    assert registered_actions - content.actions == set()


def test_every_action_in_a_rule_exists(content: Content) -> None:
    known = {*content.actions, *content.forms, *content.responses, *RASAS_OWN}

    assert set(content.rule_steps("action")) - known == set()


def test_every_action_of_the_domain_is_reached(content: Content, sources: Sources) -> None:
    """By a rule, by a form that validates or asks, or by the code that starts it."""
    asked = {f"action_ask_{slot}" for slot in content.slots}
    asked |= {f"action_ask_{form}_{slot}" for form in content.forms for slot in content.slots}
    validated = {f"validate_{form}" for form in content.forms}
    started = {"action_session_start"} | {
        node.value for _, node in sources.nodes() if hasattr(node, "value") and isinstance(node.value, str)
    }
    unreached = content.actions - set(content.rule_steps("action")) - asked - validated - started

    assert unreached == set()


def test_every_intent_has_a_rule(content: Content) -> None:
    assert content.intents - set(content.rule_steps("intent")) == set()


def test_every_intent_in_a_rule_stands_in_the_domain(content: Content) -> None:
    assert set(content.rule_steps("intent")) - content.intents == set()


def test_every_form_in_a_rule_stands_in_the_domain_and_the_reverse(content: Content) -> None:
    assert {loop for loop in content.rule_steps("active_loop") if loop} == set(content.forms)


def test_every_slot_that_is_named_exists(content: Content, sources: Sources) -> None:
    in_rules = {slot for step in content.rule_steps("slot_was_set") for each in _as_list(step) for slot in each}
    in_forms = {slot for slots in content.forms.values() for slot in slots}

    assert (in_rules | in_forms) - content.slots - RASAS_SLOTS == set()
    assert {slot: where for slot, where in sources.named_slots.items() if slot not in content.slots | RASAS_SLOTS} == {}


def test_every_slot_is_used(content: Content, sources: Sources) -> None:
    in_forms = {slot for slots in content.forms.values() for slot in slots}

    assert content.slots - in_forms - set(sources.named_slots) == set()


def _as_list(step: object) -> list[dict[str, object]]:
    return step if isinstance(step, list) else [step]  # type: ignore[list-item]  # one slot may stand without a dash
