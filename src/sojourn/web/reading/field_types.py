"""Types of the fields that queries and JSON bodies have, and what every list takes."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec
from msgspec import Meta, UnsetType

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.store.interface import Page

if TYPE_CHECKING:
    JsonObject = dict[str, Json]
else:
    # msgspec decodes no recursive alias; what it makes of JSON is Json all the same
    JsonObject = dict[str, Annotated[object, Meta(extra_json_schema={"description": "any JSON"})]]

Texts = Annotated[tuple[str, ...], Meta(max_length=100)]
"""A filter that is given once for each value."""

Millis = Annotated[int, Meta(ge=0, le=2**53)]
MAX_LIST = 500
Limit = Annotated[int, Meta(ge=1, le=MAX_LIST)]
Offset = Annotated[int, Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 time; one without a zone names no moment and is refused."""

T = TypeVar("T")


class Paging(msgspec.Struct, kw_only=True):
    """The query of every list. `paginated` requests `{data, total_count}` instead of a bare array."""

    limit: Limit = 10
    offset: Offset = 0
    paginated: bool = False

    def page(self) -> Page:
        return Page(self.limit, self.offset)


def instant(moment: datetime | None) -> Instant | None:
    return None if moment is None else Instant.from_datetime(moment)


def millis_instant(millis: int | None) -> Instant | None:
    return None if millis is None else Instant(millis)


def given(value: "T | None | UnsetType") -> "T | UnsetType":
    """A field for which null means what absence means."""
    return msgspec.UNSET if value is None else value
