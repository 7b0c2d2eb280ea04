"""The one Sojourn object: built here from its parts. Wiring, no decisions."""

import hashlib
import hmac
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from sojourn.config import Config
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.factors.email_code import EmailCodes
from sojourn.factors.hash_pool import HashPool
from sojourn.instances.instance import Instance
from sojourn.instances.keyring import Keyring
from sojourn.instances.records import Records
from sojourn.instances.registry import Registry
from sojourn.instant import Clock, SystemClock
from sojourn.limits.rate_limit import RateLimiter
from sojourn.messages.mailbox import Mailbox
from sojourn.messages.mailer import Mailer
from sojourn.messages.smtp import SmtpMailer
from sojourn.secret import Secret
from sojourn.sessions.activity import Activity
from sojourn.sessions.clients import Clients
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.minting import Minting
from sojourn.sign_ins.attempt import SignIns
from sojourn.sign_ins.completion import Completion
from sojourn.sign_ins.guarding import Guarding
from sojourn.sign_ins.tickets import Tickets
from sojourn.sign_ups.attempt import SignUps
from sojourn.store.interface import Store
from sojourn.store.opening import open_store
from sojourn.tokens.envelope import Envelope
from sojourn.users.accounts import Accounts
from sojourn.users.addresses import Addresses
from sojourn.users.profile import Profile


@dataclass(slots=True)
class Sojourn:
    """Everything a server or an app calls. Make one with `await Sojourn.open(config)`, and `await engine.close()` it."""

    config: Config
    clock: Clock
    store: Store
    hash_pool: HashPool
    limiter: RateLimiter
    mailer: Mailer
    registry: Registry
    keyring: Keyring
    audit: AuditLog
    outbox: Outbox
    activity: Activity
    clients: Clients
    sessions: Sessions
    tokens: Minting
    codes: EmailCodes
    records: Records
    tickets: Tickets
    accounts: Accounts
    addresses: Addresses
    profile: Profile
    guarding: Guarding
    sign_ins: SignIns
    sign_ups: SignUps
    instance: Instance

    @classmethod
    async def open(
        cls, config: Config, *, clock: Clock | None = None, mailer: Mailer | None = None, store: Store | None = None
    ) -> Self:
        """Open the store, bring its schema up to date, load instances and keys. Raises: ConfigError."""
        store = store or open_store(config.database_url)
        await store.migrate()
        parts = _wire(config, clock or SystemClock(), mailer or _mailer(config), store)
        engine = cls(**parts)  # pyright: ignore[reportArgumentType]
        engine.instance = await engine.registry.open(config.environment, config.public_url)
        await engine.keyring.ring(engine.instance)
        return engine

    async def close(self) -> None:
        """Write what is waiting and let go of everything."""
        await self.activity.flush()
        self.hash_pool.close()
        await self.store.close()
