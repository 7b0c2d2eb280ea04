"""Adding and removing credentials of users, by any factor that is enrollable (R-PWD-11, R-LOG-01).

Tries are counted here, before a factor compares. Adding or removing a credential notifies the user and is recorded in
the audit log, in the same transaction; losing one ends the user's other access.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.events.outbox import Outbox
from sojourn.factors.credential import Credential
from sojourn.factors.enrollment import Enrollment
from sojourn.factors.factor_set import FactorSet
from sojourn.factors.strategy import Proof
from sojourn.ids import SessionId, UserId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.limits.budgets import ENROLLMENT_TRIES, Budgets
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.lifecycle import Sessions
from sojourn.store.interface import Groups, Store
from sojourn.users.access import end_access
from sojourn.users.notices import notify
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class Enrollments:
    """`kind` is the kind of the credential, as the factor names it in `credential_kinds`. `actor` None means the user.
    `keep` is the session that stays live when a usable credential is lost; the user's other sessions end.
    """

    store: Store
    clock: Clock
    factors: FactorSet
    budgets: Budgets
    sessions: Sessions
    outbox: Outbox
    audit: AuditLog

    async def second_factors(
        self, instance: Instance, users: Collection[User], now: Instant
    ) -> Mapping[UserId, Collection[str]]:
        """The strategies of the second level that each user has; one read, or none where no factor has that level."""
        return await self.factors.second_factors(self.store, instance, users, now)

    async def begin(
        self,
        instance: Instance,
        user: User,
        kind: str,
        *,
        label: str | None = None,
        keep: SessionId | None = None,
        actor: str | None = None,
    ) -> Enrollment:
        """Store a new credential, which replaces an earlier one if the factor allows only one.

        Raises: StrategyNotBuilt for a kind that no factor enrolls, Conflict.
        """
        enrollment = await self.factors.enrollable(kind).begin(user, label)
        async with self.store.transaction() as tx:
            replaced = await enrollment.record(tx)
            await self._lost(tx, instance, user, replaced, keep=keep, actor=actor)
            if enrollment.credential.verified_at is not None:
                await self._added(tx, instance, user, enrollment.credential, actor=actor)
        return enrollment

    async def confirm(
        self, instance: Instance, user: User, kind: str, id: str, proof: Proof, *, actor: str | None = None
    ) -> Credential:
        """Make the credential usable. Ten wrong proofs of a kind use up the tries of its user for a day (R-LIM-03).

        Raises: StrategyNotBuilt, NotFound, WrongCode, Conflict, TooManyRequests.
        """
        factor, key = self.factors.enrollable(kind), f"{user.id}:{kind}"
        async with self.store.transaction() as tx:
            await self.budgets.spend(tx, instance, ENROLLMENT_TRIES, key)
        confirmation = await factor.confirm(user, await self._found(user, kind, id), proof)
        async with self.store.transaction() as tx:
            confirmed = await confirmation.record(tx)
            await self._added(tx, instance, user, confirmed, actor=actor)
        await self.budgets.reset(self.store, instance, ENROLLMENT_TRIES, key)
        return confirmed

    async def remove(
        self,
        instance: Instance,
        user: User,
        kind: str,
        id: str,
        *,
        keep: SessionId | None = None,
        actor: str | None = None,
    ) -> None:
        """Delete a credential of the user; exactly one of two concurrent callers succeeds.

        Raises: StrategyNotBuilt, NotFound.
        """
        factor = self.factors.enrollable(kind)
        credential = await self._found(user, kind, id)
        async with self.store.transaction() as tx:
            removed = await factor.remove(tx, credential)
            await self._lost(tx, instance, user, [removed], keep=keep, actor=actor)

    async def _found(self, user: User, kind: str, id: str) -> Credential:
        """Raises: NotFound, also for a credential of another user or kind (R-AUZ-01)."""
        found = await self.store.credentials.find(user.instance_id, id) if well_formed(id) else None
        if found is None or found.user_id != user.id or found.kind != kind:
            raise NotFound("This account has no such credential.")
        return found

    async def _added(
        self, tx: Groups, instance: Instance, user: User, credential: Credential, *, actor: str | None
    ) -> None:
        await self._record(tx, instance, "credential.created", credential, actor)
        await notify(self.outbox, tx, instance, "credential_added", user, {"kind": _spoken(credential.kind)})

    async def _lost(
        self,
        tx: Groups,
        instance: Instance,
        user: User,
        credentials: Sequence[Credential],
        *,
        keep: SessionId | None,
        actor: str | None,
    ) -> None:
        """Record, notify and end access after a loss.

        Unconfirmed and expired credentials are skipped, because they authenticated nobody.
        """
        now = self.clock.now()
        usable = [credential for credential in credentials if credential.is_usable(now)]
        for credential in usable:
            await self._record(tx, instance, "credential.deleted", credential, actor)
        for kind in dict.fromkeys(credential.kind for credential in usable):
            await notify(self.outbox, tx, instance, "credential_removed", user, {"kind": _spoken(kind)})
        if usable:
            cause, actor = EndCause.CREDENTIAL_REMOVED, actor or user.id
            await end_access(tx, self.sessions, instance, user, now, cause, actor=actor, keep=keep)

    async def _record(
        self, tx: Groups, instance: Instance, event: str, credential: Credential, actor: str | None
    ) -> None:
        await self.audit.record(
            tx,
            instance,
            event,
            user_id=credential.user_id,
            target=credential.id,
            actor=actor,
            details={"kind": credential.kind},
        )


def _spoken(kind: str) -> str:
    return kind.replace("_", " ")
