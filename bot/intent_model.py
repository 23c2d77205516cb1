"""Tells intents apart: first by tf-idf of words and letters; where those leave doubt, by a sentence vector beside them.

Letters forgive typos, words are exact, and the sentence vector knows what a sentence means that
nobody gave as an example. It also costs five times the rest together, so it is asked only when the
others are not sure enough. The vector is standardised before it joins: raw, it drowns. Why these
and not DIET: docs/taal.md has the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import skops.io
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import StratifiedKFold

from bot import dutch, noise, regression, vectors
from bot.calibration import Line, best_line, best_temperature, sure_enough
from bot.regression import Regression, softmax
from bot.terms import Terms, side_by_side

HARMLESS = ["scipy.sparse._csr.csr_matrix"]  # the idf weights of a TfidfVectorizer
NOTHING = np.zeros((1, 0), dtype=np.float32)  # the meaning of a sentence, to who does not look at it


@dataclass(frozen=True)
class Options:
    copies: int = 1  # misspelt copies of each example; one in dialect comes with them
    looseness: float = 20.0  # inverse regularisation of the regression (C)
    vector_weight: float = 1.5  # of the sentence vector beside tf-idf
    folds: int = 3  # of the cross-validation that sets temperature and line
    wrong_costs: float = 1.0  # a wrong answer, in right answers; asking again costs nothing


@dataclass(frozen=True)
class Space:
    """Turns sentences in standard spelling into features."""

    words: TfidfVectorizer
    letters: TfidfVectorizer
    mean: np.ndarray
    scale: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], known: np.ndarray, vector_weight: float) -> "Space":
        """`known`: the vectors of what these sentences mean."""
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, token_pattern=r"\w+", sublinear_tf=True, dtype=np.float32)
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True, dtype=np.float32)
        scale = vector_weight / np.sqrt(vectors.SIZE) / np.maximum(known.std(axis=0), 1e-6)
        return cls(words.fit(texts), letters.fit(texts), known.mean(axis=0), scale.astype(np.float32))

    def spelling(self, texts: Sequence[str]) -> csr_matrix:
        return hstack([self.words.transform(texts), self.letters.transform(texts)]).tocsr()

    def meaning(self, found: np.ndarray) -> np.ndarray:
        return (found - self.mean) * self.scale


@dataclass(frozen=True)
class Guess:
    label: str
    confidence: float


@dataclass(frozen=True)
class Judge:
    """Weighs features; of what it gives 80 %, eight in ten are right."""

    weights: Regression
    temperature: float

    def chances(self, spelling: csr_matrix, meaning: np.ndarray) -> np.ndarray:
        return softmax(self.weights.scores(spelling, meaning) / self.temperature)

    def stored(self) -> dict[str, Any]:
        return {"weights": vars(self.weights), "temperature": self.temperature}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Judge":
        return cls(Regression(**stored["weights"]), stored["temperature"])


@dataclass(frozen=True)
class IntentModel:
    """`first` looks at spelling alone and counts when `enough` sure; else `second`, which knows the meaning too."""

    space: Space
    first: Judge
    enough: float
    second: Judge
    line: Line

    @classmethod
    def learn(cls, texts: Sequence[str], labels: Sequence[str], options: Options) -> "IntentModel":
        """A model whose confidence is a probability. What that takes is found on sentences it did not learn."""
        standard = [dutch.standard(text) for text in texts]
        gold = np.array(labels)
        space, *weights = _fit(standard, gold, options)
        unseen = _unseen_scores(standard, gold, options)
        classes = weights[0].classes
        heat = [best_temperature(scores, classes, gold) for scores in unseen]
        first, second = (softmax(scores / degrees) for scores, degrees in zip(unseen, heat, strict=True))
        line = best_line(second, classes, gold, options.wrong_costs)
        enough = sure_enough(first, second, classes, gold)
        return cls(space, Judge(weights[0], heat[0]), enough, Judge(weights[1], heat[1]), line)

    def ranking(self, text: str) -> list[Guess]:
        """All labels, the most likely one first."""
        standard = dutch.standard(text)
        spelling = side_by_side(standard, *self._terms)
        chances = self.first.chances(spelling, NOTHING)[0]
        if chances.max() < self.enough:
            chances = self.second.chances(spelling, self.space.meaning(vectors.vector(standard)[None, :]))[0]
        order = np.argsort(-chances)
        return [Guess(str(self.first.weights.classes[index]), float(chances[index])) for index in order]

    @cached_property
    def _terms(self) -> tuple[Terms, Terms]:
        return Terms(self.space.words), Terms(self.space.letters)

    def is_sure(self, ranking: Sequence[Guess]) -> bool:
        return self.line.is_passed(ranking[0].confidence, ranking[1].confidence if len(ranking) > 1 else 0.0)

    def save(self, path: Path) -> None:
        judges = {"first": self.first.stored(), "enough": self.enough, "second": self.second.stored()}
        skops.io.dump({"space": vars(self.space), **judges, "line": vars(self.line)}, path)

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """Raises when the file holds anything but numbers, words and scikit-learn's own."""
        stored: dict[str, Any] = skops.io.load(path, trusted=HARMLESS)
        first, second = Judge.read(stored["first"]), Judge.read(stored["second"])
        return cls(Space(**stored["space"]), first, stored["enough"], second, Line(**stored["line"]))


def _fit(texts: Sequence[str], labels: np.ndarray, options: Options) -> tuple[Space, Regression, Regression]:
    """The weights without and with the meaning."""
    learned, meant, gold = _with_copies(texts, labels, options.copies)
    known = vectors.of_training(meant)
    space = Space.of(learned, known, options.vector_weight)
    spelling, meaning = space.spelling(learned), space.meaning(known)
    first = regression.learn(spelling, meaning[:, :0], gold, options.looseness)
    return space, first, regression.learn(spelling, meaning, gold, options.looseness)


def _with_copies(texts: Sequence[str], labels: np.ndarray, number: int) -> tuple[list[str], list[str], np.ndarray]:
    """What is learned, beside each sentence the one that it means, and its label.

    The vector of a sentence in dialect says little, and takes as long as any other: what it means is what it was.
    """
    learned: list[str] = []
    meant: list[str] = []
    gold: list[str] = []
    for text, label in zip(texts, labels, strict=True):
        versions = {text: text}
        if number:
            versions |= {copy: copy for copy in map(dutch.standard, noise.copies(text, number))}
            versions |= {dutch.standard(noise.in_dialect(text)): text}
        learned += versions.keys()
        meant += versions.values()
        gold += [label] * len(versions)
    return learned, meant, np.array(gold)


def _unseen_scores(texts: Sequence[str], labels: np.ndarray, options: Options) -> np.ndarray:
    """For each example the scores of a model that learned without it: without and with the meaning."""
    scores = np.zeros((2, len(texts), len(np.unique(labels))))
    folds = StratifiedKFold(options.folds, shuffle=True, random_state=7)
    for learned, held in folds.split(texts, labels):
        space, first, second = _fit([texts[index] for index in learned], labels[learned], options)
        unseen = [texts[index] for index in held]
        spelling, meaning = space.spelling(unseen), space.meaning(vectors.of_training(unseen))
        scores[0, held] = first.scores(spelling, meaning[:, :0])
        scores[1, held] = second.scores(spelling, meaning)
    return scores
