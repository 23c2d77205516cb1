import pytest

from desk.canned import Canned, fitting, read_canned, unfilled
from desk.content import ContentFile
from desk.work import Unusable
from settings import ROOT
from texts import Texts

FILE = ROOT / "data" / "medewerker" / "antwoorden.yml"
ONE = "antwoorden:\n  - {titel: Dag, tekst: 'Dag {naam}, ik ben {medewerker}.', onderwerpen: [melding]}\n"


def test_variables_are_filled_in_and_what_is_not_known_stays() -> None:
    filled = Canned("Dag", "Dag {naam}, bel {stad_telefoon}.").filled({"stad_telefoon": "056 12", "naam": ""})

    assert filled.text == "Dag {naam}, bel 056 12."
    assert unfilled(filled.text)


def test_those_of_the_topic_come_first() -> None:
    source = [Canned("a", "x"), Canned("b", "x", ("melding",)), Canned("c", "x")]

    assert [one.title for one in fitting(lambda: source, "melding", {})] == ["b", "a", "c"]


def test_a_changed_file_is_read_again_and_a_broken_one_is_not(tmp_path) -> None:
    file = tmp_path / "antwoorden.yml"
    file.write_text(ONE)
    canned = ContentFile(file, read_canned)
    assert [one.title for one in canned()] == ["Dag"]

    file.write_text("antwoorden: [{titel: kapot}]")
    assert [one.title for one in canned()] == ["Dag"]
    file.write_text(ONE.replace("Dag", "Hallo"))

    assert [one.title for one in canned()] == ["Hallo"]


def test_those_of_the_city_use_variables_that_exist_and_topics_that_a_team_knows() -> None:
    city = Texts(ROOT / "data", ROOT / "city.yml").city
    values = dict.fromkeys((*city.values(), "naam", "medewerker"), "x")
    topics = {topic for team in city.teams for topic in team.topics}
    found = ContentFile(FILE, read_canned)()

    assert len(found) >= 12
    assert [one.title for one in found if unfilled(one.filled(values).text)] == []
    assert {topic for one in found for topic in one.topics} <= topics


def test_an_answer_in_which_a_variable_is_left_is_not_sent(work, sanne, asks) -> None:
    conversation = asks()
    work.take(sanne, conversation)

    with pytest.raises(Unusable, match="niet_ingevuld"):
        work.answer(sanne, conversation, "Dag {naam}!", "1")
