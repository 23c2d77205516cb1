import pytest

from scripts import train
from scripts.progress import Progress, StepFailed
from scripts.train import Fingerprint, ensure_model


@pytest.fixture
def project(tmp_path):
    for name in ("config.yml", "domain.yml", "city.yml", "data/melding/nlu.yml", "bot/importer.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("inhoud\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "city.yml", "data/melding/nlu.yml", "bot/importer.py"])
def test_a_changed_file_that_the_bot_learns_from_asks_for_training(project, name):
    before = Fingerprint.of(project)
    (project / name).write_text("iets anders\n", encoding="utf-8")

    assert Fingerprint.of(project) != before


def test_a_renamed_topic_asks_for_training(project):
    before = Fingerprint.of(project)
    (project / "data/melding").rename(project / "data/meldingen")

    assert Fingerprint.of(project) != before


@pytest.mark.parametrize(
    "name", ["server.py", "data/melding/.nlu.yml.swp", "bot/__pycache__/importer.py", "bot/turn.py"]
)
def test_other_files_ask_for_nothing(project, name):
    before = Fingerprint.of(project)
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).write_text("niets te leren\n", encoding="utf-8")

    assert Fingerprint.of(project) == before


@pytest.fixture
def rasa(project, monkeypatch):
    """A Rasa that answers as told; it writes one line a training into `trainings`."""
    program = project / "rasa"
    monkeypatch.setattr(train, "ROOT", project)
    monkeypatch.setattr(train, "RASA", program)
    monkeypatch.setattr(train, "MODEL", project / "models" / "balie.tar.gz")
    output = project / "var" / "train"

    def answers(then):
        program.write_text(
            f'#!/bin/sh\necho "$@" >> {project}/trainings\nmkdir -p {output}\n{then}\n', encoding="utf-8"
        )
        program.chmod(0o755)

    answers(f"echo nieuw > {output}/balie.tar.gz")
    return answers


def trainings(project):
    """The command lines of all trainings up to now."""
    return (project / "trainings").read_text(encoding="utf-8").splitlines()


def test_what_did_not_change_is_trained_once(project, rasa):
    ensure_model(Progress(2))
    ensure_model(Progress(2))

    assert len(trainings(project)) == 1
    assert (project / "models/balie.tar.gz").read_text() == "nieuw\n"


def test_a_model_that_was_thrown_away_is_trained_again(project, rasa):
    ensure_model(Progress(2))
    (project / "models/balie.tar.gz").unlink()
    ensure_model(Progress(2))

    assert len(trainings(project)) == 2


def test_a_failed_training_shows_why_and_leaves_the_old_model(project, rasa):
    ensure_model(Progress(3))
    (project / "domain.yml").write_text("kapot\n", encoding="utf-8")
    rasa("echo 'InvalidDomain: regel 3'; exit 1")

    with pytest.raises(StepFailed, match=r"InvalidDomain: regel 3\n\nThe bot could not be trained"):
        ensure_model(Progress(3))

    assert (project / "models/balie.tar.gz").read_text() == "nieuw\n"


def test_after_a_failed_training_the_next_one_tries_again(project, rasa):
    rasa("exit 1")
    with pytest.raises(StepFailed):
        ensure_model(Progress(2))
    rasa(f"echo beter > {project}/var/train/balie.tar.gz")

    ensure_model(Progress(2))

    assert (project / "models/balie.tar.gz").read_text() == "beter\n"


def test_changed_content_is_learned_with_rasas_cache_and_changed_code_without(project, rasa):
    ensure_model(Progress(3))
    (project / "data/melding/nlu.yml").write_text("iets anders\n", encoding="utf-8")
    ensure_model(Progress(3))
    (project / "bot/importer.py").write_text("iets anders\n", encoding="utf-8")
    ensure_model(Progress(3))

    assert ["--force" in line for line in trainings(project)] == [True, False, True]
