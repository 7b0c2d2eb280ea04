"""The hot reads, and the writes of a sign-in, stay as quick with a million rows as with one."""

import sqlite3
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

from sojourn.store.opening import open_store
from sojourn.store.sql.database import Prepared
from sojourn.store.sql.hot_reads import HotReads
from sojourn.store.sql.hot_writes import HotWrites

_DIALECT = SQLiteDialect_aiosqlite(paramstyle="qmark")
_HOT = [HotReads.compiled(_DIALECT), HotWrites.compiled(_DIALECT)]


@pytest.mark.parametrize(("hot", "name"), [(hot, each.name) for hot in _HOT for each in fields(hot)])
async def test_a_hot_statement_finds_its_rows_by_an_index_that_names_few(
    hot: HotReads | HotWrites, name: str, tmp_path: Path
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/sojourn.db")
    await store.migrate()
    await store.close()
    read: Prepared = getattr(hot, name)
    with sqlite3.connect(tmp_path / "sojourn.db") as database:
        plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {read.text}", ["x"] * len(read.names))]
    assert plan
    for step in plan:
        assert not step.startswith("SCAN"), plan
        assert not step.endswith("(instance_id=?)"), plan
