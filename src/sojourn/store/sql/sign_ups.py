"""Sign-ups."""

from sojourn.errors import Conflict
from sojourn.ids import InstanceId, SignUpId
from sojourn.sign_ups.sign_up import SignUp
from sojourn.store.sql.group import Group
from sojourn.store.sql.rows.sign_ups import sign_up_row, sign_ups


class SqlSignUps(Group):
    async def create(self, sign_up: SignUp) -> None:
        await self._insert(sign_up_row, sign_up)

    async def find(self, instance_id: InstanceId, id: SignUpId) -> SignUp | None:
        return await self._one(sign_up_row, sign_ups.c.id == id, sign_ups.c.instance_id == instance_id)

    async def move(self, before: SignUp, after: SignUp) -> None:
        guard = (
            sign_ups.c.id == before.id,
            sign_ups.c.instance_id == before.instance_id,
            sign_ups.c.status == before.status.value,
            sign_ups.c.verification_id.is_not_distinct_from(before.verification_id),
            sign_ups.c.updated_at == before.updated_at.millis,
        )
        if await self._update(sign_up_row, sign_up_row.encode(after), *guard) != 1:
            raise Conflict()
