"""The attests that this city delivers, and what it must know for each of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("attest-types.json")
REASONS = ("school", "werk", "huur", "bank", "buitenland", "huwelijk", "andere")
LANGUAGES = ("nl", "fr", "de", "en")
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "reden": REASONS,
    "taal": LANGUAGES,
    "historiek": ("geen", "deze_gemeente", "volledig"),
    "vorm": ("afschrift", "uittreksel"),
    "model": ("595", "596.1", "596.2"),
}
YES_OR_NO = frozenset({"met_oog_op_huwelijk", "met_afstamming", "meertalig_modelformulier"})
DAYS = frozenset({"datum_huwelijk", "datum_overlijden"})
LONGEST = 200


@dataclass(frozen=True)
class AttestType:
    """`fields`: all of them must be in an order. `needs`: what the register must know, or an official looks at it."""

    code: str
    name: str
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    for_whom: tuple[str, ...]
    delivery: tuple[str, ...]
    is_free: bool | None

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "naam": self.name,
            "velden": list(self.fields),
            "voorWie": list(self.for_whom),
            "levering": list(self.delivery),
            "gratis": self.is_free,
            "loginVereist": bool(self.fields),
        }


@lru_cache(maxsize=1)
def attest_types() -> dict[str, AttestType]:
    return {entry["code"]: _type(entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))}


def _type(entry: Mapping[str, Any]) -> AttestType:
    return AttestType(
        code=entry["code"],
        name=entry["naam"],
        fields=tuple(entry["velden"]),
        needs=tuple(entry["nodig"]),
        for_whom=tuple(entry["voorWie"]),
        delivery=tuple(entry["levering"]),
        is_free=entry["gratis"],
    )
