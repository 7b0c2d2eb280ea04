"""The Authorization header of a request, read without mercy (R-JWT-11, RFC 6750 section 2.1)."""

import re
from collections.abc import Sequence

from sojourn.errors import TokenRefused

# Spelt out, because ignoring case would cost six times as much over a whole token.
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)", re.ASCII)


def bearer(values: Sequence[str]) -> str | None:
    """The token of the request's Authorization headers; None when there is no such header.

    Raises: TokenRefused for an empty, repeated, non-Bearer or malformed one: a caller that tried and failed is told so,
    and no cookie is looked at in its place.
    """
    if not values:
        return None
    # One scheme only: a second "Bearer" in the value is refused, not trimmed (RFC 6750 section 2.1).
    found = _BEARER.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        raise TokenRefused("token-invalid", "Send exactly one header `Authorization: Bearer <session token>`.")
    return found[1]
