import numpy as np
import pytest
from scipy.sparse import csr_matrix

from bot.calibration import Line, best_line, best_temperature, sure_enough
from bot.regression import learn, softmax

CLASSES = np.array(["a", "b"])


def test_scores_that_are_too_sure_are_cooled_until_they_are_as_sure_as_they_are_right() -> None:
    gold = np.array(["a"] * 8 + ["b"] * 2)
    scores = np.array([[20.0, 0.0]] * 10)  # says 100 % a, right 8 times in 10

    chances = softmax(scores / best_temperature(scores, CLASSES, gold))

    assert abs(chances[0, 0] - 0.8) < 0.02


def test_the_line_lies_where_more_guesses_are_right_than_wrong() -> None:
    sure, doubtful = [[0.95, 0.05]] * 10, [[0.55, 0.45]] * 10
    gold = np.array(["a"] * 10 + ["b"] * 8 + ["a"] * 2)

    line = best_line(np.array(sure + doubtful), CLASSES, gold, wrong_costs=1.5)

    assert line.threshold + 1e-9 > 0.55 or line.margin > 0.1
    assert line.threshold <= 0.95


@pytest.mark.parametrize(
    ("first", "second", "sure"), [(0.9, 0.05, True), (0.45, 0.1, False), (0.55, 0.4, False), (0.65, 0.3, True)]
)
def test_sure_is_likely_enough_and_far_enough_ahead(first: float, second: float, sure: bool) -> None:
    assert Line(threshold=0.5, margin=0.2).is_passed(first, second) is sure


def test_nothing_is_refused_when_everything_is_right() -> None:
    chances = np.array([[0.9, 0.1], [0.3, 0.7]])

    assert best_line(chances, CLASSES, np.array(["a", "b"]), wrong_costs=1.5) == Line(0.2, 0.0)


def test_the_first_judge_decides_alone_where_it_is_right_as_often() -> None:
    gold = np.array(["a"] * 100)
    first = np.array([[0.95, 0.05]] * 60 + [[0.2, 0.8]] * 40)  # right when it is very sure, else wrong
    second = np.array([[0.7, 0.3]] * 100)

    assert sure_enough(first, second, CLASSES, gold) == 0.81


def test_a_first_judge_that_is_wrong_when_it_is_sure_never_decides_alone() -> None:
    first, second = np.array([[0.005, 0.995]] * 10), np.array([[0.7, 0.3]] * 10)

    assert sure_enough(first, second, CLASSES, np.array(["a"] * 10)) == 1.0


def test_the_regression_learns_from_both_parts_of_the_features() -> None:
    sparse = csr_matrix(np.array([[1, 0], [0, 1], [0, 0], [0, 0]], dtype=np.float32))
    dense = np.array([[0.0], [0.0], [1.0], [-1.0]], dtype=np.float32)

    weights = learn(sparse, dense, np.array(["a", "b", "a", "b"]), looseness=50)

    assert list(weights.classes[weights.scores(sparse, dense).argmax(axis=1)]) == ["a", "b", "a", "b"]
