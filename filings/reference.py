"""References that a citizen can read from a screen and say on the phone, such as M-7K3P-92QX.

No 0 and O, no 1 and I; and no vowels, so that no reference is a word.
"""

import secrets

ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"  # 28 characters: eight of them are 38 bits
GROUP = 4


def new_reference(kind: str) -> str:
    """The first letter tells what it is about."""
    letters = [secrets.choice(ALPHABET) for _ in range(2 * GROUP)]
    return "-".join((_letter(kind), "".join(letters[:GROUP]), "".join(letters[GROUP:])))


def read_reference(text: str) -> str | None:
    """The reference as it is stored, whatever spaces, hyphens and capitals somebody typed; None when it is none."""
    kept = "".join(character for character in text.upper() if character.isalnum())
    if len(kept) != 1 + 2 * GROUP or any(character not in ALPHABET for character in kept[1:]):
        return None
    return "-".join((kept[0], kept[1 : 1 + GROUP], kept[1 + GROUP :]))


def _letter(kind: str) -> str:
    first = kind[:1].upper()
    return first if first.isascii() and first.isalpha() and first not in "OI" else "A"
