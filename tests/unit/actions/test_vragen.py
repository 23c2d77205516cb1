import pytest

from tests.unit.actions.room import responses

REISPAS = {"response_selector": {"faq": {"response": {"utter_action": "utter_faq/reispas"}}}}
NOT_THIS = "Niet wat ik zoek"


@pytest.mark.req("CI-02")
async def test_under_an_answer_stands_a_way_out(citizen):
    assert await citizen.says("hoe vraag ik een paspoort aan", "faq", **REISPAS) == ["utter_faq/reispas"]

    assert citizen.choices == ["Afspraak maken", "Het is dringend", NOT_THIS]


@pytest.mark.req("CI-02")
def test_every_answer_names_the_page_that_it_comes_from_and_leaves_room_for_the_way_out():
    answers = {name: answer for name, answer in responses().items() if name.startswith("utter_faq/")}

    assert {name for name, answer in answers.items() if "{stad_links_" not in answer["text"]} == set()
    assert {name for name, answer in answers.items() if len(answer.get("buttons") or ()) > 2} == set()


@pytest.mark.req("CI-02")
async def test_who_looked_for_something_else_chooses_also_for_a_person(citizen):
    await citizen.says("paspoort", "faq", **REISPAS)

    assert await citizen.taps("/anders_bedoeld") == ["utter_algemeen_kies_onderwerp"]
    assert "Iets anders" in citizen.choices  # a person


async def test_an_old_way_out_is_no_answer_to_a_question_of_a_form(citizen):
    await citizen.says("er ligt een tegel los", "melding_maken")
    question = citizen.heard[-1]

    assert await citizen.taps("/anders_bedoeld") == ["utter_algemeen_oude_knop", question]
