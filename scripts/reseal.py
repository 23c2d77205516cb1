"""Seals all that is kept with the first of ENCRYPTION_KEYS (`python -m scripts.reseal`).

Run it after a new key was put in front; when it is done the old keys may go. What was
kept before anything was sealed gets sealed too. The house may go on meanwhile, and it
may be broken off and run again.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, Text, select, tuple_, update
from sqlalchemy.exc import SQLAlchemyError

import citizens.tables  # noqa: F401 – what it keeps is found among all tables
from conversations.database import connect, migrate, writing
from conversations.handover_tables import handovers, notes
from conversations.tables import attachments, metadata
from filings import task_tables  # noqa: F401 – likewise
from filings.sealing import opened, seal
from filings.tables import drafts, filings, follow_changes, follows
from settings import SettingsError, load
from vault import CannotOpen, Vault, vault_of

BATCH = 10  # photos are large, and nobody else writes to SQLite meanwhile
JSON_COLUMNS = {
    filings: ("payload", "result"),
    follows: ("seen",),
    follow_changes: ("content",),
    drafts: ("answers",),
}
TEXT_COLUMNS = {handovers: "card", notes: "text"}  # and every column that is called `sealed`


def reseal(engine: Engine, vault: Vault) -> int:
    """The number of rows that hold something sealed. Raises CannotOpen when a key is missing."""
    return sum(_reseal(engine, vault, table) for table in _tables())


def _tables() -> Iterator[Table]:
    yield attachments
    yield from JSON_COLUMNS
    yield from TEXT_COLUMNS
    yield from (table for table in metadata.sorted_tables if _holds_sealed_text(table))


def _holds_sealed_text(table: Table) -> bool:
    return "sealed" in table.c and isinstance(table.c.sealed.type, Text)


def _reseal(engine: Engine, vault: Vault, table: Table) -> int:
    done, last = 0, None
    while True:
        with writing(engine) as db:
            rows = _next(db, table, last)
            for row in rows:
                values = _sealed_again(vault, table, row)
                if values:
                    db.execute(update(table).where(_key(table) == tuple_(*_key_of(table, row))).values(values))
                    done += 1
        if not rows:
            return done
        last = _key_of(table, rows[-1])


def _next(db: Connection, table: Table, last: tuple[Any, ...] | None) -> list[Row[Any]]:
    query = select(table).order_by(*table.primary_key).limit(BATCH).with_for_update()
    if last is not None:
        query = query.where(_key(table) > tuple_(*last))
    return list(db.execute(query))


def _key(table: Table) -> Any:
    return tuple_(*table.primary_key)


def _key_of(table: Table, row: Row[Any]) -> tuple[Any, ...]:
    return tuple(row._mapping[column] for column in table.primary_key)


def _sealed_again(vault: Vault, table: Table, row: Row[Any]) -> Mapping[str, object]:
    if table is attachments:
        content = vault.open_bytes(row.content) if row.sealed else row.content
        return {"content": vault.seal_bytes(content), "sealed": True}
    if table in JSON_COLUMNS:
        held = {name: row._mapping[name] for name in JSON_COLUMNS[table] if row._mapping[name] is not None}
        return {name: seal(vault, opened(vault, stored)) for name, stored in held.items()}
    name = TEXT_COLUMNS.get(table, "sealed")
    sealed = row._mapping[name]
    return {} if sealed is None else {name: vault.seal(vault.open(sealed))}


def main() -> None:
    try:
        settings = load()
        vault = vault_of(settings)
        migrate(settings.database_url)
        count = reseal(connect(settings.database_url), vault)
    except (SettingsError, SQLAlchemyError, CannotOpen) as error:
        sys.exit(f"reseal: {error}")
    print(f"{count} rows are sealed with the first of ENCRYPTION_KEYS")


if __name__ == "__main__":
    main()
