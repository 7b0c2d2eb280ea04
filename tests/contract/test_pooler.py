"""PostgreSQL behind PgBouncer, as hosted databases hand it out: few connections of its own, and another one for each transaction."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from sojourn.errors import IdentifierTaken
from sojourn.ids import InstanceId
from sojourn.store.interface import Page, Store, UserFilter
from sojourn.store.opening import open_store
from sojourn.store.sql.store import SqlStore
from sojourn.testing.databases import PostgresServer
from tests.ports import free_port
from tools.debian import program

from .values import a_user

_IGNORED = "statement_timeout, synchronous_commit, idle_in_transaction_session_timeout"
_SERVERS = {"transaction": 2, "session": 60}
"""Connections to the database: in session mode each client keeps one for itself."""


@dataclass(frozen=True)
class Pooled:
    mode: str
    ignored: str


WAYS = [Pooled("transaction", ""), Pooled("transaction", _IGNORED), Pooled("session", ""), Pooled("session", _IGNORED)]
"""As installed it refuses settings at the start of a session; many are told to swallow them instead."""


@contextmanager
def _pooler(server: PostgresServer, folder: Path, way: Pooled) -> Iterator[str]:
    """The address of a running PgBouncer."""
    (host,) = parse_qs(urlsplit(server.url()).query)["host"]
    port = free_port()
    folder.chmod(0o755)  # it does not run as root
    (folder / "users.txt").write_text('"postgres" ""\n')
    settings = {
        "listen_addr": "127.0.0.1", "listen_port": port, "unix_socket_dir": "", "auth_type": "trust",
        "auth_file": folder / "users.txt", "pool_mode": way.mode, "default_pool_size": _SERVERS[way.mode],
        "ignore_startup_parameters": way.ignored,
    }  # fmt: skip
    lines = [f"{name} = {value}" for name, value in settings.items()]
    written = folder / "pgbouncer.ini"
    written.write_text(f"[databases]\npostgres = host={host} user=postgres\n[pgbouncer]\n" + "\n".join(lines) + "\n")
    command = program("pgbouncer")
    assert command is not None, "python -m tools.debian installs it"
    owner = Path(host).owner()  # who can reach its socket
    running = subprocess.Popen([command, "-q", "-u", owner, str(written)], stderr=subprocess.DEVNULL)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres?sslmode=disable&channel_binding=prefer"
    finally:
        running.terminate()
        running.wait()


@pytest.fixture(params=WAYS, ids=str)
async def nodes(request: pytest.FixtureRequest, postgres: PostgresServer) -> AsyncIterator[list[Store]]:
    await postgres.empty("postgres")
    with TemporaryDirectory() as folder, _pooler(postgres, Path(folder), request.param) as url:
        opened = [open_store(url), open_store(url)]
        for each in opened:
            await each.migrate()
        yield opened
        for each in opened:
            await each.close()


async def test_two_nodes_share_a_database_behind_a_pooler(nodes: list[Store], instance_id: InstanceId) -> None:
    people = [a_user(instance_id, f"person{n}@example.com") for n in range(12)]
    by_turns = [nodes[n % 2] for n in range(12)]
    await asyncio.gather(*(node.users.create(user) for node, user in zip(by_turns, people, strict=True)))

    async def ask(node: Store, n: int) -> None:
        assert await node.users.find(instance_id, people[n].id) == people[n]
        assert len(await node.users.list(instance_id, UserFilter(), Page(limit=50))) == 12
        with pytest.raises(IdentifierTaken):
            await node.users.create(a_user(instance_id, f"person{n}@example.com"))

    for _ in range(3):
        await asyncio.gather(*(ask(node, n) for n, node in enumerate(reversed(by_turns))))


async def test_a_transaction_behind_a_pooler_has_its_guards(nodes: list[Store]) -> None:  # R-REL-01, R-LIM-08
    store = nodes[0]
    assert isinstance(store, SqlStore)
    names = ("synchronous_commit", "statement_timeout", "idle_in_transaction_session_timeout", "application_name")
    async with store._database.transaction() as transaction:  # pyright: ignore[reportPrivateUsage]
        found = [await transaction.rows(text(f"SELECT current_setting('{name}')")) for name in names]
    assert [rows[0][0] for rows in found] == ["on", "4500ms", "15s", "sojourn"]
