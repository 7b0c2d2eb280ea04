"""The picture of a user: one at most, drawn anew by this server from what was uploaded (R-HDR-04)."""

from dataclasses import dataclass

from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.users.user import User

CONTENT_TYPE = "image/webp"
"""What every picture is kept and served as."""


@dataclass(frozen=True, slots=True)
class Image:
    """`content` is a WebP file of at most 512 pixels a side. The id is the only way to it and never used again."""

    id: str
    instance_id: InstanceId
    user_id: UserId
    content: bytes
    created_at: Instant


def image_url(user: User, public_url: str) -> str | None:
    """Where anybody who knows it may look at the user's picture; None for a user without one."""
    return None if user.image_id is None else f"{public_url}/v1/images/{user.image_id}"
