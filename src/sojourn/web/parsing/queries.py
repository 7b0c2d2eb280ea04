"""Queries of the Backend API, read strictly into structs (R-INP-04, R-INP-06)."""

from functools import lru_cache
from typing import TypeVar

import msgspec

from sojourn.errors import FieldUnknown, Malformed
from sojourn.web.http_request import HttpRequest
from sojourn.web.parsing.bounds import MAX_TEXT, check_text
from sojourn.web.parsing.encoded import encoded_pairs

_MAX_PARAMETERS = 1000

Kind = TypeVar("Kind", bound=msgspec.Struct)


def query_of(request: HttpRequest, kind: type[Kind]) -> Kind:
    """Query parameters as `kind`: repeated for sequences, otherwise once; blank means absent. An ignored filter would
    match everything, so an unknown parameter is rejected; names that begin with `_` belong to the SDKs and are ignored
    (wire protocol 4.1). Raises: FieldUnknown, Malformed (twice, too many, not UTF-8), FieldError and its subclasses.
    """
    text = request.query_text
    if not text:
        return kind()
    several = _sequences(kind)
    given: dict[str, str] = {}
    lists: dict[str, list[str]] = {}
    for name, value in encoded_pairs(text, max_fields=_MAX_PARAMETERS):
        if name.startswith("_") or (value == "" and name in several):
            continue
        if name not in several:
            raise FieldUnknown(name[:64])
        check_text(value, name, MAX_TEXT)
        if several[name]:
            lists.setdefault(name, []).append(value)
        elif name in given:
            raise Malformed("A parameter is given more than once.")
        else:
            given[name] = value
    return msgspec.convert({**given, **lists}, kind, strict=False)


@lru_cache(maxsize=64)
def _sequences(kind: type[msgspec.Struct]) -> dict[str, bool]:
    """The parameters of `kind`; True for those that may be repeated."""
    described = msgspec.inspect.type_info(kind)
    assert isinstance(described, msgspec.inspect.StructType)
    return {
        parameter.encode_name: isinstance(parameter.type, msgspec.inspect.VarTupleType | msgspec.inspect.ListType)
        for parameter in described.fields
    }
