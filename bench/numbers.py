"""Medians, percentiles, and how they are written."""

from collections.abc import Sequence
from statistics import median

__all__ = ["bytes_text", "median", "ms", "percentile", "ratio"]


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share (0…1) of all values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1000:.1f} ms"


def ratio(ours: float, theirs: float) -> float:
    return ours / theirs if theirs else 0.0


def bytes_text(size: float) -> str:
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.0f} MB"
