"""Form bodies of the Frontend API, as typed values (wire protocol section 4.1)."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from sojourn.errors import FieldError, FieldMissing, FieldTooLong, FieldUnknown, Json, Malformed
from sojourn.web.errors import UnsupportedMediaType
from sojourn.web.http_request import HttpRequest
from sojourn.web.parsing.bounds import MAX_TEXT, is_too_deep
from sojourn.web.parsing.encoded import single_fields

_FORM = "application/x-www-form-urlencoded"
_LONGER_FIELDS: Mapping[str, int] = {
    "password": 8192,  # the password policy has its own limit and error code
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

Form = TypeVar("Form", bound=msgspec.Struct)


def form_of(request: HttpRequest, body: bytes, kind: type[Form], *, keep_blank: bool = False) -> Form:
    """The form body as `kind`: blank means absent unless kept, and unknown fields are ignored. Raises: FieldError and
    its subclasses, Malformed (a field twice, or in body and query), UnsupportedMediaType.
    """
    fields = {name: value for name, value in _fields(request, body).items() if keep_blank or value != ""}
    for name, value in fields.items():
        max_length = _LONGER_FIELDS.get(name, MAX_TEXT)
        if len(value) > max_length:
            raise FieldTooLong(name[:64], max_length)
        if name in _NEVER_SETTABLE:
            raise FieldUnknown(name)
    return msgspec.convert(fields, kind, strict=False)


def _fields(request: HttpRequest, body: bytes) -> Mapping[str, str]:
    if not body:
        return {}
    if request.media_type != _FORM:
        raise UnsupportedMediaType()
    fields = single_fields(body)
    if not request.query.keys().isdisjoint(fields):
        raise Malformed("A field is given both in the address and in the body.")
    return fields


def required(value: str | None, param: str) -> str:
    """The value of a field that must be given. Raises: FieldMissing."""
    if value is None:
        raise FieldMissing(param)
    return value


def json_object(text: str, param: str) -> dict[str, Json]:
    """The JSON object in a form field. Raises: FieldError when it is not one, or too deep (R-LIM-07)."""
    try:
        value: Json = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise FieldError(f"{param} must be a JSON object.", param=param) from error
    if not isinstance(value, dict):
        raise FieldError(f"{param} must be a JSON object.", param=param)
    if is_too_deep(value):
        raise FieldError(f"{param} is nested too deeply.", param=param)
    return value
