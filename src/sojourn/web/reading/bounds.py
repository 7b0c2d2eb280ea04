"""Bounds of every value that a request carries: depth, length, characters that can be stored (R-LIM-07, R-INP-04)."""

from sojourn.errors import FieldFormat, FieldTooLong, Json

MAX_DEPTH = 16
MAX_TEXT = 1024
"""Characters of a field that names no other length."""


def is_too_deep(value: Json) -> bool:
    """True if objects and lists are nested more than `MAX_DEPTH` levels deep."""
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [inner for each in level if isinstance(each, dict | list)
                 for inner in (each.values() if isinstance(each, dict) else each)]  # fmt: skip
        if not level:
            return False
    return True


def check_text(text: str, param: str, longest: int | None) -> None:
    if "\0" in text:
        raise FieldFormat(f"{param} holds a character that cannot be stored.", param=param)
    if longest is not None and len(text) > longest:
        raise FieldTooLong(param, longest)
