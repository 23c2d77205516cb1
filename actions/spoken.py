"""Writes hours and lists the way a text of ours does."""

from collections.abc import Iterable, Sequence
from datetime import time

from city_node import Period


def clock_time(clock: time) -> str:
    return f"{clock.hour}.{clock.minute:02}"


def periods_said(periods: Sequence[Period]) -> str:
    """9.00–12.00 en 13.30–16.30 uur"""
    return listed([f"{clock_time(p.opens)}–{clock_time(p.closes)}" for p in periods]) + " uur"


def listed(items: Iterable[str]) -> str:
    """a, b en c"""
    *first, last = items
    return f"{', '.join(first)} en {last}" if first else last
