"""Sign-in attempts."""

from typing import Protocol

from sojourn.ids import InstanceId, SignInId, UserId
from sojourn.instant import Instant
from sojourn.sign_ins.sign_in import SignIn


class SignInStore(Protocol):
    async def create(self, sign_in: SignIn) -> None: ...
    async def find(self, instance_id: InstanceId, id: SignInId) -> SignIn | None: ...
    async def move(self, before: SignIn, after: SignIn) -> None:
        """Write `after` if the row still has the status and verification of `before`. Raises: Conflict."""
        ...

    async def abandon_of_user(
        self, instance_id: InstanceId, user_id: UserId, now: Instant, *, keep: SignInId | None = None
    ) -> None:
        """End every unfinished sign-in of the user (R-PWD-11)."""
        ...
