"""JSON bodies, read strictly into structs (R-INP-04, R-INP-06, R-LIM-07)."""

import json
import math
from collections.abc import Mapping
from typing import NoReturn, TypeVar, cast

import msgspec

from sojourn.errors import FieldFormat, Json, Malformed
from sojourn.web.errors import UnsupportedMediaType
from sojourn.web.http_request import HttpRequest
from sojourn.web.parsing.bounds import MAX_DEPTH, MAX_TEXT, check_text, is_too_deep

_JSON = "application/json"
_LONGER: Mapping[str, int] = {
    "subject": 60 * 1024,  # of the inspector: header lines
    "password": 8192,  # the password policy has its own limit and error code
    "password_digest": 4096,
    "token": 8192,
    "expired_token": 8192,
    "refresh_token": 8192,
    "signing_key": 8192,
    "url": 8192,
    "proxy_url": 2048,
}
_OPEN = frozenset({"public_metadata", "private_metadata", "unsafe_metadata", "claims", "actor", "public", "private",
                   "request_headers"})  # fmt: skip
"""Objects whose texts are limited by the object's total size instead of one by one."""

_INTEGERS = range(-(2**63), 2**63)

Kind = TypeVar("Kind", bound=msgspec.Struct)


class NoFields(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The body of an operation without input."""


def json_of(request: HttpRequest, body: bytes, kind: type[Kind]) -> Kind:
    """The JSON object as `kind`; an absent body counts as an empty object.

    Raises: UnsupportedMediaType, Malformed (not JSON, a member twice, too deep), FieldUnknown, FieldMissing, FieldTooLong, FieldError.
    """
    if body and request.media_type != _JSON:
        raise UnsupportedMediaType(f"Send a JSON body with Content-Type: {_JSON}.")
    value = _decoded(body) if body else {}
    if not isinstance(value, dict):
        raise Malformed("The body must be a JSON object.")
    for name, field in value.items():
        if len(name) <= 64:
            _check(field, name, None if name in _OPEN else _LONGER.get(name, MAX_TEXT))
    return msgspec.convert(value, kind)


def _decoded(body: bytes) -> Json:
    try:
        msgspec.json.decode(body)  # stricter: UTF-8, surrogates, NaN
        value = cast("Json", json.loads(body, object_pairs_hook=_members, parse_constant=_no_constant))
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error
    if is_too_deep(value):
        raise Malformed(f"The body is nested more than {MAX_DEPTH} levels deep.")
    return value


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("A member is given more than once.")
    return members


def _no_constant(text: str) -> NoReturn:
    raise Malformed("The body is not valid JSON.")


def _check(value: Json, param: str, max_length: int | None) -> None:
    """Reject values that databases store differently: NUL in texts, numbers beyond 64 bits.

    `max_length` is in characters.
    """
    match value:
        case str():
            check_text(value, param, max_length)
        case bool():
            pass
        case int() if value not in _INTEGERS:
            raise FieldFormat(f"{param} holds an integer of more than 64 bits.", param=param)
        case float() if not math.isfinite(value):
            raise FieldFormat(f"{param} holds a number that JSON cannot express.", param=param)
        case list():
            for inner in value:
                _check(inner, param, max_length)
        case dict():
            for name, inner in value.items():
                check_text(name, param, None)
                _check(inner, param, max_length)
        case _:
            pass
