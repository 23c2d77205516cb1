"""Adds to a number that is kept, and begins with it when it is the first."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

_Upsert = sqlite.Insert | postgresql.Insert
_INSERTS: dict[str, Callable[[Table], _Upsert]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def add(db: Connection, table: Table, key: Mapping[str, object], measures: Collection[str], by: int = 1) -> None:
    """Each of the measures `by` more in the row with this key."""
    if not measures:
        return
    new = _INSERTS[db.dialect.name](table).values(**key, **dict.fromkeys(measures, by))
    grown = {measure: table.c[measure] + new.excluded[measure] for measure in measures}
    db.execute(new.on_conflict_do_update(index_elements=list(key), set_=grown))
