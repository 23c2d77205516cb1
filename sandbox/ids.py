"""Ids that stay the same between two runs, for whatever comes from city.yml."""

from uuid import UUID, uuid5

_NAMESPACE = UUID("8c0f6a34-5d0e-4f0e-9b5e-6c7d1f2a9e10")


def stable_id(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, "/".join(parts)))


def is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        UUID(value)
    except ValueError:
        return False
    return len(value) == 36
