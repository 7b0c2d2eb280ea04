"""Cursors of lists: a place in a list as opaque text, so that pages stay stable while rows come and go."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from sojourn.errors import FieldError

_MAX_CURSOR = 400

PageLimit = Annotated[int, Meta(ge=1, le=200)]
"""How many rows of a list one page holds."""

P = TypeVar("P")


def cursor_text(place: object) -> str:
    """The place, any value that JSON holds, as text for a URL."""
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place_of(cursor: str, kind: type[P]) -> P:
    """The place that `cursor_text` made the cursor of. Raises: FieldError for any other text."""
    try:
        if len(cursor) > _MAX_CURSOR:
            raise ValueError
        padded = cursor + "=" * (-len(cursor) % 4)
        return msgspec.json.decode(urlsafe_b64decode(padded.encode("ascii")), type=kind)
    except (ValueError, msgspec.DecodeError) as error:
        raise FieldError("cursor must be a next_cursor of this list.", param="cursor") from error
