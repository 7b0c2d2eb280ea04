"""`sojourn migrate`: update the database schema."""

import asyncio
from typing import TYPE_CHECKING

from sojourn.cli.runtime import Data, DatabaseUrl, configured

if TYPE_CHECKING:
    from sojourn.store.interface import Store


def migrate(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Update the database schema and build its indexes. Safe to repeat; the previous release still runs on the new schema."""
    target = configured(data, database_url)

    async def run() -> None:
        from sojourn.store.opening import open_store

        store = open_store(target.database_url)
        try:
            await store.migrate()
            await _built(store)
        finally:
            await store.close()

    asyncio.run(run())
    print("The database is up to date.")


async def _built(store: "Store") -> None:
    pause: float | None = 0
    while pause is not None:
        await asyncio.sleep(pause)
        pause = await store.build()
