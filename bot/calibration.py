"""Makes confidence mean something: a probability, a line below which the bot asks again, and one above which
a quick look was enough.

All are found on sentences that the model did not learn from.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import minimize_scalar

from bot.regression import softmax

ABOUT = 0.005  # of the examples: a gain that differs by less is the same


@dataclass(frozen=True)
class Line:
    """Sure is: at least `threshold`, and `margin` more than the second guess."""

    threshold: float
    margin: float

    def is_passed(self, first: float, second: float) -> bool:
        return first >= self.threshold and first - second >= self.margin


def best_temperature(scores: np.ndarray, classes: np.ndarray, gold: np.ndarray) -> float:
    """What to divide the scores by so that, of all guesses at 0.8, eight in ten are right."""
    right = np.searchsorted(classes, gold)
    rows = np.arange(len(gold))

    def surprise(logarithm: float) -> float:
        return float(-np.log(softmax(scores / np.exp(logarithm))[rows, right] + 1e-12).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-3, 3), method="bounded").x))


def best_line(chances: np.ndarray, classes: np.ndarray, gold: np.ndarray, wrong_costs: float) -> Line:
    """The line at which right answers, less the wrong ones at their cost, are most.

    Of lines that are about as good the lowest: their difference is chance, and asking again is a nuisance.
    """
    ordered = np.sort(chances, axis=1)
    first = ordered[:, -1]
    ahead = first - ordered[:, -2] if chances.shape[1] > 1 else first
    worth = np.where(classes[chances.argmax(axis=1)] == gold, 1.0, -wrong_costs)
    gains = {
        Line(threshold / 100, margin / 100): float(worth[(first >= threshold / 100) & (ahead >= margin / 100)].sum())
        for threshold, margin in product(range(20, 76, 2), range(0, 30, 5))
    }
    about_as_good = max(gains.values()) - ABOUT * len(gold)
    candidates = [line for line, gain in gains.items() if gain >= about_as_good]
    return min(candidates, key=lambda line: (line.threshold + line.margin, line.threshold))


def sure_enough(first: np.ndarray, second: np.ndarray, classes: np.ndarray, gold: np.ndarray) -> float:
    """From which confidence on the first judge may decide alone: the lowest at which it is right about as often."""
    sure = first.max(axis=1)
    lost = (classes[second.argmax(axis=1)] == gold).astype(int) - (classes[first.argmax(axis=1)] == gold)
    candidates = (percent / 100 for percent in range(50, 100))
    return next((line for line in candidates if lost[sure >= line].sum() <= ABOUT * len(gold)), 1.0)
