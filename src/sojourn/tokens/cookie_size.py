"""The maximum size of a session token: browsers silently drop larger cookies."""

from sojourn.tokens.handshake import cookie_suffix

LARGEST_COOKIE = 4096
"""The maximum size of a cookie in browsers: name and value together, in bytes (RFC 6265 section 6.1)."""


def largest_token(publishable_key: str) -> int:
    """The maximum size of a token in bytes in `__session_<suffix>`, the longer one of its two cookies."""
    return LARGEST_COOKIE - len(f"__session_{cookie_suffix(publishable_key)}")


def too_large(size: int, publishable_key: str) -> str | None:
    """Advice for a token of `size` bytes; None if it fits into a cookie."""
    max_size = largest_token(publishable_key)
    if size <= max_size:
        return None
    return (
        f"The session token has {size:,} bytes, and browsers keep {max_size:,} in its cookie ({LARGEST_COOKIE:,} with the name): "
        "make the custom claims (sessions.claims) or the metadata they name smaller."
    )
