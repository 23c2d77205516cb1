from pathlib import Path

import numpy as np
import pytest

from bot import vectors


@pytest.fixture(autouse=True)
def own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(vectors, "CACHE", tmp_path / "vectors.npz")
    vectors._known.cache_clear()
    return tmp_path / "vectors.npz"


def test_sentences_that_mean_the_same_lie_closer() -> None:
    pass_, passport, tile = vectors.of_training(["mijn reispas is verlopen", "nieuw paspoort nodig", "losse tegel"])

    assert pass_ @ passport > pass_ @ tile


def test_a_vector_from_the_file_is_the_vector_that_was_computed(own_file: Path) -> None:
    computed = vectors.of_training(["hallo", "dag"])
    vectors._known.cache_clear()

    assert own_file.is_file()
    np.testing.assert_array_equal(vectors.of_training(["dag", "hallo"]), computed[::-1])


def test_a_broken_file_is_computed_anew(own_file: Path) -> None:
    own_file.write_bytes(b"half a file")

    assert vectors.of_training(["hallo"]).shape == (1, vectors.SIZE)


def test_answering_and_training_see_the_same_vector() -> None:
    np.testing.assert_allclose(vectors.vector("goeiedag"), vectors.of_training(["goeiedag"])[0], atol=1e-5)
