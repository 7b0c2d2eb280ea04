"""Form bodies of the Frontend API, as typed values (wire protocol section 4.1)."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from sojourn.errors import FieldError, FieldTooLong, FieldUnknown, Json, Malformed
from sojourn.web.errors import UnsupportedMediaType
from sojourn.web.incoming import Incoming, single_fields

_FORM = "application/x-www-form-urlencoded"
_FIELD_LONGEST = 1024
_LONGER_FIELDS: Mapping[str, int] = {
    "password": 8192,  # the password policy names its own limit, with its own code
    "new_password": 8192,
    "current_password": 8192,
    "unsafe_metadata": 32768,
    "redirect_url": 2048,
    "action_complete_redirect_url": 2048,
    "token": 8192,
}
_NEVER_SETTABLE = frozenset(
    {"id", "object", "role", "banned", "locked", "verified", "verification", "public_metadata", "private_metadata",
     "external_id", "created_at", "updated_at", "instance_id", "user_id", "email_verified"}
)  # fmt: skip
_DEEPEST = 16

Form = TypeVar("Form", bound=msgspec.Struct)


def form_of(incoming: Incoming, body: bytes, kind: type[Form], *, keep_blank: bool = False) -> Form:
    """The form body as `kind`: blank means absent unless kept, fields it does not know are left aside.

    Raises: FieldError and its kinds, Malformed (a field twice, or in body and query), UnsupportedMediaType.
    """
    fields = {name: value for name, value in _fields(incoming, body).items() if keep_blank or value != ""}
    for name, value in fields.items():
        longest = _LONGER_FIELDS.get(name, _FIELD_LONGEST)
        if len(value) > longest:
            raise FieldTooLong(name[:64], longest)
        if name in _NEVER_SETTABLE:
            raise FieldUnknown(name)
    return msgspec.convert(fields, kind, strict=False)


def _fields(incoming: Incoming, body: bytes) -> Mapping[str, str]:
    if not body:
        return {}
    stated = (incoming.header(b"content-type") or "").partition(";")[0].strip().lower()
    if stated != _FORM:
        raise UnsupportedMediaType()
    fields = single_fields(body)
    if not incoming.query.keys().isdisjoint(fields):
        raise Malformed("A field is given both in the address and in the body.")
    return fields


def json_object(text: str, param: str) -> dict[str, Json]:
    """The JSON object in a form field. Raises: FieldError when it is not one, or too deep (R-LIM-07)."""
    try:
        value: Json = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FieldError(f"{param} must be a JSON object.", param=param) from error
    if not isinstance(value, dict):
        raise FieldError(f"{param} must be a JSON object.", param=param)
    if _depth_over(value, _DEEPEST):
        raise FieldError(f"{param} is nested too deeply.", param=param)
    return value


def _depth_over(value: Json, deepest: int) -> bool:
    level: list[Json] = [value]
    for _ in range(deepest + 1):
        inner: list[Json] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        if not inner:
            return False
        level = inner
    return True
