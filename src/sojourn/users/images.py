"""The picture of a user: one at most, re-encoded by this server from the upload (R-HDR-04)."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote
from zlib import crc32

from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.users.user import User

CONTENT_TYPE = "image/webp"
"""The format in which every image is stored and served."""


@dataclass(frozen=True, slots=True)
class Image:
    """`content` is a WebP file of at most 512 pixels a side. Its ID is unguessable and never reused."""

    id: str
    instance_id: InstanceId
    user_id: UserId
    content: bytes
    created_at: Instant


_NO_INITIALS = "-"
_quoted = lru_cache(maxsize=4096)(quote)


def avatar_url(user: User, public_url: str) -> str:
    """The URL of the user's picture, or of a generated avatar with their initials; without a URL components show a
    broken image. The URL reveals neither ID nor name.
    """
    chosen = image_url(user, public_url)
    if chosen is not None:
        return chosen
    return f"{public_url}/v1/avatars/{crc32(user.id.encode()) % 360}/{_quoted(_initials(user))}.svg"


def _initials(user: User) -> str:
    letters = [name[0].upper() for name in (user.first_name, user.last_name) if name and name[0].isalpha()]
    return "".join(letters) or _NO_INITIALS


def image_url(user: User, public_url: str) -> str | None:
    """The public, unguessable URL of the user's picture; None for a user without one."""
    return None if user.image_id is None else f"{public_url}/v1/images/{user.image_id}"
