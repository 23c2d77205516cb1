"""Adds to a number that is kept, and begins with it when it is the first."""

from collections.abc import Callable, Collection, Mapping
from functools import lru_cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_Upsert = sqlite.Insert | postgresql.Insert
_INSERTS: dict[str, Callable[[Table], _Upsert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add(db: Connection, table: Table, key: Mapping[str, object], measures: Collection[str], by: int = 1) -> None:
    """Each of the measures `by` more in the row with this key."""
    if measures:
        statement = _growing(db.dialect.name, table, tuple(key), tuple(measures))
        db.execute(statement, {**key, **dict.fromkeys(measures, by)})


@lru_cache(maxsize=1000)
def _growing(dialect: str, table: Table, key: tuple[str, ...], measures: tuple[str, ...]) -> _Upsert:
    """Built once, as all that is said for every message."""
    new = _INSERTS[dialect](table)
    grown = {measure: table.c[measure] + new.excluded[measure] for measure in measures}
    return new.on_conflict_do_update(index_elements=list(key), set_=grown)
