"""The signing keys of each instance, opened once and kept in memory; rotation."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sojourn.errors import ConfigError, Conflict, FieldError, Json, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import InstanceId
from sojourn.instances.app_variables import one_line
from sojourn.instances.instance import Instance
from sojourn.instances.instances import OPERATOR
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.store.interface import Groups, Store, StoredSigningKey
from sojourn.tokens.sealing import Sealer, SealingError
from sojourn.tokens.signing_keys import Algorithm, KeyCoverage, SigningKey, SigningKeySet

PUBLISH_BEFORE_USE = timedelta(minutes=10)
_LATEST_PLAN = timedelta(days=366)
_REFRESH = timedelta(seconds=60)


@dataclass(slots=True)
class KeyStore:
    """Private keys are sealed at rest (R-KEY-01).

    Changes by another process are seen within a second, because the cached instance carries the version of its keys. An
    older release changes keys without a new version; that is seen within a minute, well before their use.
    """

    store: Store
    clock: Clock
    sealer: Sealer
    _rings: dict[InstanceId, "_Loaded"] = field(default_factory=dict[InstanceId, "_Loaded"])
    _listeners: list[Callable[[], None]] = field(default_factory=list[Callable[[], None]])

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after a key is removed: tokens that were verified with it are no longer valid."""
        self._listeners.append(listener)

    async def ring(self, instance: Instance) -> SigningKeySet:
        """The instance's keys; creates the first one if there is none.

        Raises: ConfigError if the root key does not match.
        """
        now = self.clock.now()
        known = self._known(instance, now)
        return known[0] if known else await self._load(instance)

    async def signing_key(self, instance: Instance) -> SigningKey:
        now = self.clock.now()
        known = self._known(instance, now)
        return known[1] if known else (await self._load(instance)).signing_key(now)

    async def jwks(self, instance: Instance) -> dict[str, Json]:
        """Public keys only: the current one, the next one, and those whose tokens may still be valid (R-KEY-04)."""
        return (await self.ring(instance)).jwks(self.clock.now())

    async def coverage(self, instance: Instance) -> list[KeyCoverage]:
        """Each published key, newest first, and until when session tokens need it."""
        ring = await self.ring(instance)
        return ring.coverage(self.clock.now(), instance.settings.sessions.token_life)

    async def public_pem(self, instance: Instance) -> str:
        return (await self.signing_key(instance)).public_pem

    async def one_line_key(self, instance: Instance) -> str:
        """The public key for an SDK's `CLERK_JWT_KEY`; empty if the SDKs cannot verify it."""
        return one_line(await self.public_pem(instance))

    async def rotate(
        self, instance: Instance, *, emergency: bool = False, at: Instant | None = None, actor: str = OPERATOR
    ) -> SigningKey:
        """Create the next key. Planned: published now and used in ten minutes, or at the later time `at`, so that all
        verifiers know it (R-KEY-03); it replaces an earlier plan. Emergency: used at once, and every older key is removed.
        This process rejects tokens of removed keys at once, other processes of this server within a second, remote
        verifiers at their next fetch. Raises: FieldError.
        """
        now = self.clock.now()
        active_from = now if emergency else _planned(now, at)
        ring = await self._load(instance)
        async with self.store.transaction() as tx:
            fresh = await self._make(tx, instance, active_from=active_from)
            if not emergency:
                ring = await _without_plan(tx, instance, ring, now)
            for key in ring.keys:
                if emergency:
                    await tx.instances.drop_signing_key(instance.id, key.kid)
                elif key.retired_at is None:
                    await tx.instances.retire_signing_key(instance.id, key.kid, fresh.active_from)
            await tx.instances.note_key_change(instance.id)
            details: dict[str, Json] = {"emergency": emergency}
            await AuditLog(self.clock).record(
                tx, instance, "signing_key.rotated", target=fresh.kid, actor=actor, details=details
            )
        await self._load(instance)
        return fresh

    async def cancel_rotation(self, instance: Instance, *, actor: str = OPERATOR) -> None:
        """Remove the key of a planned rotation, so that the current one goes on. Raises: Conflict if none is planned, or it
        begins within a minute: another process may already sign with its key.
        """
        now = self.clock.now()
        ring = await self._load(instance)
        planned = ring.planned(now)
        if not planned:
            raise Conflict("No rotation is planned that could still be cancelled.")
        async with self.store.transaction() as tx:
            await _without_plan(tx, instance, ring, now)
            await tx.instances.note_key_change(instance.id)
            await AuditLog(self.clock).record(
                tx, instance, "signing_key.rotation_cancelled", target=planned[-1].kid, actor=actor
            )
        await self._load(instance)

    def _known(self, instance: Instance, now: Instant) -> tuple[SigningKeySet, SigningKey] | None:
        """The last loaded key set and its current signing key; None if it must be loaded again."""
        known = self._rings.get(instance.id)
        if known is None or not known.at <= now < known.at + _REFRESH or known.version < instance.keys_version:
            return None
        key = known.ring.signing_key(now)
        return (known.ring, key) if key.algorithm == instance.settings.sessions.token_algorithm else None

    async def _load(self, instance: Instance) -> SigningKeySet:
        stored = await self.store.instances.find(
            instance.id
        )  # read before the keys, so that a concurrent change is noticed later
        version = instance.keys_version if stored is None else stored.keys_version
        rows = await self.store.instances.signing_keys(instance.id)
        wanted = instance.settings.sessions.token_algorithm
        now = self.clock.now()
        if not any(row.algorithm == wanted and row.retired_at is None for row in rows):
            async with self.store.transaction() as tx:
                await tx.instances.note_key_change(
                    instance.id
                )  # locks the row, so that of workers starting at once only one creates the key
                rows = await tx.instances.signing_keys(instance.id)
                if not any(row.algorithm == wanted and row.retired_at is None for row in rows):
                    made = await self._make(tx, instance, active_from=now)
                    for row in rows:
                        if row.retired_at is None:
                            await tx.instances.retire_signing_key(instance.id, row.kid, made.active_from)
            rows = await self.store.instances.signing_keys(instance.id)
        ring = SigningKeySet(tuple(self._opened(instance, row) for row in rows))
        before = self._rings.get(instance.id)
        self._rings[instance.id] = _Loaded(ring, now, version)
        if before is not None and {key.kid for key in before.ring.keys} - {key.kid for key in ring.keys}:
            for listener in self._listeners:
                listener()
        return ring

    async def _make(self, groups: Groups, instance: Instance, *, active_from: Instant) -> SigningKey:
        now = self.clock.now()
        key = SigningKey.generate(Algorithm(instance.settings.sessions.token_algorithm), now, active_from=active_from)
        sealed = self.sealer.seal(key.private_pem.reveal().encode(), _place(instance, key.kid))
        await groups.instances.add_signing_key(
            instance.id,
            StoredSigningKey(key.kid, str(key.algorithm), sealed, key.public_pem, key.created_at, key.active_from),
        )
        return key

    def _opened(self, instance: Instance, row: StoredSigningKey) -> SigningKey:
        try:
            private = self.sealer.open(row.sealed_private, _place(instance, row.kid))
        except SealingError as error:
            raise ConfigError(
                "SOJOURN_ROOT_KEYS does not open this database's signing keys: set the root key it was made with"
            ) from error
        return SigningKey(
            kid=row.kid,
            algorithm=Algorithm(row.algorithm),
            private_pem=Secret(private.decode()),
            public_pem=row.public_pem,
            created_at=row.created_at,
            active_from=row.active_from,
            retired_at=row.retired_at,
        )

    def find(self, instance: Instance) -> SigningKeySet:
        """The key from the last loaded set, without a store access. Raises: NotFound before the first load."""
        known = self._rings.get(instance.id)
        if known is None:
            raise NotFound("The signing keys of this application are not loaded.")
        return known.ring


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A loaded key set with its version and load time."""

    ring: SigningKeySet
    at: Instant
    version: int


def _planned(now: Instant, at: Instant | None) -> Instant:
    earliest, latest = now + PUBLISH_BEFORE_USE, now + _LATEST_PLAN
    if at is None:
        return earliest
    if not earliest <= at <= latest:
        raise FieldError(
            f"A rotation begins at least {PUBLISH_BEFORE_USE // timedelta(minutes=1)} minutes from now, so that every app knows the"
            f" key, and at most {_LATEST_PLAN.days} days.",
            param="at",
        )
    return at


async def _without_plan(groups: Groups, instance: Instance, ring: SigningKeySet, now: Instant) -> SigningKeySet:
    """Remove planned keys, and take back the retirements that they brought."""
    planned = {key.kid for key in ring.planned(now)}
    kept: list[SigningKey] = []
    for key in ring.keys:
        if key.kid in planned:
            await groups.instances.drop_signing_key(instance.id, key.kid)
        elif planned and await groups.instances.keep_signing_key(instance.id, key.kid, after=now):
            kept.append(replace(key, retired_at=None))
        else:
            kept.append(key)
    return SigningKeySet(tuple(kept))


def _place(instance: Instance, kid: str) -> str:
    return f"signing_keys/{kid}/private/{instance.id}"
