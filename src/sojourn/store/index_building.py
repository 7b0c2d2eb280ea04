"""Builds late indexes and the search table while the server runs, in short steps that are safe to repeat."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Dialect

from sojourn.store.sql.late_indexes import (
    FILLS,
    INDEXES,
    SEARCH,
    SEARCH_IS_FILLED,
    SEARCH_TABLES,
    TRIGRAM_FUNCTION,
    TRIGRAM_INDEXES,
    Built,
    trigrams_are_known,
)
from sojourn.store.sqlite_forking import OpenFile

_BUSY_SECONDS = 5
_USERS_A_STEP = 200
_PAUSE = 0.05
"""Seconds between two steps, in which other writers get their turn."""

_OTHERS_PAUSE = 5.0
"""Seconds until the next check of whether another node has finished building."""

_ANSWERED = "SELECT name FROM sqlite_master WHERE type = 'index'"

VALID = """SELECT index.relname FROM pg_index JOIN pg_class AS index ON index.oid = pg_index.indexrelid
 WHERE pg_index.indisvalid AND pg_table_is_visible(index.oid)"""
_STARTED = "SELECT 1 FROM pg_class WHERE relkind = 'i' AND relname = $1 AND pg_table_is_visible(oid)"
_ALONE = "SELECT pg_try_advisory_xact_lock(7307318)"
"""An advisory lock, held by a transaction that does nothing else.

Index builds run outside transactions, and two at once would deadlock.
"""


def built_in_sqlite(connection: sqlite3.Connection) -> set[str]:
    found = {str(row[0]) for row in connection.execute(_ANSWERED)}
    if connection.execute("PRAGMA user_version").fetchone()[0]:
        found.add(SEARCH)
    return found


@dataclass(slots=True)
class SqliteBuilding:
    """The steps of one process; another process may run the same steps."""

    file: OpenFile
    dialect: Dialect
    prepare: Callable[[sqlite3.Connection], sqlite3.Connection]
    _filled_to: str = ""

    def step(self, built: Built) -> float | None:
        """One transaction, in a thread. Raises: sqlite3.Error."""
        with self.file.beside(self._connect) as connection:
            built.are(built_in_sqlite(connection))
            missing = [index for index in INDEXES if not built.has(index.name)]
            if missing:
                connection.execute(missing[0].statement(self.dialect))
                built.names.add(missing[0].name)
                return _PAUSE
            if built.has(SEARCH) or not self._can_search(connection):
                return None
            connection.execute("BEGIN IMMEDIATE")
            for statement in SEARCH_TABLES:
                connection.execute(statement)
            if self._fill(connection):
                built.names.add(SEARCH)
            connection.execute("COMMIT")
            return _PAUSE

    def _connect(self) -> sqlite3.Connection:
        return self.prepare(sqlite3.connect(self.file.path, timeout=_BUSY_SECONDS))

    def _can_search(self, connection: sqlite3.Connection) -> bool:
        modules = (str(row[0]) for row in connection.execute("SELECT name FROM pragma_module_list"))
        return trigrams_are_known(sqlite3.sqlite_version, modules)

    def _fill(self, connection: sqlite3.Connection) -> bool:
        """Copy the next users into the search table. Returns True after the last ones."""
        some = "SELECT json_group_array(id), max(id) FROM (SELECT id FROM users WHERE id > ? ORDER BY id LIMIT ?)"
        ids, last = connection.execute(some, (self._filled_to, _USERS_A_STEP)).fetchone()
        if last is None:
            connection.execute(SEARCH_IS_FILLED)
            return True
        for statement in FILLS:
            connection.execute(statement, (ids,))
        self._filled_to = last
        return False


class _Connection(Protocol):
    async def fetch(self, query: str, *args: object) -> Sequence[Sequence[object]]: ...
    async def execute(self, query: str) -> object: ...


async def postgres_step(connection: _Connection, guard: _Connection, dialect: Dialect, built: Built) -> float | None:
    """Build one index concurrently, outside a transaction. `guard` has a transaction open."""
    if not (await guard.fetch(_ALONE))[0][0]:
        return _OTHERS_PAUSE
    await guard.execute(
        "SELECT 1"
    )  # otherwise the snapshot of the previous statement stays open, and the build waits for it
    built.are(str(row[0]) for row in await connection.fetch(VALID))
    missing = [wanted for wanted in (*INDEXES, *TRIGRAM_INDEXES) if not built.has(wanted.name)]
    if not missing:
        return None
    index = missing[0]
    if await connection.fetch(_STARTED, index.name):  # left invalid by a node that was stopped during the build
        await connection.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
    if index in TRIGRAM_INDEXES:
        await connection.execute(TRIGRAM_FUNCTION)
    await connection.execute(index.statement(dialect, concurrently=True))
    return _PAUSE
