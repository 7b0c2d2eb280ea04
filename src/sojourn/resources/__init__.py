"""JSON objects of the wire protocol: one function each, shared by the Frontend and the Backend API.

Times are integer milliseconds. A field that the published documents require is always present, null if empty. A field
that they do not name is never sent, because strict clients reject it.
"""

from collections.abc import Mapping

from sojourn.instant import Instant

Resource = dict[str, object]
"""A JSON object of a response."""


def millis(instant: Instant | None) -> int | None:
    return None if instant is None else instant.millis


def token(jwt: str) -> Resource:
    return {"object": "token", "jwt": jwt}


def deleted(kind: str, id: str) -> Resource:
    """The object of a deleted resource; `kind` is its `object` name."""
    return {"object": kind, "id": id, "deleted": True}


def total_count(count: int) -> Resource:
    return {"object": "total_count", "total_count": count}


def without_nulls(fields: Mapping[str, object]) -> Resource:
    """The fields that have a value, for places where the published documents allow absence but not null."""
    return {name: value for name, value in fields.items() if value is not None}
