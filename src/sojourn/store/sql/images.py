"""Pictures of users, one each."""

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from sojourn.ids import InstanceId, UserId
from sojourn.store.sql.group import Condition, Group
from sojourn.store.sql.rows.images import image_row, images
from sojourn.users.images import Image


class SqlImages(Group):
    async def put(self, image: Image) -> None:
        replacing = update(images).where(*_of(image.instance_id, image.user_id))
        values = image_row.encode(image)
        if await self._run.change(replacing, values):
            return
        try:
            async with self._undoing() as runner:
                await SqlImages(runner)._insert(image_row, image)
        except IntegrityError:  # another caller was first, or the user was deleted
            await self._run.change(replacing, values)

    async def find(self, instance_id: InstanceId, id: str) -> Image | None:
        return await self._one(image_row, images.c.id == id, images.c.instance_id == instance_id)

    async def delete_of_user(self, instance_id: InstanceId, user_id: UserId) -> bool:
        return await self._run.change(delete(images).where(*_of(instance_id, user_id))) == 1


def _of(instance_id: InstanceId, user_id: UserId) -> tuple[Condition, Condition]:
    return images.c.user_id == user_id, images.c.instance_id == instance_id
