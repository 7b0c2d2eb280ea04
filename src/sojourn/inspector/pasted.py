"""Reads pasted text: a token, an id, a cookie, a line or the head of a request or response. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from sojourn.instant import Instant
from sojourn.tokens.auth_reasons import explained
from sojourn.tokens.handshake import HANDSHAKE

MAX_LENGTH = 64 * 1024
"""More than the largest head of a request; the rest of a longer text is ignored."""

CLIENT_PREFIX = "clt_"
_HEADER = re.compile(r"(?i)^[ \t]*[<>]?[ \t]*([a-z][a-z0-9-]{1,40}):[ \t]*(.*)$")
_COMPACT = re.compile(r"[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*", re.ASCII)
_CLIENT_NAME = re.compile(r"(?:__Host-)?__client(?:_[A-Za-z0-9_-]{8})?", re.ASCII)
_SESSION_NAME = re.compile(r"__session(?:_[A-Za-z0-9_-]{8})?", re.ASCII)
_UAT_NAME = re.compile(r"__client_uat(?:_[A-Za-z0-9_-]{8})?", re.ASCII)
_OFF = re.compile(r"clock\.off seconds=(-?\d{1,9})|clock is (\d{1,9}|\d{1,3}(?:,\d{3}){1,2}) s (ahead of|behind)")
_ATTRIBUTES = frozenset({"path", "max-age", "domain", "samesite", "secure", "httponly", "expires", "partitioned"})


@dataclass(frozen=True, slots=True)
class Pasted:
    """The parts found in the text; all empty for text of no known kind.

    `cookies` are the pairs of a `Cookie` header in their order, `set_cookies` whole lines. `clock_off` is in seconds,
    positive if the clock of the app's machine is ahead.
    """

    text: str
    tokens: Sequence[str] = ()
    handshakes: Sequence[str] = ()
    client_secrets: Sequence[str] = ()
    cookies: Sequence[tuple[str, str]] = ()
    set_cookies: Sequence[str] = ()
    reason: str | None = None
    date: Instant | None = None
    clock_off: int | None = None
    has_cookie_header: bool = False
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def session_tokens(self) -> Sequence[str]:
        """Pasted directly, or in a session cookie, without repetition."""
        of_cookies = [value for name, value in self.cookies if _SESSION_NAME.fullmatch(name) and value]
        return list(dict.fromkeys([*self.tokens, *of_cookies]))

    @property
    def clients(self) -> Sequence[tuple[str, str]]:
        """The client cookies, name and value."""
        return [(name, value) for name, value in self.cookies if _CLIENT_NAME.fullmatch(name)]

    @property
    def signed_in_marks(self) -> Sequence[str]:
        """The values of `__client_uat`: 0 for signed out."""
        return [value for name, value in self.cookies if _UAT_NAME.fullmatch(name)]


def read_pasted(text: str) -> Pasted:
    """Never raises; unknown text has no parts."""
    text = text[:MAX_LENGTH].strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    headers = [found for found in map(_HEADER.match, lines) if found is not None]
    if headers and len(headers) >= len(lines) - 2:  # a request or status line may stand first
        return _of_headers(text, [(found[1].lower(), found[2].strip()) for found in headers])
    off = _clock_off(text)
    if len(lines) != 1 or off is not None:
        return Pasted(text, clock_off=off)
    return _of_one(lines[0])


def _of_one(line: str) -> Pasted:
    if line[:7].lower() == "bearer ":
        line = line[7:].strip()
    if explained(line) is not None:
        return Pasted(line, reason=line)
    if line.startswith(CLIENT_PREFIX):
        return Pasted(line, client_secrets=[line])
    if _COMPACT.fullmatch(line):
        return Pasted(line, tokens=[line])
    if line.startswith(f"{HANDSHAKE}="):
        return Pasted(line, handshakes=[line.partition("=")[2]])
    if "=" in line and (_is_set_cookie(line)):
        return Pasted(line, set_cookies=[line])
    if "=" in line and (pairs := _pairs(line)):
        return Pasted(line, cookies=pairs, has_cookie_header=True)
    return Pasted(line)


def _of_headers(text: str, headers: Sequence[tuple[str, str]]) -> Pasted:
    tokens: list[str] = []
    cookies: list[tuple[str, str]] = []
    set_cookies: list[str] = []
    reason, date, has_cookies = None, None, False
    for name, value in headers:
        match name:
            case "authorization" if value[:7].lower() == "bearer ":
                tokens.append(value[7:].strip())
            case "cookie":
                cookies += _pairs(value)
                has_cookies = True
            case "set-cookie":
                set_cookies.append(value)
            case "x-clerk-auth-reason":
                reason = value
            case "date":
                date = _date(value)
            case _:
                pass
    handshakes = [value for name, value in cookies if name == HANDSHAKE]
    return Pasted(
        text, tokens=tokens, handshakes=handshakes, cookies=cookies, set_cookies=set_cookies, reason=reason, date=date,
        clock_off=_clock_off(text), has_cookie_header=has_cookies, headers=dict(headers),
    )  # fmt: skip


def _pairs(line: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in line.split(";"):
        name, equals, value = part.strip().partition("=")
        if equals and name:
            pairs.append((name, value))
    return pairs


def _is_set_cookie(line: str) -> bool:
    """True if attributes follow the first pair."""
    rest = [part.strip().partition("=")[0].lower() for part in line.split(";")[1:]]
    return any(name in _ATTRIBUTES for name in rest)


def _date(value: str) -> Instant | None:
    try:
        return Instant.from_datetime(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        return None


def _clock_off(text: str) -> int | None:
    """The difference of clocks that an adapter wrote to its log or page."""
    found = _OFF.search(text)
    if found is None:
        return None
    if found[1] is not None:
        return int(found[1])
    size = int(found[2].replace(",", ""))
    return size if found[3] == "ahead of" else -size
