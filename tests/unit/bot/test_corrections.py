import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from bot import corrections

corrections.apply()
ACTION = RemoteAction("action_melden", None)


def test_a_right_answer_of_the_action_server_is_accepted() -> None:
    answer = {"events": [{"event": "slot", "name": "naam", "value": "An"}], "responses": [{"text": "Dag"}]}

    assert ACTION._validate_action_result(answer)


@pytest.mark.parametrize("wrong", [{"events": "geen"}, {"responses": ["tekst"]}, {"events": [{"event": "zomaar"}]}])
def test_a_wrong_one_is_still_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ACTION._validate_action_result(wrong)


def test_applying_twice_does_no_harm() -> None:
    corrections.apply()

    assert ACTION._validate_action_result({"events": [], "responses": []})
