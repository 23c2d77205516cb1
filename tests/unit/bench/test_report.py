"""How a figure is told."""

from bench.report import Figure, Target, table


def test_columns_stand_under_their_heads():
    lines = table([["", "p50"], ["ours", "5 ms"], ["theirs", "12 ms"]])

    assert lines == ["          p50", "-------------", "ours     5 ms", "theirs  12 ms"]


def test_a_target_says_plainly_whether_it_was_met():
    figure = Figure("A turn", ["", "p50"], [["ours", "5 ms"]])
    figure.targets += [Target("at most 6 ms", "5 ms", met=True), Target("at most 4 ms", "5 ms", met=False)]

    said = figure.text()

    assert "PASS: at most 6 ms; measured 5 ms" in said
    assert "BELOW TARGET: at most 4 ms; measured 5 ms" in said
