"""Setting and removing a user's picture, for the user and for servers with the secret key."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sojourn.errors import Json, NotFound, Overloaded
from sojourn.ids import new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.store.interface import Groups, Store
from sojourn.users.accounts import SERVER, Accounts
from sojourn.users.image_encoding import encoded
from sojourn.users.images import Image
from sojourn.users.user import User

_AT_ONCE = 2
_MAX_WAITING = 8
_DETAILS: Mapping[str, Json] = {"fields": ["profile_image"]}


@dataclass(slots=True)
class ProfileImages:
    """Each process encodes at most two pictures at once, in threads, so neither requests nor password hashes wait for
    them.
    """

    store: Store
    accounts: Accounts
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))
    _under_way: int = 0

    async def set(self, instance: Instance, user_id: str, content: bytes, *, actor: str = SERVER) -> User:
        """Set the user's picture and delete the previous one.

        Raises: NotFound, ImageKindUnknown, FieldError, Overloaded.
        """
        user = await self.accounts.get(instance, user_id)  # check before the slow part
        drawn = await self._drawn(content)
        id = new_id("img_")

        async def then(tx: Groups, before: User, after: User) -> None:
            await tx.images.put(Image(id, instance.id, after.id, drawn, after.updated_at))

        return await self.accounts.change(
            instance,
            user.id,
            "user.updated",
            lambda user, now: replace(user, image_id=id),
            then,
            actor=actor,
            details=_DETAILS,
        )

    async def remove(self, instance: Instance, user_id: str, *, actor: str = SERVER) -> User:
        """Remove and delete the picture. Raises: NotFound, also if there is none."""

        def change(user: User, now: Instant) -> User:
            if user.image_id is None:
                raise NotFound("There is no picture to remove.")
            return replace(user, image_id=None)

        async def then(tx: Groups, before: User, after: User) -> None:
            await tx.images.delete_of_user(instance.id, after.id)

        return await self.accounts.change(
            instance, user_id, "user.updated", change, then, actor=actor, details=_DETAILS
        )

    async def find(self, instance: Instance, id: str) -> Image:
        """Raises: NotFound, also for a picture that was replaced."""
        found = await self.store.images.find(instance.id, id) if well_formed(id) else None
        if found is None:
            raise NotFound("There is no picture at this address anymore.")
        return found

    async def _drawn(self, content: bytes) -> bytes:
        if self._under_way >= _AT_ONCE + _MAX_WAITING:
            raise Overloaded()
        self._under_way += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(encoded, content)
        finally:
            self._under_way -= 1
