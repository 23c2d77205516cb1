"""What a city file may say of its attests, and what is wrong when it says something else."""

from typing import Any

import pytest

from city import load_city
from city_attests import AttestWords, Way, read_attests
from city_node import CityError, Node
from settings import ROOT

OPTION = {"code": "nl", "naam": "Nederlands", "synoniemen": ["vlaams"]}
IN_CHAT = {
    "code": "WOONST",
    "naam": "Bewijs van woonst",
    "synoniemen": ["woonst"],
    "weg": "chat",
    "vragen": ["reden", "taal"],
    "levering": ["email", "post"],
}
AT_COUNTER = {"code": "STRAFREGISTER", "naam": "Strafregister", "synoniemen": [], "weg": "e-loket", "link": "register"}
IN_PERSON = {"code": "WETTIGING", "naam": "Handtekening", "synoniemen": [], "weg": "balie"}


def read(*kinds: dict[str, Any]) -> AttestWords:
    options = {name: [OPTION] for name in ("redenen", "talen", "historieken", "vormen")}
    return read_attests(Node({"soorten": list(kinds), **options}, "city.yml: attesten"))


def test_what_is_asked_in_the_chat_has_its_questions_and_ways_of_delivery() -> None:
    kind = read(IN_CHAT).kind("WOONST")

    assert (kind.way, kind.questions, kind.delivery) == (Way.CHAT, ("reden", "taal"), ("email", "post"))


@pytest.mark.parametrize(("written", "expected"), [({}, False), ({"ook_voor_kind": True}, True)])
def test_a_child_may_have_it_only_where_that_is_written(written: dict[str, Any], expected: bool) -> None:
    assert read({**IN_CHAT, **written}).kind("WOONST").for_child is expected


def test_what_is_not_asked_in_the_chat_needs_no_questions() -> None:
    words = read(AT_COUNTER, IN_PERSON)

    assert [(kind.way, kind.questions, kind.link) for kind in words.kinds] == [
        (Way.COUNTER, (), "register"),
        (Way.OFFICE, (), ""),
    ]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"weg": "fax"}, "'fax' is none of chat, e-loket, balie"),
        ({"vragen": ["schoenmaat"]}, "'schoenmaat' is none of"),
        ({"levering": ["duif"]}, "'duif' is none of email, post"),
        ({"naam": ""}, "city.yml: attesten.soorten[0].naam"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_would_be_right(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(CityError) as error:
        read({**IN_CHAT, **wrong})

    assert problem in str(error.value)
    assert "attesten.soorten[0]" in str(error.value)


@pytest.mark.parametrize("missing", ["code", "weg", "vragen", "levering"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(CityError, match=f"'{missing}' is missing"):
        read({key: value for key, value in IN_CHAT.items() if key != missing})


def test_the_e_counter_is_nowhere_without_a_link() -> None:
    with pytest.raises(CityError, match="'link' is missing"):
        read({key: value for key, value in AT_COUNTER.items() if key != "link"})


def test_a_code_that_nobody_wrote_is_no_kind() -> None:
    with pytest.raises(KeyError):
        read(IN_CHAT).kind("HOROSCOOP")


def test_no_two_attests_of_leiestad_are_called_the_same() -> None:
    kinds = load_city(ROOT / "city.yml").attests.kinds
    names = [name.casefold() for kind in kinds for name in {kind.name.casefold(), *kind.synonyms}]

    assert len(names) == len(set(names))
