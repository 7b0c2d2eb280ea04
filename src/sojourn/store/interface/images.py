"""Profile pictures."""

from typing import Protocol

from sojourn.ids import InstanceId, UserId
from sojourn.users.images import Image


class ImageStore(Protocol):
    async def put(self, image: Image) -> None:
        """Replace the user's picture and delete the earlier one; of concurrent callers the last one wins."""
        ...

    async def find(self, instance_id: InstanceId, id: str) -> Image | None: ...
    async def delete_of_user(self, instance_id: InstanceId, user_id: UserId) -> bool: ...
