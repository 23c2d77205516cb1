"""Token buckets: how often somebody may do something.

They live in memory, so each front process counts its own: with N fronts the limit is
at most N times as wide, which is fine for what it protects.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

MANY = 10_000  # buckets, before those that have filled up again are thrown away


@dataclass
class _Bucket:
    tokens: float
    at: float


class Limit:
    """`per_minute` on average, and as many at once after a minute of silence."""

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute, self._now = per_minute, now
        self._buckets: dict[str, _Bucket] = {}

    def wait(self, key: str, cost: int = 1) -> int:
        """Takes so many. Zero, or the whole seconds after which they may be taken."""
        bucket = self._filled(key)
        missing = min(cost, self._per_minute) - bucket.tokens
        if missing > 0:
            return math.ceil(missing * 60 / self._per_minute)
        bucket.tokens -= cost
        return 0

    def _filled(self, key: str) -> _Bucket:
        now = self._now()
        if len(self._buckets) > MANY:
            self._forget_full(now)
        bucket = self._buckets.setdefault(key, _Bucket(self._per_minute, now))
        bucket.tokens, bucket.at = self._level(bucket, now), now
        return bucket

    def _level(self, bucket: _Bucket, now: float) -> float:
        return min(self._per_minute, bucket.tokens + (now - bucket.at) * self._per_minute / 60)

    def _forget_full(self, now: float) -> None:
        self._buckets = {k: b for k, b in self._buckets.items() if self._level(b, now) < self._per_minute}
