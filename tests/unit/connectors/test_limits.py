from hypothesis import given
from hypothesis import strategies as st

from connectors.limits import MANY, Limit


class Watch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_minutes_worth_may_come_at_once_and_then_one_by_one() -> None:
    watch = Watch()
    limit = Limit(20, watch)

    assert [limit.wait("a") for _ in range(21)] == [0] * 20 + [3]

    watch.seconds += 3
    assert limit.wait("a") == 0
    assert limit.wait("a") == 3


def test_everybody_has_a_bucket_of_his_own() -> None:
    limit = Limit(1, Watch())

    assert limit.wait("a") == 0
    assert limit.wait("a") == 60
    assert limit.wait("b") == 0


def test_buckets_that_filled_up_again_are_forgotten() -> None:
    watch = Watch()
    limit = Limit(1, watch)
    for n in range(MANY + 1):
        limit.wait(str(n))

    watch.seconds += 60
    limit.wait("one more")

    assert len(limit._buckets) == 1


@given(st.lists(st.floats(0, 30), max_size=200))
def test_no_minute_lets_through_more_than_twice_the_rate(pauses: list[float]) -> None:
    watch, passed = Watch(), []
    limit = Limit(10, watch)
    for pause in pauses:
        watch.seconds += pause
        if limit.wait("a") == 0:
            passed.append(watch.seconds)

    for start in passed:
        assert sum(start <= moment < start + 60 for moment in passed) <= 20
