"""Sign-ins."""

from sqlalchemy import update

from sojourn.errors import Conflict
from sojourn.ids import InstanceId, SignInId, UserId
from sojourn.instant import Instant
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group
from sojourn.store.sql.hot_writes import HotWrites
from sojourn.store.sql.rows.sign_ins import sign_in_row, sign_ins


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
            "of_instance": before.instance_id,
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
