"""Verifications: one challenge each, with a count of its tries."""

from collections.abc import Mapping

from sqlalchemy import update

from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import InstanceId, VerificationId
from sojourn.instant import Instant
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.rows.verifications import verification_row, verifications

_UNVERIFIED = verifications.c.status == VerificationStatus.UNVERIFIED.value


class SqlVerifications(Group):
    async def start(self, verification: Verification) -> None:
        async with self._run.together() as runner:
            await runner.line_up(
                f"verifications of {verification.owner_id}"
            )  # otherwise two concurrent starts miss each other's row
            older = (
                verifications.c.instance_id == verification.instance_id,
                verifications.c.owner_id == verification.owner_id,
                _UNVERIFIED,
            )
            expired = {"status": VerificationStatus.EXPIRED.value}
            await runner.change(update(verifications).where(*older).values(expired))
            await SqlVerifications(runner)._insert(verification_row, verification)

    async def find(self, instance_id: InstanceId, id: VerificationId) -> Verification | None:
        return await self._one(verification_row, *_named(instance_id, id))

    async def newest_of(self, instance_id: InstanceId, owner_id: str) -> Verification | None:
        where = (verifications.c.instance_id == instance_id, verifications.c.owner_id == owner_id)
        newest_first = (_UNVERIFIED.desc(), verifications.c.created_at.desc(), verifications.c.id)
        statement = reading(verification_row).where(*where).order_by(*newest_first).limit(1)
        return first(await self._many(verification_row, statement))

    async def spend_try(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        return await self._spent(instance_id, id, now, {"tries": verifications.c.tries + 1})

    async def spend_all_tries(self, instance_id: InstanceId, id: VerificationId, now: Instant) -> Verification | None:
        return await self._spent(instance_id, id, now, {"tries": verifications.c.max_tries})

    async def _spent(
        self, instance_id: InstanceId, id: VerificationId, now: Instant, values: Mapping[str, object]
    ) -> Verification | None:
        open_still = (
            _UNVERIFIED,
            verifications.c.tries < verifications.c.max_tries,
            verifications.c.expire_at > now.millis,
        )
        return first(await self._updated(verification_row, values, *_named(instance_id, id), *open_still))

    async def find_by_link(self, instance_id: InstanceId, link_hash: bytes) -> Verification | None:
        return await self._one(verification_row, *_linked(instance_id, link_hash))

    async def take_link(self, instance_id: InstanceId, link_hash: bytes, since: Instant) -> Verification | None:
        unused = (verifications.c.admitted_at.is_(None), verifications.c.created_at > since.millis)
        return first(
            await self._updated(verification_row, {"link_hash": None}, *_linked(instance_id, link_hash), *unused)
        )

    async def admit(self, instance_id: InstanceId, link_hash: bytes, now: Instant) -> Verification | None:
        open_still = (_UNVERIFIED, verifications.c.admitted_at.is_(None), verifications.c.expire_at > now.millis)
        values = {"admitted_at": now.millis}
        return first(await self._updated(verification_row, values, *_linked(instance_id, link_hash), *open_still))

    async def consume(
        self, instance_id: InstanceId, id: VerificationId, proof_hash: bytes | None, now: Instant
    ) -> Verification | None:
        where = [*_named(instance_id, id), _UNVERIFIED, verifications.c.expire_at > now.millis]
        if proof_hash is not None:
            where.append(verifications.c.proof_hash == proof_hash)
        values = {"status": VerificationStatus.VERIFIED.value, "verified_at": now.millis}
        return first(await self._updated(verification_row, values, *where))


def _named(instance_id: InstanceId, id: VerificationId) -> tuple[Condition, Condition]:
    return verifications.c.id == id, verifications.c.instance_id == instance_id


def _linked(instance_id: InstanceId, link_hash: bytes) -> tuple[Condition, Condition]:
    return verifications.c.link_hash == link_hash, verifications.c.instance_id == instance_id
