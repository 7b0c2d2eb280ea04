"""Redirects to the server and back (R-HSK-01).

Each redirect has an id and a cookie of its own. The returning handshake names the id, and is applied only if the browser sends
this cookie: the victim of an attacker's link has no such cookie, so the link cannot sign the browser in (CWE-352). Any number
of tabs can redirect at once, because each has its own cookie.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from sojourn.instant import Clock
from sojourn.integrations.request_head import RequestHead, in_address, without
from sojourn.tokens.handshake import HANDSHAKE, NONCE, REDIRECT

MAX_AGE = 15 * 60
"""Seconds from a redirect to its return: long enough to sign in."""

MAX_REDIRECTS = 12
"""Maximum number of pending redirects of one browser; another one drops the oldest."""

MAX_IN_A_ROW = 2
"""Consecutive handshakes for one page after which an explanation is shown instead of another redirect."""

WITHOUT_COOKIE = "start"
"""The id in a link, which cannot set a cookie: on return the app begins a redirect with a cookie."""

_AGAIN = "~"
"""The suffix of the id of a redirect that replaces one whose cookie was missing; it is not replaced again."""

_API_VERSION = "2025-11-10"
"""Requests tokens with the current claims, including `v` and `sts` (wire protocol section 6)."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}~?", re.ASCII)
_VALUE = re.compile(r"([0-9]{1,12})\.([0-9])", re.ASCII)
_IN_A_ROW_SECONDS = 10
_COUNTS = frozenset("123456789")


@dataclass(frozen=True, slots=True)
class Begun:
    """A pending redirect of this browser. `in_a_row` counts the previous handshakes for the same page."""

    id: str
    began: int
    in_a_row: int


class Redirects:
    """The cookies of redirects. Over TLS they have the `__Host-` prefix, so no sibling host can set them."""

    def __init__(self, frontend: str, clock: Clock) -> None:
        """`frontend` is the address at which browsers reach the server."""
        self._frontend = frontend
        self._clock = clock
        self._is_secure = frontend.startswith("https://")
        self._prefix = f"{'__Host-' if self._is_secure else ''}sojourn_redirect_"

    # -- on the way out

    def handshake_url(self, id: str, page: str, reason: str, *, asks_nonce: bool) -> str:
        query = {
            "redirect_url": page,
            "suffixed_cookies": "true",
            "__clerk_hs_reason": reason,
            REDIRECT: id,
            "__clerk_api_version": _API_VERSION,
        }
        if asks_nonce:
            query["format"] = "nonce"
        return f"{self._frontend}/v1/client/handshake?{urlencode(query)}"

    def begin(self, asked: RequestHead, page: str, *, is_second: bool = False) -> tuple[str, tuple[str, ...]]:
        """Begin a redirect for `page`; returns its id and the Set-Cookie values."""
        id = secrets.token_urlsafe(16) + (_AGAIN if is_second else "")
        begun = sorted(self._begun(asked).values(), key=lambda redirect: redirect.began)
        dropped = [
            self._cookie(self._prefix + redirect.id, "", 0)
            for redirect in begun[: max(0, len(begun) - MAX_REDIRECTS + 1)]
        ]
        value = f"{int(self._clock.seconds())}.{self.in_a_row(asked, page)}"
        return id, (*dropped, self._cookie(self._prefix + id, value, MAX_AGE))

    # -- on the way back

    def returned(self, asked: RequestHead) -> str | None:
        """The id in the page's URL; None if this is not a return. The text is untrusted and may be empty."""
        url = asked.url
        is_return = (REDIRECT in url or HANDSHAKE in url) and clean(url) != url
        return in_address(url, REDIRECT) if is_return else None

    def find(self, asked: RequestHead, id: str) -> Begun | None:
        """The redirect with this id, if this browser began it in the last 15 minutes."""
        found = self._begun(asked).get(id)
        return found if found is not None and self._clock.seconds() - found.began < MAX_AGE else None

    def is_second(self, id: str) -> bool:
        return id.endswith(_AGAIN)

    def over(self, begun: Begun, page: str, *, is_last: bool = False) -> tuple[str, ...]:
        """Set-Cookie values after a handshake was applied or ignored: they delete its cookie and count it for a short
        time. After the maximum, another handshake for this page would end the same way.
        """
        count = MAX_IN_A_ROW if is_last else begun.in_a_row + 1
        counted = self._cookie(_counter(page), str(count), _IN_A_ROW_SECONDS)
        return self._cookie(self._prefix + begun.id, "", 0), counted

    # -- in a row

    def in_a_row(self, asked: RequestHead, page: str) -> int:
        """The number of handshakes that ended for this page a short time ago. Other pages are counted separately."""
        return max((int(value) for value in asked.cookies.get(_counter(page), ()) if value in _COUNTS), default=0)

    def counter_gone(self, page: str) -> str:
        return self._cookie(_counter(page), "", 0)

    def _begun(self, asked: RequestHead) -> Mapping[str, Begun]:
        found: dict[str, Begun] = {}
        for name, values in asked.cookies.items():
            id = name.removeprefix(self._prefix)
            if id != name and _ID.fullmatch(id) and len(values) == 1 and (read := _VALUE.fullmatch(values[0])):
                found[id] = Begun(id, int(read[1]), int(read[2]))
        return found

    def _cookie(self, name: str, value: str, seconds: int) -> str:
        return (
            f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{'; Secure' if self._is_secure else ''}"
        )


def clean(url: str) -> str:
    """A page's URL without the parameters that a redirect added."""
    return without(url, REDIRECT, HANDSHAKE, NONCE)


def _counter(page: str) -> str:
    return f"sojourn_in_a_row_{sha256(page.encode()).hexdigest()[:12]}"
