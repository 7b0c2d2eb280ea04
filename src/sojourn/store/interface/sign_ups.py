"""Sign-up attempts."""

from typing import Protocol

from sojourn.ids import InstanceId, SignUpId
from sojourn.sign_ups.sign_up import SignUp


class SignUpStore(Protocol):
    async def create(self, sign_up: SignUp) -> None: ...
    async def find(self, instance_id: InstanceId, id: SignUpId) -> SignUp | None: ...
    async def move(self, before: SignUp, after: SignUp) -> None:
        """Write `after` if the row still has the status and `updated_at` of `before`. Raises: Conflict."""
        ...
