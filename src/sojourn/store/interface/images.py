"""Profile pictures."""

from typing import Protocol

from sojourn.ids import InstanceId, UserId
from sojourn.users.images import Image


class ImageStore(Protocol):
    async def put(self, image: Image) -> None:
        """Keep it in the place of the user's earlier one, which is gone: the last of racing callers has its way."""
        ...

    async def find(self, instance_id: InstanceId, id: str) -> Image | None: ...
    async def delete_of_user(self, instance_id: InstanceId, user_id: UserId) -> bool: ...
