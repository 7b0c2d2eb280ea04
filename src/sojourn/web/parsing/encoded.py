"""URL-encoded fields: the one parser of queries and forms (R-INP-06, R-LIM-07)."""

from urllib.parse import parse_qsl

from sojourn.errors import Malformed

_MAX_FIELDS = 100


def encoded_pairs(text: bytes, *, max_fields: int) -> list[tuple[str, str]]:
    """Names and values in order, decoded once. Raises: Malformed (not UTF-8, more than `max_fields`)."""
    try:
        return parse_qsl(
            text.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=max_fields
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed() from error


def single_fields(text: bytes) -> dict[str, str]:
    """Fields, each at most once. Raises: Malformed."""
    if not text:
        return {}
    pairs = encoded_pairs(text, max_fields=_MAX_FIELDS)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("A field is given more than once.")
    return fields
