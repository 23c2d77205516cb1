import asyncio
import copy
from collections.abc import Callable

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import interpolator
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.slots import CategoricalSlot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import corrections

DASK = DaskGraphRunner.run
corrections.apply()
ACTION = RemoteAction("action_melden", None)


def test_a_right_answer_of_the_action_server_is_accepted() -> None:
    answer = {"events": [{"event": "slot", "name": "naam", "value": "An"}], "responses": [{"text": "Dag"}]}

    assert ACTION._validate_action_result(answer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": "geen"},
        {"responses": ["tekst"]},
        {"events": [{"event": "zomaar"}]},
        {"events": [{"event": "slot", "name": "naam"}]},
        {"events": [{"name": "naam", "value": "An"}]},
    ],
)
def test_a_wrong_one_is_still_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ACTION._validate_action_result(wrong)


def test_applying_twice_does_no_harm() -> None:
    corrections.apply()

    assert ACTION._validate_action_result({"events": [], "responses": []})


@pytest.mark.parametrize("value", ["bus 0[1]", "{naam}", "{0[naam]}", "}{", "a\\1"])
def test_a_value_may_hold_anything(value: str) -> None:
    said = interpolator.interpolate({"text": "Waar: {plaats}. {naam}", "buttons": []}, {"plaats": value, "naam": "An"})

    assert said["text"] == f"Waar: {value}. An"


def test_doubled_braces_are_braces_also_around_a_value() -> None:
    button = {"payload": '/bevestigen{{"keuze":"{samenvatting}"}}'}

    assert interpolator.interpolate(button, {"samenvatting": "1f"}) == {"payload": '/bevestigen{"keuze":"1f"}'}


def test_a_placeholder_without_value_leaves_the_text_as_it_was() -> None:
    assert interpolator.interpolate("Dag {naam}, {dag}", {"naam": "An"}) == "Dag {naam}, {dag}"


def spoken(*texts: str) -> DialogueStateTracker:
    tracker = DialogueStateTracker("c_1", [TextSlot("naam", [{}])])
    for text in texts:
        read = {
            "text": text,
            "intent": {"name": "melding_maken", "confidence": 0.9},
            "intent_ranking": [{"name": "melding_maken", "confidence": 0.9}],
            "text_tokens": [[0, len(text)]],
            "response_selector": {"faq": {"response": {"utter_action": "utter_faq/reispas"}}},
        }
        tracker.update(UserUttered(text, read["intent"], parse_data=read, input_channel="web"))
        tracker.update(ActionExecuted("action_listen"))
    return tracker


def test_an_action_gets_the_slots_the_latest_message_whole_and_of_earlier_ones_the_intents() -> None:
    tracker = spoken("een gat in de weg", "wat kost een reispas")
    tracker.update(SlotSet("naam", "An"))
    sent = ACTION._action_call_format(tracker, Domain.empty())["tracker"]

    assert sent["slots"]["naam"] == "An"
    assert sent["latest_message"]["response_selector"]["faq"]["response"]["utter_action"] == "utter_faq/reispas"
    said = [event for event in sent["events"] if event["event"] == "user"]
    assert [event["text"] for event in said] == ["een gat in de weg", "wat kost een reispas"]
    assert [sorted(event["parse_data"]) for event in said] == [["intent", "intent_ranking"]] * 2
    assert said[-1]["input_channel"] == "web"


def test_a_long_session_costs_no_more_than_a_short_one() -> None:
    sent = ACTION._action_call_format(spoken(*map(str, range(500))), Domain.empty())["tracker"]["events"]

    assert len(sent) == corrections.EVENTS_SENT
    assert [event["text"] for event in sent if event["event"] == "user"][-1] == "499"


def test_calls_of_the_action_server_share_their_connections() -> None:
    async def two_calls() -> None:
        endpoint = EndpointConfig("http://127.0.0.1:5055/webhook")
        async with endpoint.session() as first:
            shared = first.connector
        async with endpoint.session() as second:
            assert second.connector is shared
        assert shared is not None
        assert not shared.closed  # the end of one session leaves them open for the next

    asyncio.run(two_calls())


def test_rules_are_looked_for_by_intent_only(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[bool] = []
    monkeypatch.setattr(
        corrections,
        "_found_in_rules",
        lambda *_, use_text_for_last_user_input: looked.append(use_text_for_last_user_input),
    )
    for by_words in (True, False):
        RulePolicy._find_action_from_rules(None, None, None, use_text_for_last_user_input=by_words)

    assert looked == [False]


def runner(asked: list[str]) -> DaskGraphRunner:
    """Four parts, of which the last is not always wanted; each tells that it ran, and what it was given."""

    def part(name: str) -> Callable[..., object]:
        def run(*given: object) -> tuple[str, object]:
            asked.append(name)
            return name, [name, *given]

        return run

    needs = {"doel": ("b", "a", "woord"), "b": ("a", "niemand"), "a": ("woord",), "ander_doel": ("b",)}
    nodes = {
        name: SchemaNode(
            {str(n): need for n, need in enumerate(names)}, GraphComponent, "load", "run", {}, is_target="doel" in name
        )
        for name, names in needs.items()
    }
    made = DaskGraphRunner.__new__(DaskGraphRunner)
    made._graph_schema, made._execution_context = GraphSchema(nodes), None
    made._instantiated_nodes = {name: part(name) for name in needs}
    return made


@pytest.mark.parametrize("targets", [["doel"], ["ander_doel"], ["ander_doel", "doel"], None])
def test_the_parts_of_the_model_give_what_dask_has_them_give(targets: list[str] | None) -> None:
    ours, theirs = list[str](), list[str]()
    assert DASK.__module__ == DaskGraphRunner.__module__  # not corrected already
    expected = DASK(runner(theirs), {"woord": "dag"}, targets)

    for _ in range(2):  # the second time by the order that was worked out the first time
        assert runner(ours).run({"woord": "dag"}, targets) == expected
    assert sorted(ours) == sorted(theirs * 2)


def test_each_runner_has_an_order_of_its_own_and_works_it_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, worked_out = list[str](), list[tuple[str, ...]]()
    work_out = corrections._order

    def order(one: DaskGraphRunner, wanted: tuple[str, ...]) -> corrections._Order:
        worked_out.append(wanted)
        return work_out(one, wanted)

    monkeypatch.setattr(corrections, "_order", order)
    one, other = runner(asked), runner(asked)

    for made in (one, other, one, other):
        made.run({"woord": "dag"}, ["doel"])

    assert worked_out == [("doel",), ("doel",)]


def test_a_copied_slot_is_a_slot_of_its_own() -> None:
    slot = CategoricalSlot("keuze", mappings=[{}], values=["ja", "nee"], initial_value="ja")

    copied = copy.copy(slot)
    copied.value = "nee"

    assert (type(copied), copied.name, copied.values) == (CategoricalSlot, "keuze", slot.values)
    assert (slot.value, copied.value, copied.has_been_set) == ("ja", "nee", True)
    assert copied.as_feature() != slot.as_feature()
