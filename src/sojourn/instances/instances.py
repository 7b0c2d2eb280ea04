"""The instances of this server: found by credential or host, changed by their owner."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from sojourn.errors import BadSecretKey, ConfigError, Conflict, FieldTooLong, Json, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import InstanceId, instance_id, new_id
from sojourn.instances.instance import Environment, Instance, InstanceKind, publishable_key
from sojourn.instances.secret_keys import Scope, fresh_secret_key, is_damaged
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange, differences, recorded, refuse_conflicts
from sojourn.instances.settings_input import patched
from sojourn.instant import Clock, Instant
from sojourn.origin import origin_of
from sojourn.secret import Secret
from sojourn.store.interface import SecretKey, Store
from sojourn.tokens.templates import RESERVED_IN_SESSIONS, check_template

OPERATOR = "operator"
"""The actor of changes by the command line or the process itself."""

LONGEST_REASON = 500
_MERGES = 5

KNOWN_FOR = timedelta(seconds=1)
"""Maximum age of cached instances and secret keys, so a revoked key is rejected within a second."""


@dataclass(slots=True)
class Instances:
    """Reads come from memory; changes by another process are seen within a second.

    The server's application and its console are kept apart: all but `by_id` find instances of `kind` only.
    """

    store: Store
    clock: Clock
    kind: InstanceKind = InstanceKind.APPLICATION
    check_claims: Callable[[Instance, Settings], Awaitable[None]] | None = None
    """Rejects custom claims that make a token too large. Injected, because it needs users, a higher layer."""
    _instances: dict[InstanceId, Instance] = field(default_factory=dict[InstanceId, Instance])
    _own: dict[InstanceId, Instance] = field(default_factory=dict[InstanceId, Instance])
    _by_host: dict[str, Instance] = field(default_factory=dict[str, Instance])
    _loaded_at: Instant = Instant(0)
    _secret_keys: dict[bytes, tuple[SecretKey, Instant]] = field(default_factory=dict[bytes, tuple[SecretKey, Instant]])
    _listed: tuple[frozenset[bytes], Instant] | None = None

    async def open(self, environment: Environment, public_url: str, *, first: Settings = Settings()) -> Instance:
        """Load the instances, and create the default one with the settings `first` at first start; it follows the
        configured public URL. Raises: ConfigError if the database belongs to an application of the other environment.
        """
        await self._load()
        now = self.clock.now()
        host = key_host(public_url)
        key = publishable_key(environment, f"console.{host}" if self.kind is InstanceKind.CONSOLE else host)
        existing = next((instance for instance in self._own.values() if instance.environment is environment), None)
        if existing is None and self._own:
            other = self.default()
            raise ConfigError(
                f"this database holds the {other.environment.value} application of {other.public_url}: "
                f"{environment.value} needs a database of its own"
            )
        if existing is None:
            made = Instance(instance_id(), environment, key, public_url, first, now, now, kind=self.kind)
            await self.store.instances.create(made)
        elif (existing.public_url, existing.publishable_key) != (public_url, key):
            later = max(now, existing.updated_at + timedelta(milliseconds=1))  # versions of the settings only grow
            await self.store.instances.set_address(existing.id, key, public_url, later)
        await self._load()
        return self.default(environment)

    def default(self, environment: Environment | None = None) -> Instance:
        for instance in self._own.values():
            if environment is None or instance.environment is environment:
                return instance
        raise NotFound("This server has no application yet.")

    async def current(self) -> Instance:
        """The default instance with settings at most a second old."""
        await self._refresh()
        return self.default()

    async def by_id(self, id: InstanceId) -> Instance | None:
        await self._refresh()
        return self._instances.get(id)

    async def by_publishable_key(self, key: str) -> Instance | None:
        await self._refresh()
        return next((instance for instance in self._own.values() if instance.publishable_key == key), None)

    async def by_host(self, host: str) -> Instance | None:
        """The instance whose public URL has this Host; a single instance serves every allowed host."""
        await self._refresh()
        named = self._by_host.get(host)
        return self.default() if named is None and len(self._own) == 1 else named

    async def by_secret_key(self, secret: Secret) -> Instance:
        """Raises: as `secret_key`."""
        return (await self.secret_key(secret))[0]

    async def secret_key(self, secret: Secret) -> tuple[Instance, SecretKey]:
        """The instance of a secret key, and the key's record.

        Raises: BadSecretKey for damaged, unknown, revoked and other environments' keys (R-AUZ-08, R-AUZ-09).
        """
        hashed = secret.stored_form()
        now = self.clock.now()
        known = self._secret_keys.get(hashed)
        if known is None or now.since(known[1]) >= KNOWN_FOR or now < known[1]:
            if is_damaged(secret):
                raise BadSecretKey("This secret key is incomplete or mistyped: its checksum is wrong. Copy it again.")
            row = await self.store.instances.find_secret_key(hashed)
            if row is None:
                self._secret_keys.pop(hashed, None)
                raise BadSecretKey()
            known = self._secret_keys[hashed] = (row, now)
        await self._refresh()
        instance = self._own.get(known[0].instance_id)
        if instance is None or not secret.reveal().startswith(f"sk_{instance.environment.word}_"):
            raise BadSecretKey()
        return instance, known[0]

    def has_seen(self, secret: Secret) -> bool:
        """True if the key was valid when this process last looked it up."""
        return secret.stored_form() in self._secret_keys

    async def is_listed(self, secret: Secret) -> bool:
        """True if the key was valid at most a second ago: the keys of all instances are read at most once a second."""
        now = self.clock.now()
        known = self._listed
        if known is None or now.since(known[1]) >= KNOWN_FOR or now < known[1]:
            if known is not None:
                self._listed = (known[0], now)  # other requests use the previous list in the meantime
            rows = [row for id in self._own for row in await self.store.instances.secret_keys(id)]
            self._listed = known = (frozenset(row.secret_hash for row in rows), now)
        return secret.stored_form() in known[0]

    async def new_secret_key(self, instance: Instance, scope: Scope = Scope.FULL) -> Secret:
        """Create a Backend API key. It is returned only here; only its hash is stored."""
        return (await self.create_secret_key(instance, scope))[1]

    async def create_secret_key(
        self, instance: Instance, scope: Scope = Scope.FULL, *, actor: str = OPERATOR
    ) -> tuple[SecretKey, Secret]:
        """As `new_secret_key`, with the key's record. Other keys work on, so that apps can change to it one by one."""
        secret = fresh_secret_key(instance.environment)
        return await self.keep_secret_key(instance, secret, scope, actor=actor), secret

    async def list_secret_keys(self, instance: Instance) -> Sequence[SecretKey]:
        """The active keys, oldest first."""
        return await self.store.instances.secret_keys(instance.id)

    async def has_secret_key(self, instance: Instance) -> bool:
        return bool(await self.store.instances.secret_keys(instance.id))

    async def keep_secret_key(
        self, instance: Instance, secret: Secret, scope: Scope = Scope.FULL, *, actor: str = OPERATOR
    ) -> SecretKey:
        row = SecretKey(new_id("sk_"), instance.id, secret.stored_form(), self.clock.now(), scope=scope)
        details: dict[str, Json] = {"scope": scope.value}
        async with self.store.transaction() as tx:
            await tx.instances.add_secret_key(row)
            await AuditLog(self.clock).record(
                tx, instance, "secret_key.created", target=row.id, actor=actor, details=details
            )
        self._listed = None
        return row

    async def revoke_secret_key(self, instance: Instance, id: str, *, actor: str = OPERATOR) -> None:
        """Revoke a key; other nodes follow within a second. Raises: NotFound, Conflict for the last one."""
        async with self.store.transaction() as tx:
            keys = [key.id for key in await tx.instances.secret_keys(instance.id)]
            if keys == [id]:
                raise Conflict("This is the only secret key. Create another one first.")
            if not await tx.instances.revoke_secret_key(instance.id, id, self.clock.now()):
                raise NotFound("No active secret key has that id.")
            await AuditLog(self.clock).record(tx, instance, "secret_key.revoked", target=id, actor=actor)
        self._secret_keys.clear()
        self._listed = None

    async def update_settings(
        self,
        instance: Instance,
        patch: Mapping[str, Json],
        *,
        actor: str = OPERATOR,
        reason: str = "",
        expected: Instant | None = None,
        undoes: str | None = None,
    ) -> Instance:
        """Merge `patch` into the settings, all or nothing, and record the change with its values and reason.

        `expected` is the version, an `updated_at`, that the caller has read. What others changed since is kept: another
        setting is merged, the same one refused. A patch that changes nothing is not recorded.

        Raises: FieldError (param is the dotted path), SettingsChanged, Conflict.
        """
        if len(reason) > LONGEST_REASON:
            raise FieldTooLong("reason", LONGEST_REASON)
        for _ in range(_MERGES):
            current = await self.store.instances.find(instance.id)
            if current is None:
                raise NotFound("This application no longer exists.")
            expected = expected or current.updated_at
            settings = patched(current.settings, patch)
            changes = differences(current.settings, settings)
            refuse_conflicts(changes, await self.store.settings_changes.since(instance.id, expected))
            await self._check_claims(current, settings)
            now = max(self.clock.now(), current.updated_at + timedelta(milliseconds=1))
            change = SettingsChange(new_id("stc_"), instance.id, now, actor, reason, recorded(changes), undoes)
            if not changes or await self._save(current, settings, change, [*patch]):
                await self._load()
                return self._instances[instance.id]
        raise Conflict()

    async def _save(self, current: Instance, settings: Settings, change: SettingsChange, fields: list[Json]) -> bool:
        """Write the settings with their record; False if they changed after `current` was read."""
        async with self.store.transaction() as tx:
            expected, now = current.updated_at, change.created_at
            if not await tx.instances.save_settings(current.id, settings, now, expected=expected):
                return False
            await tx.settings_changes.add(change)
            details: dict[str, Json] = {"fields": fields}
            await AuditLog(self.clock).record(
                tx, current, "settings.updated", target=change.id, actor=change.actor, details=details
            )
        return True

    async def _check_claims(self, current: Instance, settings: Settings) -> None:
        """Checked only if changed: claims saved by an older release must not prevent saving other settings."""
        before, after = current.settings.sessions, settings.sessions
        if after.claims != before.claims:
            for claim, value in after.claims.items():
                check_template({claim: value}, f"sessions.claims.{claim}", reserved=RESERVED_IN_SESSIONS)
        elif after.token_algorithm == before.token_algorithm:
            return
        if after.claims and self.check_claims is not None:
            await self.check_claims(current, settings)

    async def _refresh(self) -> None:
        now = self.clock.now()
        if now.since(self._loaded_at) >= KNOWN_FOR or now < self._loaded_at:
            await self._load()

    async def _load(self) -> None:
        self._loaded_at = self.clock.now()
        rows = await self.store.instances.all()
        oldest_first = sorted(rows, key=lambda row: row.created_at)
        self._instances = {row.id: row for row in oldest_first}
        own = [row for row in oldest_first if row.kind is self.kind]
        self._own = {row.id: row for row in own}
        self._by_host = {_host(row.public_url): row for row in reversed(own)}


def _host(public_url: str) -> str:
    """The Host by which an instance is found, as `host_of` spells it."""
    return (origin_of(public_url) or "").partition("://")[2]


def key_host(public_url: str) -> str:
    """The host a publishable key names.

    SDKs reject a host without a dot, so `localhost` becomes `sojourn.localhost`; in development it is never contacted,
    because the proxy URL is used.
    """
    netloc = urlsplit(public_url).netloc
    return netloc if "." in netloc.split(":")[0] else f"sojourn.{netloc}"
