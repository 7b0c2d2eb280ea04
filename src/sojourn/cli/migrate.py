"""`sojourn migrate`: bring the database up to date."""

import asyncio

from sojourn.cli.opened import Data, DatabaseUrl, configured


def migrate(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Bring the database up to date. Safe to repeat; the previous release still runs on the new schema."""
    target = configured(data, database_url)

    async def run() -> None:
        from sojourn.store.opening import open_store

        store = open_store(target.database_url)
        try:
            await store.migrate()
        finally:
            await store.close()

    asyncio.run(run())
    print("The database is up to date.")
