"""App data of one visitor, signed in or not."""

from collections.abc import Mapping

from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from sojourn.errors import Json
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.sql.columns import from_json, to_json
from sojourn.store.sql.group import Condition, Group
from sojourn.store.sql.rows.app_data import app_data


class SqlAppData(Group):
    async def find(self, instance_id: InstanceId, key: str, now: Instant) -> dict[str, Json] | None:
        where = (*_at(instance_id, key), app_data.c.expire_at > now.millis)
        rows = await self._run.rows(select(app_data.c.data).where(*where))
        return from_json(str(rows[0][0])) if rows else None

    async def put(
        self,
        instance_id: InstanceId,
        key: str,
        data: Mapping[str, Json],
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId | None = None,
    ) -> None:
        values = {"data": to_json(data), "updated_at": now.millis, "expire_at": expire_at.millis, "user_id": user_id}
        replacing = update(app_data).where(*_at(instance_id, key)).values(values)
        if await self._run.change(replacing):
            return
        try:
            async with self._undoing() as runner:
                await runner.change(insert(app_data).values(instance_id=instance_id, key=key, **values))
        except IntegrityError:  # another caller was first, or the user was deleted
            await self._run.change(replacing)

    async def delete(self, instance_id: InstanceId, key: str) -> None:
        await self._run.change(delete(app_data).where(*_at(instance_id, key)))

    async def move(
        self,
        instance_id: InstanceId,
        key: str,
        to: str,
        now: Instant,
        *,
        expire_at: Instant,
        user_id: UserId,
    ) -> bool:
        taken = app_data.alias()
        is_taken = exists().where(taken.c.instance_id == instance_id, taken.c.key == to)
        values = {"key": to, "user_id": user_id, "updated_at": now.millis, "expire_at": expire_at.millis}
        where = (*_at(instance_id, key), app_data.c.expire_at > now.millis, ~is_taken)
        try:
            async with self._undoing() as runner:
                return await runner.change(update(app_data).where(*where).values(values)) == 1
        except IntegrityError:
            return False


def _at(instance_id: InstanceId, key: str) -> tuple[Condition, Condition]:
    return app_data.c.instance_id == instance_id, app_data.c.key == key
