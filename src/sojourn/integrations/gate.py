"""Who asks an app's page: read from its headers and cookies, without asking anybody (wire protocol sections 2.4 and 7)."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sojourn.errors import TokenRefused
from sojourn.tokens.bearer import bearer
from sojourn.tokens.claims import Claims
from sojourn.tokens.handshake import BrowserState, cookie_suffix, directives

HANDSHAKE = "__clerk_handshake"
COUNT = "__sojourn_redirects"
MOST_REDIRECTS = 2

NO_KEYS = "jwk-remote-failed-to-load"
"""The server has not answered yet, or not for too long: nobody can be told from anybody."""

_FETCH_MAY_HELP = ("jwk-kid-mismatch", NO_KEYS)
_log = logging.getLogger("sojourn.integrations")


class Asked:
    """One request. Names of headers are lower case. What is not looked at is not decoded: this runs before every request.

    `url` is absolute; of doubled cookies every value is kept.
    """

    __slots__ = ("_cookies", "_headers", "_url", "method")

    def __init__(self, method: str, headers: Iterable[tuple[bytes, bytes]], url: Callable[[str], str]) -> None:
        """`url` builds the address from the Host header, or `localhost` without one."""
        self.method = method
        self._headers = headers
        self._url = url
        self._cookies: Mapping[str, Sequence[str]] | None = None

    def values(self, name: bytes) -> list[str]:
        return [value.decode("latin-1") for each, value in self._headers if each == name]

    def header(self, name: bytes) -> str:
        return next(iter(self.values(name)), "")

    @property
    def url(self) -> str:
        return self._url(self.header(b"host") or "localhost")

    @property
    def cookies(self) -> Mapping[str, Sequence[str]]:
        if self._cookies is None:
            cookies: dict[str, list[str]] = {}
            for line in self.values(b"cookie"):
                for pair in line.split(";"):
                    name, equals, value = pair.strip().partition("=")
                    if equals:
                        cookies.setdefault(name, []).append(value)
            self._cookies = cookies
        return self._cookies

    @property
    def is_page(self) -> bool:
        """Whether a person's browser navigates here, so that it can be sent elsewhere."""
        return self.method == "GET" and self.is_navigation

    @property
    def is_navigation(self) -> bool:
        """Whether a person will read the answer: of a page, or of a form that was sent."""
        if self.values(b"authorization"):
            return False
        destination = self.header(b"sec-fetch-dest")
        return destination in ("document", "iframe") if destination else "text/html" in self.header(b"accept")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`by_cookie`: the browser sent it by itself, whoever made it send the request."""

    claims: Claims
    by_cookie: bool = False


@dataclass(frozen=True, slots=True)
class SignedOut:
    """`cookies` are Set-Cookie texts that belong to the answer, whatever it is."""

    reason: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The browser must go to `url` first."""

    url: str
    reason: str
    cookies: tuple[str, ...] = ()


Verdict = SignedIn | SignedOut | Elsewhere
Verify = Callable[[str], Claims]
ReadHandshake = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Gate:
    """Pure but for the verifier's memory. `frontend` is the address browsers reach the server at.

    `renew` fetches keys when they live elsewhere, and answers at once when it is too soon for that.
    """

    publishable_key: str
    frontend: str
    verify: Verify
    read_handshake: ReadHandshake
    renew: Callable[[], Awaitable[None]] | None = None
    renew_now: Callable[[], None] | None = None

    @property
    def is_secure(self) -> bool:
        """Whether people reach the server over TLS, and so the app too."""
        return self.frontend.startswith("https://")

    async def decide_with_new_keys(self, asked: Asked) -> Verdict:
        """As `decide`; a key that is not known yet is fetched first, while other requests go on."""
        verdict = self.decide(asked)
        if isinstance(verdict, SignedIn) or self.renew is None or verdict.reason not in _FETCH_MAY_HELP:
            return verdict
        await self.renew()
        return self.decide(asked)

    def decide_now(self, asked: Asked) -> Verdict:
        """The same for sync apps, whose thread waits meanwhile."""
        verdict = self.decide(asked)
        if isinstance(verdict, SignedIn) or self.renew_now is None or verdict.reason not in _FETCH_MAY_HELP:
            return verdict
        self.renew_now()
        return self.decide(asked)

    def decide(self, asked: Asked) -> Verdict:
        try:
            token = bearer(asked.values(b"authorization"))
            if token is not None:
                return SignedIn(self.verify(token))
        except TokenRefused as refused:
            return SignedOut(refused.reason)  # a caller that tried and failed: no cookie is looked at (R-JWT-11)
        if asked.is_page and (answer := self._handshake_in(asked)) is not None:
            return self._after_handshake(asked, answer)
        return self._by_cookies(asked)

    def sign_in_url(self, page: str, sign_in: str = "") -> str:
        """The sign-in page, and from there through a handshake back: so the app's own cookies are right on return."""
        back = f"{self.frontend}/v1/client/handshake?{urlencode({'redirect_url': page, 'suffixed_cookies': 'true'})}"
        return f"{sign_in or self.frontend + '/sign-in'}?{urlencode({'redirect_url': back})}"

    def signed_out(self) -> list[str]:
        """Set-Cookie texts for the answer of an app that has signed somebody out: their token would live on for its minute."""
        return directives(BrowserState(None, 0), cookie_suffix(self.publishable_key), secure=self.is_secure)

    # -- cookies

    def _by_cookies(self, asked: Asked) -> Verdict:
        signed_in_at = self._signed_in_at(asked)
        tokens = self._tokens(asked)
        if signed_in_at == 0 or (signed_in_at is None and not tokens):
            return SignedOut("signed-out")
        reason = "session-token-missing"
        for token in tokens:
            try:
                claims = self.verify(token)
            except TokenRefused as refused:
                reason = refused.reason
                continue
            if signed_in_at is None or claims.issued_at.seconds >= signed_in_at:
                return SignedIn(claims, by_cookie=True)
            reason = "session-token-iat-before-client-uat"
        return self._ask_the_server(asked, reason)

    def _ask_the_server(self, asked: Asked, reason: str) -> Verdict:
        count = self._count(asked)
        if not asked.is_page or reason == NO_KEYS:
            return SignedOut(reason)
        if count >= MOST_REDIRECTS:
            return SignedOut(f"{reason}-after-{count}-redirects", (f"{COUNT}=; Path=/; Max-Age=0",))
        query = {"redirect_url": asked.url, "suffixed_cookies": "true", "__clerk_hs_reason": reason}
        return Elsewhere(f"{self.frontend}/v1/client/handshake?{urlencode(query)}", reason, (_counted(count + 1),))

    def _both(self, asked: Asked, name: str) -> list[str]:
        """The values of the cookie with this application's suffix; without any, those of the plain name."""
        suffixed = asked.cookies.get(f"{name}_{cookie_suffix(self.publishable_key)}", ())
        return [value for value in suffixed or asked.cookies.get(name, ()) if value]

    def _tokens(self, asked: Asked) -> list[str]:
        return list(dict.fromkeys(self._both(asked, "__session")))

    def _signed_in_at(self, asked: Asked) -> int | None:
        """Seconds; 0 is signed out; None is unknown. A doubled cookie counts as its newest value."""
        values = [int(value[:12]) for value in self._both(asked, "__client_uat") if value.isdecimal()]
        return max(values, default=None)

    def _count(self, asked: Asked) -> int:
        values = [int(value) for value in asked.cookies.get(COUNT, ()) if value in ("0", "1", "2", "3")]
        return max(values, default=0)

    # -- handshake

    def _handshake_in(self, asked: Asked) -> str | None:
        url = asked.url
        in_address = dict(parse_qsl(urlsplit(url).query)).get(HANDSHAKE) if HANDSHAKE in url else None
        return in_address or next(iter(asked.cookies.get(HANDSHAKE, ())), None)

    def _after_handshake(self, asked: Asked, token: str) -> Verdict:
        forgotten = f"{HANDSHAKE}=; Path=/; Max-Age=0"
        clean = _without(asked.url, HANDSHAKE)
        try:
            lines = (*self.read_handshake(token), forgotten)
        except TokenRefused as refused:
            _log.warning("handshake.refused reason=%s", refused.reason)
            if clean == asked.url:
                return SignedOut(refused.reason, (forgotten,))
            # asked for by this app a moment ago and still refused: asking once more would end the same way
            enough = (_counted(MOST_REDIRECTS),) if self._count(asked) else ()
            return Elsewhere(clean, refused.reason, (forgotten, *enough))
        given = next((line.split(";")[0].partition("=")[2] for line in lines if line.startswith("__session=")), "")
        if not given:
            return SignedOut("signed-out", lines)
        return Elsewhere(clean, "handshake", lines)


def _counted(count: int) -> str:
    return f"{COUNT}={count}; Path=/; Max-Age=10; HttpOnly; SameSite=Lax"


def _without(url: str, name: str) -> str:
    parts = urlsplit(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode(kept)))
