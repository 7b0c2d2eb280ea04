"""A server that dies by kill -9 under load: what it acknowledged holds after the restart, and nothing is half done."""

import asyncio
import random
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from sojourn.testing.databases import running_postgres
from tests.cli.running import SOJOURN, call
from tests.ports import free_port
from tests.sdk.processes import Process

CYCLES = 5
_CALLERS = 4
_UNLIMITED = 'protection.rate_limits={"backend_api":[100000,1],"hashes":[100000,1]}'


@dataclass
class Account:
    """One user, as far as the server has said so; `unknown` is the step whose answer never came."""

    id: str = ""
    sessions: dict[str, str] = field(default_factory=dict[str, str])
    is_deleted: bool = False
    unknown: str = ""


@dataclass
class Load:
    """Callers that go on until the server is gone, and what they were told."""

    url: str
    secret_key: str
    accounts: list[Account] = field(default_factory=list[Account])
    told: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def backend(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        return httpx.Client(base_url=f"{self.url}/v1", headers=headers, timeout=30)

    def run(self, seed: int) -> None:
        chance = random.Random(seed)
        with self.backend() as backend:
            try:
                while True:
                    account = Account(unknown="create")
                    self.accounts.append(account)
                    self._live(backend, account, chance)
            except httpx.TransportError:  # it was killed
                return

    def _live(self, backend: httpx.Client, account: Account, chance: random.Random) -> None:
        name = f"killed{chance.getrandbits(64):x}@example.com"
        made = backend.post(
            "/users", json={"email_address": [name], "skip_password_requirement": True}
        ).raise_for_status()
        account.id = made.json()["id"]
        self._told(account)
        for _ in range(2):
            account.unknown = "start"
            session = backend.post("/sessions", json={"user_id": account.id}).raise_for_status().json()["id"]
            account.sessions[session] = "active"
            self._told(account)
        session = chance.choice([*account.sessions])
        account.unknown = session
        backend.post(f"/sessions/{session}/revoke").raise_for_status()
        account.sessions[session] = "revoked"
        self._told(account)
        if chance.random() < 0.3:
            account.unknown = "delete"
            backend.delete(f"/users/{account.id}").raise_for_status()
            account.is_deleted = True
            self._told(account)

    def _told(self, account: Account) -> None:
        account.unknown = ""
        self.told.release()


def broken_promises(load: Load) -> list[str]:
    """What the server said and does not hold to."""
    broken: list[str] = []
    with load.backend() as backend:
        for account in load.accounts:
            if not account.id or account.unknown == "delete":
                continue  # it may be there, or not
            found = backend.get(f"/users/{account.id}").status_code
            if found != (404 if account.is_deleted else 200):
                broken.append(f"{account} answers {found}")
            for session, status in account.sessions.items():
                minted = backend.post(f"/sessions/{session}/tokens").status_code
                if account.is_deleted or status == "revoked":
                    if minted == 200:
                        broken.append(f"{session} of {account} still mints")
                elif account.unknown != session and minted != 200:
                    broken.append(f"{session} of {account} mints {minted}")
    return broken


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """The address of a database of its own; None is that of the data folder."""
    if request.param == "sqlite":
        yield None
        return
    with running_postgres() as server:
        yield asyncio.run(server.make_database("killed"))


def _started(folder: Path, database: str | None) -> tuple[Process, Load]:
    port = free_port()
    more = ["--database-url", database] if database else []
    command = [str(SOJOURN), "dev", "--port", str(port), "--data", str(folder), *more]
    url = f"http://localhost:{port}"
    process = Process(command, f"{url}/health", folder, folder / "server.log")
    process.start()
    changed = call("settings", "set", _UNLIMITED, *more, data=folder)
    assert changed.returncode == 0, changed.stderr
    lines = subprocess.run(
        [SOJOURN, "env", "express", "--port", str(port), "--data", folder, *more],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return process, Load(url, dict(line.split("=", 1) for line in lines.splitlines())["CLERK_SECRET_KEY"])


@pytest.mark.extended
def test_a_server_killed_in_mid_write_keeps_every_promise(database: str | None, tmp_path: Path) -> None:
    process, load = _started(tmp_path, database)
    chance = random.Random(9)
    try:
        for _ in range(CYCLES):
            callers = [threading.Thread(target=load.run, args=(chance.getrandbits(32),)) for _ in range(_CALLERS)]
            for caller in callers:
                caller.start()
            for _ in range(chance.randint(50, 150)):
                assert load.told.acquire(timeout=60)
            process.kill()
            for caller in callers:
                caller.join()
            process.start()
            assert broken_promises(load) == []
            if database is None:
                with closing(sqlite3.connect(tmp_path / "sojourn.db")) as opened:
                    assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    assert opened.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        process.stop()
    assert len(load.accounts) > CYCLES * _CALLERS
