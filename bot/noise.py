"""Spoils examples the way people do: typos, dropped letters, SMS spelling, dialect, no punctuation.

The classifier learns from the spoilt copies beside the originals. The same sentence is always
spoilt in the same way, so that training again gives the same model.
"""

import random
import re
import zlib

_NEIGHBOURS = {
    "a": "zqs", "b": "vn", "c": "xv", "d": "sfe", "e": "rz", "f": "dg", "g": "fh", "h": "gj", "i": "uo", "j": "hk",
    "k": "jl", "l": "km", "m": "lp", "n": "bh", "o": "ip", "p": "om", "q": "a", "r": "et", "s": "qd", "t": "ry",
    "u": "yi", "v": "cb", "w": "xs", "x": "wc", "y": "tu", "z": "ae",
}  # fmt: skip
# How words sound in Flanders where `dutch.py` does not lead them back
_SOUNDS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"(?<=..)en$", "e"),
        (r"(?<=..)en$", "n"),
        (r"^h(?=..)", ""),
        (r"ij", "ie"),
        (r"ij", "i"),
        (r"ee", "ie"),
        (r"(?<=...)e$", ""),
        (r"(?<=..)([dfkpt])$", r"\1e"),
    ]
]
_PUNCTUATION = re.compile(r"[^\w\s]")
_VOWELS = set("aeiou")


def copies(text: str, number: int) -> list[str]:
    """So many spoilt copies of this sentence; fewer when spoiling it changed nothing."""
    chance = random.Random(zlib.crc32(text.encode()))
    spoilt = (_spoil(text, chance) for _ in range(number))
    return [copy for copy in dict.fromkeys(spoilt) if copy != text and copy.strip()]


def in_dialect(text: str) -> str:
    """The sentence as somebody spells it who writes as he speaks."""
    chance = random.Random(zlib.crc32(text.encode()) + 1)
    return " ".join(_sounding(word, chance) for word in text.lower().split())


def _sounding(word: str, chance: random.Random) -> str:
    possible = [(sound, spelling) for sound, spelling in _SOUNDS if sound.search(word)]
    if not possible or chance.random() < 0.4:
        return word
    sound, spelling = chance.choice(possible)
    return sound.sub(spelling, word)


def _spoil(text: str, chance: random.Random) -> str:
    words = _PUNCTUATION.sub("", text.lower()).split()
    for _ in range(max(1, len(words) // 4)):
        if not words:
            break
        index = chance.randrange(len(words))
        how = chance.choice([_swapped, _dropped, _doubled, _mistyped, _shortened, _shortened])
        words[index] = how(words[index], chance)
    if len(words) > 2 and chance.random() < 0.25:
        index = chance.randrange(len(words) - 1)
        words[index : index + 2] = [words[index] + words[index + 1]]
    return " ".join(words)


def _swapped(word: str, chance: random.Random) -> str:
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chance: random.Random) -> str:
    if len(word) < 4:
        return word
    at = chance.randrange(1, len(word))
    return word[:at] + word[at + 1 :]


def _doubled(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + word[at] + word[at:]


def _mistyped(word: str, chance: random.Random) -> str:
    at = chance.randrange(len(word))
    return word[:at] + chance.choice(_NEIGHBOURS.get(word[at], word[at])) + word[at + 1 :]


def _shortened(word: str, chance: random.Random) -> str:
    """SMS: the vowels inside a word go, each with some chance."""
    if len(word) < 4:
        return word
    inside = "".join(letter for letter in word[1:-1] if letter not in _VOWELS or chance.random() < 0.4)
    return word[0] + inside + word[-1]
