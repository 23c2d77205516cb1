import shutil
from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.city import CityError
from bot.importer import DuplicateResponse, TopicImporter
from tests.unit.bot.talking import SMALL_CITY, train


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = tmp_path / "project"
    shutil.copytree(SMALL_CITY, copy)
    monkeypatch.chdir(copy)
    monkeypatch.delenv("CITY_FILE", raising=False)
    return copy


def importer() -> TopicImporter:
    return TopicImporter("config.yml", "domain.yml", ["data"])


def add(project: Path, name: str, content: str) -> None:
    (project / "data" / name).write_text(f'version: "3.1"\n{content}', encoding="utf-8")


def test_texts_beside_their_topic_are_in_the_domain_and_not_in_the_training_data(project: Path) -> None:
    assert "utter_groet" in importer().get_domain().responses
    assert importer().get_nlu_data().responses == {}
    assert len(importer().get_nlu_data().intent_examples) == 36


def test_rasa_takes_the_importer_from_config(project: Path) -> None:
    whole = TrainingDataImporter.load_from_config("config.yml", "domain.yml", ["data"])

    assert "utter_faq/afval" in whole.get_domain().responses
    assert whole.get_domain().retrieval_intents == ["faq"]
    assert whole.get_nlu_data().responses == {}


def test_what_is_the_citys_own_is_filled_in_everywhere(project: Path) -> None:
    responses = importer().get_domain().responses

    assert responses["utter_groet"][0]["buttons"][0]["title"] == "Bel 1777"
    assert responses["utter_gekozen"][0]["image"] == "https://klein.example/afval/foto.png"
    assert responses["utter_gekozen"][0]["custom"]["link"] == "https://klein.example/afval"


def test_slots_stay_for_rasa(project: Path) -> None:
    assert importer().get_domain().responses["utter_gekozen"][0]["text"] == "Je koos {onthouden}."


def test_what_the_city_does_not_have_is_an_error_that_names_file_and_key(project: Path) -> None:
    add(project, "fout.yml", 'responses:\n  utter_fout:\n    - text: "Bel {stad_fax}"\n')

    with pytest.raises(CityError, match=r"fout\.yml: utter_fout: \{stad_fax\}"):
        importer().get_domain()


def test_a_missing_city_file_is_an_error(project: Path) -> None:
    (project / "city.yml").unlink()

    with pytest.raises(CityError, match=r"city\.yml does not exist"):
        importer().get_domain()


def test_the_city_file_can_be_another_one(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "andere.yml").write_text("naam: Groot\ntelefoon: '1'\nlinks: {afval: x}\n")
    monkeypatch.setenv("CITY_FILE", "andere.yml")

    assert "Groot" in importer().get_domain().responses["utter_faq/reispas"][0]["text"]


def test_two_topics_with_the_same_response_are_an_error_that_names_both_files(project: Path) -> None:
    add(project, "dubbel.yml", "responses:\n  utter_groet:\n    - text: Yo.\n")

    with pytest.raises(DuplicateResponse, match=r"utter_groet is in .*dubbel\.yml and in .*responses\.yml"):
        importer().get_domain()


def test_a_changed_text_does_not_train_the_classifier_anew(project: Path, tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache" / "rasa"
    train(project, out, cache=cache)
    texts = project / "data" / "responses.yml"
    texts.write_text(texts.read_text().replace("Een reispas vraag je aan", "Je vraagt een reispas aan"))
    (project / "city.yml").write_text((project / "city.yml").read_text().replace("Klein", "Kleiner"))

    train(project, out, cache=cache)

    log = (out / "train.log").read_text()
    assert "Restored component 'CityIntentClassifier' from cache" in log
    assert "Starting to train component 'CityIntentClassifier'" not in log


def test_a_changed_example_does_train_the_classifier_anew(project: Path, tmp_path: Path) -> None:
    out, cache = tmp_path / "out", tmp_path / "cache" / "rasa"
    train(project, out, cache=cache)
    examples = project / "data" / "nlu.yml"
    examples.write_text(examples.read_text().replace("- hoi", "- hoi hoi"))

    train(project, out, cache=cache)

    assert "Starting to train component 'CityIntentClassifier'" in (out / "train.log").read_text()
