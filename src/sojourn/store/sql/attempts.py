"""Sign-ins, sign-ups and verifications."""

from sqlalchemy import update

from sojourn.errors import Conflict
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import InstanceId, SignInId, SignUpId, UserId, VerificationId
from sojourn.instant import Instant
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.sign_ups.sign_up import SignUp
from sojourn.store.sql.database import Runner
from sojourn.store.sql.fast_writes import HotWrites
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.rows.sign_ins import sign_in_row, sign_ins
from sojourn.store.sql.rows.sign_ups import sign_up_row, sign_ups
from sojourn.store.sql.rows.verifications import verification_row, verifications

_UNVERIFIED = verifications.c.status == VerificationStatus.UNVERIFIED.value


class SqlSignIns(Group):
    def __init__(self, runner: Runner, writes: HotWrites) -> None:
        super().__init__(runner)
        self._writes = writes

    async def create(self, sign_in: SignIn) -> None:
        await self._insert(sign_in_row, sign_in)

    async def find(self, instance_id: InstanceId, id: SignInId) -> SignIn | None:
        return await self._one(sign_in_row, sign_ins.c.id == id, sign_ins.c.instance_id == instance_id)

    async def move(self, before: SignIn, after: SignIn) -> None:
        guard = {
            "of_id": before.id,
            "before_status": before.status.value,
            "before_verification": before.verification_id,
            "before_second": before.second_verification_id,
        }
        if not await self._run.put(self._writes.move_sign_in, {**sign_in_row.encode(after), **guard}):
            raise Conflict()

    async def abandon_of_user(
        self, instance_id: InstanceId, user_id: UserId, now: Instant, *, keep: SignInId | None = None
    ) -> None:
        where: list[Condition] = [
            sign_ins.c.instance_id == instance_id,
            sign_ins.c.user_id == user_id,
            sign_ins.c.status != SignInStatus.COMPLETE.value,
            sign_ins.c.abandon_at > now.millis,
        ]
        if keep is not None:
            where.append(sign_ins.c.id != keep)
        values = {"status": SignInStatus.ABANDONED.value, "abandon_at": now.millis, "updated_at": now.millis}
        await self._run.change(update(sign_ins).where(*where).values(values))


class SqlSignUps(Group):
    async def create(self, sign_up: SignUp) -> None:
        await self._insert(sign_up_row, sign_up)

    async def find(self, instance_id: InstanceId, id: SignUpId) -> SignUp | None:
        return await self._one(sign_up_row, sign_ups.c.id == id, sign_ups.c.instance_id == instance_id)

    async def move(self, before: SignUp, after: SignUp) -> None:
        guard = (
            sign_ups.c.id == before.id,
            sign_ups.c.status == before.status.value,
            sign_ups.c.verification_id.is_not_distinct_from(before.verification_id),
            sign_ups.c.updated_at == before.updated_at.millis,
        )
        if await self._update(sign_up_row, sign_up_row.encode(after), *guard) != 1:
            raise Conflict()


class SqlVerifications(Group):
    async def start(self, verification: Verification) -> None:
        async with self._run.together() as runner:
            await runner.line_up(f"verifications of {verification.owner_id}")  # or two starts miss each other's row
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
        open_still = (
            _UNVERIFIED,
            verifications.c.tries < verifications.c.max_tries,
            verifications.c.expire_at > now.millis,
        )
        values = {"tries": verifications.c.tries + 1}
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
