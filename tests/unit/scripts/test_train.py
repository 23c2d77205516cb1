import pytest

from scripts.train import fingerprint


@pytest.fixture
def project(tmp_path):
    for name in ("config.yml", "domain.yml", "city.yml", "data/melding/nlu.yml", "bot/importer.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("inhoud\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "city.yml", "data/melding/nlu.yml", "bot/importer.py"])
def test_a_changed_file_that_the_bot_learns_from_asks_for_training(project, name):
    before = fingerprint(project)
    (project / name).write_text("iets anders\n", encoding="utf-8")

    assert fingerprint(project) != before


def test_a_renamed_topic_asks_for_training(project):
    before = fingerprint(project)
    (project / "data/melding").rename(project / "data/meldingen")

    assert fingerprint(project) != before


@pytest.mark.parametrize("name", ["server.py", "data/melding/.nlu.yml.swp", "bot/__pycache__/importer.py"])
def test_other_files_ask_for_nothing(project, name):
    before = fingerprint(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("niets te leren\n", encoding="utf-8")

    assert fingerprint(project) == before
