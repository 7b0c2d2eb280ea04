"""Every store, empty and up to date; `nodes` are two processes' views of one database."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.testing.databases import PostgresServer, running_postgres

_DATABASE = "postgres"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_postgres(autovacuum=False) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/sojourn.db"
    server: PostgresServer = request.getfixturevalue("postgres")
    await server.empty(_DATABASE)
    return server.url(_DATABASE)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = open_store(database_url)
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def nodes(store: Store, database_url: str) -> AsyncIterator[list[Store]]:
    """Two stores on the same database, as two machines have."""
    other = open_store(database_url)
    await other.migrate()
    yield [store, other]
    await other.close()


@pytest.fixture
def instance_id() -> InstanceId:
    return new_instance_id()
