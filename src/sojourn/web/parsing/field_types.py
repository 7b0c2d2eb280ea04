"""Field types of queries and JSON bodies, and the paging query of every list."""

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
    # msgspec cannot decode a recursive alias; its decoded JSON is `Json` anyway
    JsonObject = dict[str, Annotated[object, Meta(extra_json_schema={"description": "any JSON"})]]

Texts = Annotated[tuple[str, ...], Meta(max_length=100)]
"""A filter that may be repeated."""

Millis = Annotated[int, Meta(ge=0, le=2**53)]
MAX_LIST = 500
Limit = Annotated[int, Meta(ge=1, le=MAX_LIST)]
Offset = Annotated[int, Meta(ge=0, le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
"""An RFC 3339 time; one without a time zone is ambiguous and rejected."""

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
    """The value of a field for which null means the same as absence."""
    return msgspec.UNSET if value is None else value
