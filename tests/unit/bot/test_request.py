import pytest

from bot.request import BadRequest, harmless, read

GOOD = {"conversation": "c", "message_id": "1", "channel": "web", "text": "hallo"}


def test_a_turn_with_text_is_read() -> None:
    asked = read(GOOD)

    assert (asked.conversation, asked.message_id, asked.channel, asked.words) == ("c", "1", "web", "hallo")
    assert not asked.new_session


@pytest.mark.parametrize("typed", ["/restart", "  /restart", "/ /restart", "//restart", "\n/restart", "\u2003/restart"])
def test_what_people_type_is_never_a_command(typed: str) -> None:
    assert read({**GOOD, "text": typed}).words == "restart"


def test_a_slash_further_on_stays() -> None:
    assert harmless("ma/di om 9u") == "ma/di om 9u"


def test_a_payload_goes_to_rasa_as_it_is() -> None:
    asked = read({**GOOD, "text": None, "payload": '/kiezen{"keuze":"a"}'})

    assert asked.words == '/kiezen{"keuze":"a"}'


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"conversation": ""}, "conversation is missing"),
        ({"message_id": None}, "message_id is missing"),
        ({"channel": 3}, "channel has to be text"),
        ({"text": None}, "either text or payload"),
        ({"payload": "/groeten"}, "either text or payload"),
        ({"text": None, "payload": "groeten"}, "begin with /"),
        ({"text": "a" * 5001}, "longer than"),
        ({"new_session": "ja"}, "new_session"),
        ({"metadata": []}, "metadata"),
    ],
)
def test_what_is_no_turn_is_refused_in_words(change: dict[str, object], about: str) -> None:
    with pytest.raises(BadRequest, match=about):
        read({**GOOD, **change})


@pytest.mark.parametrize("body", [None, [], "hallo", 3])
def test_a_body_that_is_no_object_is_refused(body: object) -> None:
    with pytest.raises(BadRequest, match="JSON object"):
        read(body)
