"""The engine: every operation of one application, or of the console. Wiring only, no decisions."""

from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from typing import Self

from sojourn import engine_parts
from sojourn.config import Config
from sojourn.engine_parts import FlowParts, Foundation, InstanceParts, SessionParts, UserParts
from sojourn.errors import SojournError
from sojourn.factors.peppers import Peppers
from sojourn.instances.instance import Instance, InstanceKind
from sojourn.instances.settings import Settings
from sojourn.instant import Clock, SystemClock
from sojourn.messages.mailer import Mailer
from sojourn.moved import moved
from sojourn.store.interface import Store
from sojourn.store.opening import open_store

_CHAINED_AT_ONCE = 1000


class Engine:
    """All operations that a server or app calls.

    Open one with `await Engine.open(config)`, and close it with `await engine.close()`.
    """

    def __init__(
        self,
        foundation: Foundation,
        instances: InstanceParts,
        sessions: SessionParts,
        users: UserParts,
        flows: FlowParts,
        instance: Instance,
    ) -> None:
        self._foundation = foundation
        self.instance = instance
        self.config = foundation.config
        self.clock = foundation.clock
        self.store = foundation.store
        self.mailer = foundation.mailer
        self.limiter = foundation.limiter
        self.hash_pool = foundation.hash_pool
        self.hash_costs = foundation.hash_costs
        self.instances = instances.instances
        self.settings_history = instances.settings_history
        self.key_use = instances.keys.use
        self.key_store = instances.keys.store
        self.audit = instances.audit
        self.audit_reader = instances.audit_reader
        self.outbox = instances.outbox
        self.records = instances.records
        self.jwt_templates = instances.jwt_templates
        self.redirect_urls = instances.redirect_urls
        self.access_lists = instances.access_lists
        self.factors = instances.factors
        self.activity = sessions.activity
        self.refusals = foundation.refusals
        self.clients = sessions.clients
        self.dev_browsers = sessions.dev_browsers
        self.sessions = sessions.sessions
        self.session_directory = sessions.session_batches.directory
        self.session_batches = sessions.session_batches
        self.app_data = sessions.app_data
        self.tokens = sessions.tokens
        self.payloads = sessions.payloads
        self.refreshing = sessions.refreshing
        self.handshake_nonces = sessions.handshake_nonces
        self.forms = sessions.forms
        self.accounts = users.accounts
        self.deletions = users.deletions
        self.personal_data = users.personal_data
        self.addresses = users.addresses
        self.verifications = users.verifications
        self.profile_images = users.profile_images
        self.profile = users.profile
        self.sign_in_protection = flows.sign_in_protection
        self.tickets = flows.tickets
        self.sign_ins = flows.sign_ins
        self.sign_ups = flows.sign_ups
        self.enrollments = flows.enrollments
        self.administrators = flows.administrators

    @classmethod
    async def open(
        cls, config: Config, *, clock: Clock | None = None, mailer: Mailer | None = None, store: Store | None = None
    ) -> Self:
        """Open the store, bring its schema up to date, load instances and keys. Raises: ConfigError."""
        if store is not None:
            return await cls._open(config, clock, mailer, store)
        async with AsyncExitStack() as unfinished:
            opened = open_store(config.database_url)
            unfinished.push_async_callback(opened.close)
            engine = await cls._open(config, clock, mailer, opened)
            unfinished.pop_all()
        return engine

    @classmethod
    async def _open(cls, config: Config, clock: Clock | None, mailer: Mailer | None, store: Store) -> Self:
        await store.migrate()
        peppers = Peppers(config.password_peppers)
        peppers.check(await store.peppers_in_use())
        return await cls._built(
            engine_parts.foundation(
                config, clock or SystemClock(), mailer or engine_parts.mailer_of(config), store, peppers
            )
        )

    async def beside(self, kind: InstanceKind, public_url: str, first: Settings) -> Self:
        """An engine for the other kind of instance of this server, made with the settings `first` at first use. It shares the
        store, the pool of hashes and the limits; only this engine closes them. The app's own factors are not in it.
        """
        config = replace(self.config, public_url=public_url, cookie_domain="", allowed_hosts=(), factors=())
        built = await self._built(replace(self._foundation, config=config, kind=kind), first)
        built.outbox.wake = self.outbox.wake  # one worker sends the mail of both
        return built

    @classmethod
    async def _built(cls, foundation: Foundation, first: Settings = Settings()) -> Self:
        config = foundation.config
        instances = engine_parts.instance_parts(foundation)
        sessions = engine_parts.session_parts(foundation, instances)
        users = engine_parts.user_parts(foundation, instances, sessions)
        flows = engine_parts.flow_parts(foundation, instances, sessions, users)
        instances.instances.check_claims = sessions.payloads.check_claims
        instance = await instances.instances.open(config.environment, config.public_url, first=first)
        instances.factors.check(instance)
        await instances.keys.store.ring(instance)
        return cls(foundation, instances, sessions, users, flows, instance)

    async def close(self) -> None:
        """Flush pending writes and release all resources."""
        await self.activity.flush()
        await self.refusals.flush()
        await self.key_use.flush()
        with suppress(SojournError):  # entries that stay unchained are chained by the next process
            while await self.store.chain_events(max_rows=_CHAINED_AT_ONCE) >= _CHAINED_AT_ONCE:
                pass
        self.hash_pool.close()
        await self.store.close()


__getattr__ = moved(__name__, {"Sojourn": "sojourn.engine:Engine"})
