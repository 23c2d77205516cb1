"""Where the bars of a chart stand; the template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 640, 180
GAP = 0.2  # of a bar's room


@dataclass(frozen=True)
class Bar:
    """`is_hidden`: there is something, and how much is not told."""

    label: str
    x: float
    y: float
    width: float
    height: float
    is_hidden: bool


@dataclass(frozen=True)
class Chart:
    bars: tuple[Bar, ...]
    top: float  # what the highest bar stands for

    width = WIDTH
    height = HEIGHT


def bars(points: Sequence[tuple[str, float | None]]) -> Chart:
    top = max((value for _, value in points if value is not None), default=0.0)
    room = WIDTH / max(len(points), 1)
    drawn = []
    for place, (label, value) in enumerate(points):
        height = HEIGHT * value / top if value and top else 0.0
        x = place * room + room * GAP / 2
        drawn.append(
            Bar(label, _short(x), _short(HEIGHT - height), _short(room * (1 - GAP)), _short(height), value is None)
        )
    return Chart(tuple(drawn), top)


def _short(length: float) -> float:
    return round(length, 1)
