"""The tf-idf features of one sentence, read from what a TfidfVectorizer learned.

The vectorizer itself is made for thousands of texts at once: for one sentence it checks
and copies for a millisecond, and there are two of them.
"""

from collections import Counter

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer


class Terms:
    """Gives what `transform` gives, of a vectorizer with `sublinear_tf` and the usual l2 norm."""

    def __init__(self, vectorizer: TfidfVectorizer) -> None:
        self._analyse = vectorizer.build_analyzer()
        self._places: dict[str, int] = vectorizer.vocabulary_
        self._rarity: np.ndarray = vectorizer.idf_
        self.number = len(self._places)

    def of(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Where the features of this sentence stand, and their values."""
        times = Counter(place for term in self._analyse(text) if (place := self._places.get(term)) is not None)
        places = np.fromiter(times, dtype=np.int32, count=len(times))
        values = (1 + np.log(np.fromiter(times.values(), dtype=np.float32, count=len(times)))) * self._rarity[places]
        return places, values / (np.linalg.norm(values) or 1)


def side_by_side(text: str, *kinds: Terms) -> csr_matrix:
    """One row: the features of each kind after those of the one before."""
    before = np.cumsum([0, *(kind.number for kind in kinds)])
    found = [kind.of(text) for kind in kinds]
    places = np.concatenate([places + start for (places, _), start in zip(found, before, strict=False)])
    values = np.concatenate([values for _, values in found]).astype(np.float32)
    return csr_matrix((values, places, [0, len(places)]), shape=(1, before[-1]))
