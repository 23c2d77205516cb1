from bench.numbers import ms, percentile


def test_a_percentile_is_a_value_that_was_measured():
    values = [float(number) for number in range(1, 101)]

    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([3.0], 0.99) == 3.0


def test_short_times_keep_a_decimal():
    assert ms(0.0042) == "4.2 ms"
    assert ms(0.0421) == "42 ms"
