"""Which values the published documents allow for a parameter or a field: its `enum`, or the list that its description gives."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .published import Document, Operation

_LISTS = re.compile(
    r"(?:can be one of|returned users by their|we support at the moment are|supported modes are)(.*?)(?:\n\n|\.\s|\.$|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_FAMILY = re.compile(r"\[`\w+`\]\([^)]*\) variants:")
"""A name that is no value itself: those after it are."""
_VALUE = re.compile(r"[`']([a-z][a-z0-9_]*(?:\[provider\][a-z_]*)?)[`']")


def allowed_values(document: Document, operation: Operation) -> dict[str, list[str]]:
    """Each field of a request that takes only certain values, and those; `[provider]` stands as it is written."""
    found: dict[str, list[str]] = {}
    for name, schema in _fields(document, operation):
        values = [str(each) for each in _enum(document, schema)] or _listed(schema.get("description") or "")
        if values:
            found[name] = list(dict.fromkeys(found.get(name, []) + values))
    return found


def _fields(document: Document, operation: Operation) -> Iterator[tuple[str, Mapping[str, Any]]]:
    item, asked = document.written(operation)
    for each in [*item.get("parameters", []), *asked.get("parameters", [])]:
        parameter = document.resolved(each)
        if parameter["in"] != "path":
            yield (
                parameter["name"],
                {"description": parameter.get("description"), **document.resolved(parameter["schema"])},
            )
    body = document.resolved(asked.get("requestBody")) or {}
    for content in body.get("content", {}).values():
        yield from _members(document, content.get("schema"))


def _members(document: Document, schema: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for each in _parts(document, schema):
        for name, inner in each.get("properties", {}).items():
            for part in _parts(document, inner):
                yield name, part
            for part in _parts(document, inner):
                yield from _members(document, part)


def _parts(document: Document, schema: Any) -> Iterator[Mapping[str, Any]]:
    """A schema and what it is put together from."""
    found = document.resolved(schema)
    if isinstance(found, dict):
        yield found
        for word in ("anyOf", "oneOf", "allOf"):
            for each in found.get(word, []):
                yield from _parts(document, each)


def _enum(document: Document, schema: Mapping[str, Any]) -> list[Any]:
    items = schema.get("items")
    return list(schema.get("enum", [])) + [each for part in _parts(document, items) for each in _enum(document, part)]


def _listed(description: str) -> list[str]:
    found = _LISTS.search(description)
    return _VALUE.findall(_FAMILY.sub("", found[1])) if found else []
