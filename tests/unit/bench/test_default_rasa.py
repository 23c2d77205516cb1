"""Our content, laid out as an ordinary Rasa project."""

import shutil
from pathlib import Path

import pytest
import yaml

from bench.default_rasa import LEARNED_FROM, filled, fingerprint, lay_out
from settings import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in LEARNED_FROM:
        source, target = ROOT / name, tmp_path / "root" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    return tmp_path / "root"


def test_texts_go_to_the_domain_with_the_city_filled_in(root: Path, tmp_path: Path):
    lay_out(root, tmp_path / "project")

    domain = yaml.safe_load((tmp_path / "project/domain.yml").read_text(encoding="utf-8"))
    assert "utter_algemeen_welkom" in domain["responses"]
    assert "{stad_" not in str(domain["responses"])
    written = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in (tmp_path / "project/data").rglob("*.yml")]
    assert any("nlu" in content for content in written)
    assert not any("responses" in content for content in written)


def test_a_placeholder_of_rasa_stays():
    assert filled({"text": ["{stad_naam}: {moment}"]}, {"stad_naam": "Leiestad"}) == {"text": ["Leiestad: {moment}"]}


def test_other_content_is_another_model(root: Path):
    before = fingerprint(root)
    file = root / "data/faq/nlu.yml"
    file.write_text(file.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert fingerprint(root) != before
