"""Who the server under measure knows: signed-in people with their browsers' secrets, and people with passwords."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.ids import SessionId, UserId, session_id
from sojourn.instances.instance import Environment
from sojourn.secret import Secret
from sojourn.sessions.clients import fresh_client
from sojourn.sessions.session import Session, SessionStatus
from sojourn.users.accounts import NewUser

PASSWORD = "correct horse battery staple"
_UNLIMITED: dict[str, list[int]] = {
    name: [1_000_000, 1] for name in ("backend_api", "create_sign_in", "attempts", "hashes")
}
_SESSIONS_EACH = 10


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in browser: what its cookie says, its session, and when it signed in, in seconds since 1970."""

    secret: str
    session_id: str
    signed_in_at: int

    @property
    def cookies(self) -> str:
        """What it sends to the server, which has told it when it signed in."""
        return f"__client={self.secret}; __client_uat={self.signed_in_at}"


@dataclass(frozen=True, slots=True)
class Returning:
    """Somebody with a password, signed out of a browser that still has its client cookie."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True)
class Known:
    publishable_key: str
    secret_key: str
    browsers: Sequence[Browser]
    returning: Sequence[Returning]
    tokens: Sequence[str]


def config(folder: Path, port: int, smtp_port: int) -> Config:
    """Production but for https, which a proxy would add."""
    return Config(
        environment=Environment.PRODUCTION,
        public_url=f"http://localhost:{port}",
        database_url=f"sqlite:///{folder}/sojourn.db",
        root_keys=(Secret.random(),),
        smtp_host="127.0.0.1",
        smtp_port=smtp_port,
        smtp_security="none",
    )


async def seed(config: Config, *, browsers: int, passwords: int) -> Known:
    """Fill a new database: `browsers` sessions, ten of each user, and `passwords` people who can sign in."""
    engine = await Engine.open(config)
    try:
        instance = await engine.instances.update_settings(
            engine.instance, {"protection": {"rate_limits": {name: list(limit) for name, limit in _UNLIMITED.items()}}}
        )
        secret_key = await engine.instances.new_secret_key(instance)
        digest = (await engine.hash_pool.hash(PASSWORD)).digest
        returning: list[Returning] = []
        for number in range(passwords):
            address = f"person{number}@example.com"
            person = await engine.accounts.create(
                instance, NewUser(email_addresses=[address], password_digest=digest, password_hasher="argon2id")
            )
            was_here = (await _browsers(engine, person.id, 1, SessionStatus.ENDED))[0]
            returning.append(Returning(address, was_here.secret))
        made: list[Browser] = []
        tokens: list[str] = []
        for number in range(browsers // _SESSIONS_EACH):
            new = NewUser(email_addresses=[f"owner{number}@example.com"], skip_password_requirement=True)
            owner = await engine.accounts.create(instance, new)
            made += await _browsers(engine, owner.id, _SESSIONS_EACH)
            first = await engine.sessions.get(instance, SessionId(made[-1].session_id))
            tokens.append(await engine.tokens.for_session(instance, first, owner, origin=None, life=timedelta(hours=1)))
        return Known(instance.publishable_key, secret_key.reveal(), made, returning, tokens)
    finally:
        await engine.close()


async def _browsers(
    engine: Engine, owner: UserId, count: int, status: SessionStatus = SessionStatus.ACTIVE
) -> list[Browser]:
    now = engine.clock.now()
    instance = engine.instance
    made: list[Browser] = []
    async with engine.store.transaction() as tx:
        for _ in range(count):
            client, secret = fresh_client(instance, now)
            session = Session(
                session_id(), instance.id, client.id, owner, status, now, now,
                now + timedelta(days=7), now, timedelta(days=1), first_factor_at=now,
            )  # fmt: skip
            await tx.clients.create(client)
            await tx.sessions.create(session)
            await tx.clients.set_last_active_session(client, session.id, now)
            made.append(Browser(secret.reveal(), session.id, client.signed_in_changed_at.seconds))
    return made
