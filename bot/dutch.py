"""Brings Flemish as people type it closer to what the sentence vectors have read.

Dialect, SMS spelling and clitics ("kheb", "zijde", "tis", "mss") become standard words before
anything else looks at the text, while learning and while answering alike. It is a table
(`vlaams.yml`) and a few rules, on purpose: spelling correction brought nothing, and a wrong
correction hides what somebody meant.
"""

import re
import unicodedata
from pathlib import Path

from rasa.shared.utils.io import read_yaml_file

TABLE = Path(__file__).with_name("vlaams.yml")

_APOSTROPHES = re.compile(r"['’`´]")
_STRETCHED = re.compile(r"(.)\1{2,}")  # heeeel
_Y_FOR_IJ = re.compile(r"\b([bhmwz]|vr)y\b|(?<=[bdfghjklmnprvwz])y(?=[dfgkltvz]|s\b)")  # wy, vryheid, rybewys
_OA_FOR_AA = re.compile(r"oa(?!st|ch)")  # stroate, moandag; not toast, coach
_UU_FOR_UI = re.compile(r"uu(?=[sz])|(?<=\bb)uu(?=t)|\buu(?=t)")  # huus, buuten, uut; not minuut
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


def _table() -> dict[str, str]:
    entries: dict[str, str] = read_yaml_file(TABLE)
    return {variant: standard for standard, variants in entries.items() for variant in variants.split()}


_STANDARD = _table()


def standard(text: str) -> str:
    """The same words in standard spelling, in lower case."""
    text = unicodedata.normalize("NFKC", text).lower()
    text = _APOSTROPHES.sub("", text)
    text = _STRETCHED.sub(r"\1\1", text)
    text = _WORD.sub(lambda word: _STANDARD.get(word[0], word[0]), text)
    for sound, spelling in ((_Y_FOR_IJ, r"\1ij"), (_OA_FOR_AA, "aa"), (_UU_FOR_UI, "ui")):
        text = sound.sub(spelling, text)
    return _SPACE.sub(" ", text).strip()
