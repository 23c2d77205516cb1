"""Puts the pieces of times together, and picks the meaning that fits the day and the opening hours."""

import re
from dataclasses import replace
from datetime import time
from functools import reduce
from itertools import product

from actions.moments.clocks import PART_HOURS, PART_WINDOWS
from actions.moments.model import Hours, Reason
from actions.moments.pieces import ClockPiece, Window

_NEGATED_BEFORE = re.compile(r"(?<![^ ])(?:niet|geen|behalve)(?: (?:in|op|om|de|s|liefst))* $")
_NEGATED_AFTER = re.compile(r"^ (?:(?:kan|past|lukt|gaat)(?: (?:ik|we|mij|me))* )?niet(?![^ ])")
_OPPOSITE = {
    "ochtend": Window(time(12), None),
    "voormiddag": Window(time(12), None),
    "namiddag": Window(None, time(11, 59)),
    "middag": Window(None, time(11, 59)),
    "avond": Window(None, time(17, 59)),
}


def fold(pieces: list[ClockPiece], rest: str, hours: Hours | None) -> ClockPiece | None:
    """One piece with all that the text says about times."""
    pieces = [_modified(piece, rest) for piece in pieces if piece.instant is None]
    if not pieces:
        return None
    parts = [piece for piece in pieces if piece.part]
    clocks = [_understood(piece, [part.part or "" for part in parts], hours) for piece in pieces if not piece.part]
    exact = [piece for piece in clocks if not piece.bounds]
    windows = clocks if exact else [*clocks, *parts]  # "vrijdagnamiddag om 3 uur" is 15.00, no more
    combined = [reduce(Window.__and__, options) for options in product(*(piece.options for piece in windows))]
    good = tuple(dict.fromkeys(window for window in combined if not window.is_empty))
    reason = next((piece.reason for piece in pieces + clocks if piece.reason), None)
    if not good:
        every = tuple(option for piece in windows for option in piece.options)
        return ClockPiece(every, reason=reason or Reason.CONTRADICTION)
    unclear = reason in (Reason.UNCLEAR, Reason.CONTRADICTION)
    return ClockPiece(good, reason=reason or Reason.MORNING_OR_AFTERNOON if len(good) > 1 or unclear else None)


def _modified(piece: ClockPiece, rest: str) -> ClockPiece:
    """The piece, or its opposite after "niet"."""
    if not (_NEGATED_BEFORE.search(rest[: piece.start]) or _NEGATED_AFTER.search(rest[piece.end :])):
        return piece
    if piece.part in _OPPOSITE:
        return replace(piece, options=(_OPPOSITE[piece.part],), part=None, bounds=True)
    return replace(piece, reason=Reason.UNCLEAR)


def _understood(piece: ClockPiece, parts: list[str], hours: Hours | None) -> ClockPiece:
    """Without the meanings that the part of the day or the opening hours rule out."""
    options = piece.options
    for part in parts:
        fitting = tuple(option for option in options if _inside(option, PART_HOURS[part]))
        if not fitting:
            return replace(piece, reason=Reason.CONTRADICTION, options=(*options, PART_WINDOWS[part]))
        options = fitting
    if not hours and not parts and piece.digital and piece.reason is None:
        options = options[:1]
    if len(options) > 1 and hours and piece.reason is not Reason.ON_OR_BEFORE:
        office = Window(hours.opens, hours.closes)
        sensible = [
            option
            for option in options
            if _inside(option, office) and (piece.bounds or option.earliest != hours.closes)
        ]
        options = tuple(sensible) or options
    return replace(piece, options=options)


def _inside(option: Window, frame: Window) -> bool:
    """Whether the limits that the option has lie within the frame; one minute is for "voor 17u"."""
    limits = [clock for clock in (option.earliest, option.latest) if clock is not None]
    return all(frame.earliest <= clock <= frame.latest for clock in limits if frame.earliest and frame.latest)
