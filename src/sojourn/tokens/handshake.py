"""The handshake, which carries a browser's state from this server to an app's own cookies (wire protocol section 7)."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sojourn.errors import Json, TokenRefused
from sojourn.instant import Instant
from sojourn.tokens.jws import MAX_LENGTH, FindKey, encoded_header, sign, verify
from sojourn.tokens.signing_keys import SigningKey

HANDSHAKE = "__clerk_handshake"
"""The name of a handshake token: a parameter in development, a cookie in production."""

NONCE = "__clerk_handshake_nonce"
"""The name of a handshake nonce, likewise."""

REDIRECT = "__sojourn_redirect"
"""The parameter with the id of the redirect that one of our adapters began; the result is bound to it (R-HSK-01)."""

REDIRECT_ID = re.compile(r"[A-Za-z0-9_-]{5,22}~?", re.ASCII)
MAX_HANDSHAKE_LENGTH = 4 * MAX_LENGTH
"""The maximum length of a handshake token in characters: it holds a session token twice, and base64 adds a third."""

_YEAR = 31_536_000

_LIFE = 60
_SKEW = 5
_VALUE = re.compile(r"[A-Za-z0-9._~-]+", re.ASCII)


@cache
def cookie_suffix(publishable_key: str) -> str:
    """The eight-character suffix that separates the cookies of applications on one host (wire protocol section 2.1)."""
    digest = hashlib.sha1(publishable_key.encode(), usedforsecurity=False).digest()
    return b64encode(digest, altchars=b"-_").decode("ascii")[:8]


@dataclass(frozen=True, slots=True)
class BrowserState:
    """The state that an app's cookies should have. `token` None means signed out; `signed_in_at` is in seconds, 0 when signed out."""

    token: str | None
    signed_in_at: int
    dev_browser: str | None = None
    refresh: str | None = None


def directives(state: BrowserState, suffix: str, *, secure: bool, domain: str = "") -> list[str]:
    """The Set-Cookie values for the app's origin, always for both names of each cookie.

    `domain` is for `__client_uat` in production only, so that this server and the app set the same cookie. Raises:
    ValueError for a value that contains a separator, because apps split directives at `=` and `;`.
    """
    for value in (state.token, state.dev_browser, state.refresh):
        if value and _VALUE.fullmatch(value) is None:
            raise ValueError("a cookie value holds letters, digits, dots, dashes and underscores only")
    kept = f"; Path=/; Max-Age={_YEAR}; SameSite=Lax{'; Secure' if secure else ''}"
    gone = f"; Path=/; Max-Age=0; SameSite=Lax{'; Secure' if secure else ''}"
    shared = f"{kept}; Domain={domain}" if domain else kept
    lines: list[str] = []
    for name in ("__session", f"__session_{suffix}"):
        lines.append(f"{name}={state.token}{kept}" if state.token else f"{name}={gone}")
    for name in ("__client_uat", f"__client_uat_{suffix}"):
        lines.append(f"{name}={state.signed_in_at}{shared}")
    if state.dev_browser is not None:
        lines += [f"{name}={state.dev_browser}{kept}" for name in ("__clerk_db_jwt", f"__clerk_db_jwt_{suffix}")]
    if state.refresh is not None:
        lines.append(f"__refresh_{suffix}={state.refresh}{kept}; HttpOnly")
    elif state.token is None:
        lines.append(f"__refresh_{suffix}={gone}; HttpOnly")
    return lines


def slimmer(lines: Sequence[str]) -> list[str]:
    """The directives without the plain session cookie; apps that know the suffixed one read that first."""
    return [line for line in lines if not line.startswith("__session=")]


@dataclass(frozen=True, slots=True)
class Handshake:
    """The contents of a handshake token. `redirect` is empty for requests of published SDKs."""

    lines: Sequence[str]
    redirect: str = ""


def mint_handshake(lines: Sequence[str], key: SigningKey, now: Instant, *, redirect: str = "") -> str:
    """A handshake token, which carries cookies to set and is not a session token (R-JWT-08)."""
    claims: dict[str, Json] = {"handshake": list(lines), "iat": now.seconds, "exp": now.seconds + _LIFE}
    if redirect:
        claims["redirect"] = redirect
    return sign(encoded_header(key.algorithm, key.kid), claims, key.private)


def bound_nonce(nonce: str, redirect: str) -> str:
    """The look-up key of a nonce, bound to its redirect, so that it is useless in another one (R-HSK-01)."""
    return f"{nonce}.{redirect}" if redirect else nonce


def read_handshake(token: str, find_key: FindKey, now: Instant) -> Handshake:
    """Verify and read a handshake token, which must be fresh. Raises: TokenRefused."""
    jws = verify(token, find_key, max_length=MAX_HANDSHAKE_LENGTH)
    listed, issued = jws.claims.get("handshake"), jws.claims.get("iat")
    # session and template tokens always have a category and a subject, whatever custom claims they contain
    if (
        jws.header.kind != "JWT"
        or jws.header.category is not None
        or "sub" in jws.claims
        or not isinstance(listed, list)
    ):
        raise TokenRefused("token-invalid", "This is not a handshake token.")
    lines = [line for line in listed if isinstance(line, str) and line.isprintable()]
    redirect = jws.claims.get("redirect", "")
    if type(issued) is not int or len(lines) != len(listed) or not isinstance(redirect, str):
        raise TokenRefused("token-invalid", "The handshake token cannot be read.")
    if now.seconds >= issued + _LIFE + _SKEW:
        raise TokenRefused("token-expired", "The handshake is too old. Load the page again.")
    if now.seconds < issued - _SKEW:
        raise TokenRefused(
            "token-iat-in-the-future", "The handshake comes from the future. Check both machines' clocks."
        )
    return Handshake(lines, redirect)
