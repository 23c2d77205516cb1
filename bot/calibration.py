"""Makes confidence mean something: a probability, and a line below which the bot asks again.

Both are found on sentences that the model did not learn from.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy.optimize import minimize_scalar

from bot.regression import softmax


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
    """The line at which right answers, less the wrong ones at their cost, are most. The lowest of equals."""
    ordered = np.sort(chances, axis=1)
    first = ordered[:, -1]
    ahead = first - ordered[:, -2] if chances.shape[1] > 1 else first
    right = classes[chances.argmax(axis=1)] == gold
    worth = np.where(right, 1.0, -wrong_costs)

    def gain(line: Line) -> float:
        return float(worth[(first >= line.threshold) & (ahead >= line.margin)].sum())

    candidates = (
        Line(threshold / 100, margin / 100) for threshold, margin in product(range(20, 75, 5), range(0, 30, 5))
    )
    return max(candidates, key=lambda line: (gain(line), -line.threshold, -line.margin))
