"""Bounds of every value in a request: depth, length, storable characters (R-LIM-07, R-INP-04)."""

from sojourn.errors import FieldFormat, FieldTooLong, Json

MAX_DEPTH = 16
MAX_TEXT = 1024
"""The maximum length in characters of a field without its own limit."""


def is_too_deep(value: Json) -> bool:
    """True if objects and lists are nested more than `MAX_DEPTH` levels deep."""
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for container in level if isinstance(container, dict | list)
                 for inner in (container.values() if isinstance(container, dict) else container)]  # fmt: skip
        if not level:
            return False
    return True


def check_text(text: str, param: str, max_length: int | None) -> None:
    if "\0" in text:
        raise FieldFormat(f"{param} holds a character that cannot be stored.", param=param)
    if max_length is not None and len(text) > max_length:
        raise FieldTooLong(param, max_length)
