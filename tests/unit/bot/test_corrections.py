import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg import interpolator

from bot import corrections

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
