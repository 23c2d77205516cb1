import pytest

from tests.unit.actions.room import responses

REISPAS = {"response_selector": {"faq": {"response": {"utter_action": "utter_faq/reispas"}}}}
NOT_THIS = "Niet wat ik zoek"


def ranked(**confidences):
    names = [(name.replace("__", "/"), confidence) for name, confidence in confidences.items()]
    return {"intent_ranking": [{"name": name, "confidence": confidence} for name, confidence in names]}


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
async def test_who_looked_for_something_else_is_offered_what_comes_near_it_and_not_the_same_again(citizen):
    near = ranked(faq__reispas=0.6, faq__reispas_dringend=0.2, faq__kids_id=0.15, buiten_bereik=0.13, faq__zwembad=0.01)
    await citizen.says("paspoort voor mijn dochter", "faq", **REISPAS, **near)

    assert await citizen.taps("/anders_bedoeld") == ["utter_faq_dan_dit"]
    assert citizen.choices == ["Dringende reispas", "Kids-ID", NOT_THIS]
    assert await citizen.taps("/anders_bedoeld") == ["utter_algemeen_kies_onderwerp"]
    assert "Iets anders" in citizen.choices  # a person


@pytest.mark.req("CI-02")
async def test_with_nothing_near_it_he_chooses_among_all(citizen):
    await citizen.says("paspoort", "faq", **REISPAS, **ranked(faq__reispas=0.9))

    assert await citizen.taps("/anders_bedoeld") == ["utter_algemeen_kies_onderwerp"]


async def test_an_old_way_out_is_no_answer_to_a_question_of_a_form(citizen):
    await citizen.says("er ligt een tegel los", "melding_maken")
    question = citizen.heard[-1]

    assert await citizen.taps("/anders_bedoeld") == ["utter_algemeen_oude_knop", question]
