"""A database of many: written with the driver alone, in minutes, and kept for the next run outside of the tree."""

import asyncio
import json
import os
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.people import Browser, config, seed
from sojourn import ids
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.instances.instance import Instance
from sojourn.instant import Instant, SystemClock
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.sessions.clients import fresh_client
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.clients import client_row
from sojourn.store.sql.rows.sessions import session_row
from sojourn.store.sql.rows.users import identifier_row, user_row
from sojourn.users.user import Identifier, IdentifierKind, User

_EACH = 10
_BATCH = 2_000
_KEPT = 10_000
"""Browsers that the measures ask with; they are of all times alike."""

_LIFE = timedelta(days=3650)
_FIRST = (
    "Ada", "Bob", "Cyd", "Dan", "Eve", "Fay", "Gus", "Hal", "Ida", "Jon", "Kay", "Leo", "Mia", "Ned", "Oda", "Pia", "Rex", "Sue", "Tom", "Uma", "Vic", "Wes", "Xia", "Yan", "Zoe", "Maria", "Johanna",
)  # fmt: skip
_LAST = (
    "Lovelace", "Stone", "Miller", "Schmidt", "Garcia", "Nguyen", "Kowalski", "Rossi", "Johansson", "Tanaka", "Okafor", "Silva", "Petrov", "Dubois", "Novak",
)  # fmt: skip
_DOMAINS = (
    "gmail.com", "outlook.com", "example.com", "yahoo.co.uk", "proton.me", "company.io",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crowd:
    """`database_url` with `sessions` in it, the keys that open it, and browsers of some of them."""

    database_url: str
    root_key: str
    secret_key: str
    publishable_key: str
    sessions: int
    users: int
    browsers: list[Browser]

    def config(self, port: int) -> Config:
        served = config(Path(), port, 25)
        return replace(served, database_url=self.database_url, root_keys=(Secret(self.root_key),))


def crowd(sessions: int) -> Crowd:
    """That many sessions, ten of each user: made once for each size; a server that is newer brings the schema up to date."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "sojourn-bench" / str(sessions)
    known = folder / "crowd.json"
    if not known.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob("sojourn.db*"):
            left.unlink()
        made = asyncio.run(_made(folder, sessions))
        known.write_text(json.dumps(asdict(made)))
    read = json.loads(known.read_text())
    return Crowd(**{**read, "browsers": [Browser(**browser) for browser in read["browsers"]]})


async def _made(folder: Path, sessions: int) -> Crowd:
    served = config(folder, 8000, 25)
    known = await seed(served, browsers=0, passwords=0)
    engine = await Engine.open(served)
    instance = engine.instance
    await engine.close()
    with closing(sqlite3.connect(folder / "sojourn.db", isolation_level=None)) as connection:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
        connection.create_function("lower", 1, lambda text: text.lower() if text else text, deterministic=True)
        indexes = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        browsers = _fill(connection, instance, sessions)
        for _, statement in indexes:
            connection.execute(statement)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Crowd(served.database_url, served.root_keys[0].reveal(), known.secret_key, known.publishable_key, sessions,
                 sessions // _EACH, browsers)  # fmt: skip


def _fill(connection: sqlite3.Connection, instance: Instance, sessions: int) -> list[Browser]:
    """Write all of them; some browsers, of all times alike."""
    now = SystemClock().now()
    chance = random.Random(1)
    users, kept = sessions // _EACH, list[Browser]()
    one_in = max(1, sessions // _KEPT)
    for start in range(0, users, _BATCH):
        people = [_person(instance, now, number, users, chance) for number in range(start, min(start + _BATCH, users))]
        opened = [_browser(instance, user, now, chance) for user in people for _ in range(_EACH)]
        banned = {user.id for user in people if user.banned}
        connection.execute("BEGIN")
        _insert(connection, user_row, people)
        _insert(connection, identifier_row, [identifier for user in people for identifier in user.identifiers])
        _insert(connection, client_row, [client for client, _, _ in opened])
        _insert(connection, session_row, [session for _, session, _ in opened])
        connection.execute("COMMIT")
        kept += [
            Browser(secret.reveal(), session.id, client.signed_in_changed_at.seconds)
            for client, session, secret in opened[::one_in]
            if session.user_id not in banned
        ]
    return kept


def _insert(connection: sqlite3.Connection, codec: Codec[Any], values: Sequence[object]) -> None:
    rows = [codec.encode(value) for value in values]
    names = list(rows[0])
    places = ", ".join(f":{name}" for name in names)
    connection.executemany(f"INSERT INTO {codec.table.name} ({', '.join(names)}) VALUES ({places})", rows)


def _person(instance: Instance, now: Instant, number: int, users: int, chance: random.Random) -> User:
    """Somebody who came in the past two years, and was here since, or was not."""
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    came = now.before(timedelta(days=730) * (1 - number / users))
    seen = None if number % 10 == 0 else came + now.since(came) * chance.random()
    id, owned = ids.user_id(), ids.identifier_id()
    address = f"{first}.{last}{number}@{chance.choice(_DOMAINS)}".lower()
    identifier = Identifier(
        owned, instance.id, id, IdentifierKind.EMAIL_ADDRESS, address, address, came, "admin", False, came, came
    )
    return User(
        id=id, instance_id=instance.id, created_at=came, updated_at=seen or came, identifiers=(identifier,),
        primary_email_address_id=owned, first_name=first, last_name=last, username=f"{first}{number}",
        username_key=f"{first}{number}".lower(), external_id=f"crm-{number}", last_sign_in_at=seen, last_active_at=seen,
        banned=number % 500 == 0,
    )  # fmt: skip


def _browser(instance: Instance, user: User, now: Instant, chance: random.Random) -> tuple[Client, Session, Secret]:
    client, secret = fresh_client(instance, now)
    began = now.before(timedelta(days=30) * chance.random())
    session = Session(
        ids.session_id(), instance.id, client.id, user.id, SessionStatus.ACTIVE, began, now, now + _LIFE, now, _LIFE,
        first_factor_at=now,
    )  # fmt: skip
    return replace(client, last_active_session_id=session.id, created_at=began, expire_at=now + _LIFE), session, secret
