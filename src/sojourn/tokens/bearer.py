"""The Authorization header of a request, parsed strictly (R-JWT-11, RFC 6750 section 2.1)."""

import re
from collections.abc import Sequence

from sojourn.errors import TokenRefused

__all__ = ["bearer"]

# Spelt out, because ignoring case would cost six times as much over a whole token.
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)", re.ASCII)
_TRIED = re.compile(r"(?:^|,)\s*bearer(?![\w!#$%&'*+.^`|~-])", re.ASCII | re.IGNORECASE)
_TOKEN_WITHOUT_SCHEME = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*", re.ASCII)


def bearer(values: Sequence[str]) -> str | None:
    """The token of the request's Authorization headers; None without one, and for another scheme than `Bearer`.

    The `Basic` of a proxy in front of a staging site is no session token, so cookies are read as if it were absent.
    Raises: TokenRefused for an empty, repeated or malformed `Bearer`: a caller that tried and failed is told so, and no
    cookie is read instead.
    """
    if not values:
        return None
    # One scheme only: a second "Bearer" in the value is refused, not trimmed (RFC 6750 section 2.1).
    found = _BEARER.fullmatch(values[0]) if len(values) == 1 else None
    if found is not None:
        return found[1]
    if is_attempt(values):
        raise TokenRefused("token-invalid", "Send exactly one header `Authorization: Bearer <session token>`.")
    return None


def is_attempt(values: Sequence[str]) -> bool:
    """True if Authorization headers attempt bearer authentication: `Bearer` in any form, a bare token, or an empty
    value. WSGI servers join repeated headers with commas, so a list is read as one text, and all adapters behave the
    same (R-JWT-12).
    """
    if not values:
        return False
    whole = ",".join(values).strip(" \t,")
    return not whole or _TRIED.search(whole) is not None or _TOKEN_WITHOUT_SCHEME.fullmatch(whole) is not None
