"""Dutch and Flemish days and times: `read` takes them out of a text, `say` writes them. Decisions: docs/datums.md."""

from actions.moments.model import (
    BRUSSELS,
    OFFICE,
    Ambiguous,
    Found,
    Hours,
    Interval,
    Moment,
    Reason,
    as_json,
    from_json,
    merged,
    without,
)
from actions.moments.reading import read
from actions.moments.saying import say, say_day, say_time

__all__ = [
    "BRUSSELS",
    "OFFICE",
    "Ambiguous",
    "Found",
    "Hours",
    "Interval",
    "Moment",
    "Reason",
    "as_json",
    "from_json",
    "merged",
    "read",
    "say",
    "say_day",
    "say_time",
    "without",
]
