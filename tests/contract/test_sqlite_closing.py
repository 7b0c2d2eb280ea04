"""A SQLite store that closes leaves no thread behind that would tell an event loop which is gone."""

import asyncio
import contextlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from sojourn.store.sqlite import SqliteDatabase

_SLOW = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 60000) SELECT count(*) FROM n")


@pytest.mark.parametrize("turns", range(6))
def test_a_read_that_was_cancelled_has_ended_when_the_store_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    failures: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    before = set(threading.enumerate())

    async def life() -> None:
        database = SqliteDatabase(tmp_path / "sojourn.db")
        await database.migrate()
        reads = [asyncio.create_task(database.rows(_SLOW)) for _ in range(3)]
        for _ in range(turns):  # each turn of the loop finds the reads at another step: connecting, reading
            await asyncio.sleep(0.001)
        for read in reads:
            read.cancel()
        with contextlib.suppress(BaseException):
            await asyncio.gather(*reads, return_exceptions=True)
        await database.close()

    asyncio.run(life())
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if "_connection_worker" in thread.name], left
    assert not failures, failures
