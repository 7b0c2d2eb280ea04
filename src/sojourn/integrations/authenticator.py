"""Authenticate a request from its headers and cookies, without a network request (wire protocol sections 2.4 and 7)."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from sojourn.errors import BadSecretKey, NotFound, SojournError, TokenRefused
from sojourn.instant import Clock, SystemClock
from sojourn.integrations.dashboard_host import DashboardHost
from sojourn.integrations.redirects import MAX_IN_A_ROW, WITHOUT_COOKIE, Begun, Redirects, clean
from sojourn.integrations.request_head import RequestHead, in_address
from sojourn.origin import is_loopback
from sojourn.tokens.bearer import bearer
from sojourn.tokens.claims import Claims
from sojourn.tokens.cookie_size import too_large
from sojourn.tokens.handshake import HANDSHAKE, NONCE, BrowserState, Handshake, bound_nonce, cookie_suffix, directives

NO_KEYS = "jwk-remote-failed-to-load"
"""Signing keys are unavailable, so no request can be authenticated."""

TWO_PEOPLE = "session-tokens-of-two-people"
"""Two cookies of one name hold valid tokens of different users, so one of them was planted."""

NO_COOKIES = "redirect-cookie-missing"
"""The browser returned without the cookie of its redirect: it blocks cookies, or took longer than 15 minutes."""

TOO_LARGE = "session-token-too-large"
"""The token does not fit into a cookie, so it cannot sign a browser in."""

NOT_ACTIVE = "session-not-active"
"""The session is pending or has an unknown status; published SDKs treat it as signed out too."""

WRONG_KEYS = "keys-wrong"
"""The server rejects the app's keys, so no request can be authenticated."""

UNKNOWN_PARTY = "token-invalid-authorized-parties"

_FETCH_MAY_HELP = ("jwk-kid-mismatch", NO_KEYS, UNKNOWN_PARTY)
_MISSING, _USED, _UNKNOWN_NONCE = "handshake-missing", "handshake-used", "handshake-nonce-unknown"
_ANOTHER_MAY_HELP = (_MISSING, _USED, _UNKNOWN_NONCE)
_USED_SECONDS = 120
_log = logging.getLogger("sojourn.integrations")


@dataclass(frozen=True, slots=True)
class SignedInState:
    """`by_cookie`: the token came from a cookie, which a browser also sends with cross-site requests."""

    claims: Claims
    by_cookie: bool = False


@dataclass(frozen=True, slots=True)
class SignedOutState:
    """`cookies` are Set-Cookie values for the response. `is_stuck`: signing in again would not help.

    `clock_off`: seconds by which this machine's clock is ahead of the server's, negative when it is behind; 0 when unknown.
    """

    reason: str
    cookies: tuple[str, ...] = ()
    is_stuck: bool = False
    clock_off: int = 0


@dataclass(frozen=True, slots=True)
class HandshakeState:
    """The browser must visit `url` first. `is_signed_out`: a protected page may redirect to the sign-in page immediately."""

    url: str
    reason: str
    cookies: tuple[str, ...] = ()
    is_signed_out: bool = False


@dataclass(frozen=True, slots=True)
class Nonce:
    """A handshake nonce: the server returns the payload for `text`."""

    text: str
    begun: Begun


AuthState = SignedInState | SignedOutState | HandshakeState
Verify = Callable[[str], Claims]
ReadHandshake = Callable[[str], Handshake]
Payload = Callable[[str], Awaitable[Sequence[str]]]
PayloadNow = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Authenticator:
    """Authenticates requests; pure except for the verifier's cache. `frontend` is the URL at which browsers reach the
    server. `renew` fetches keys and asks about origins if the server is remote; it returns at once if it is called too
    soon again. `payload` asks the server for the directives of a nonce; without it handshakes come as tokens. An app
    with the server inside knows its own origin, `home`, and the instance's other origins. `trouble` describes a problem
    with the app's keys; while it is set, every request is unauthenticated. `dashboard_host` is the host that
    serves the dashboard of a server inside the app, and no page of the app (R-ADM-03); empty for none.
    """

    publishable_key: str
    frontend: str
    verify: Verify
    read_handshake: ReadHandshake
    renew: Callable[[], Awaitable[None]] | None = None
    renew_now: Callable[[], None] | None = None
    payload: Payload | None = None
    payload_now: PayloadNow | None = None
    clock: Clock = field(default_factory=SystemClock)
    home: str = ""
    is_home: Callable[[str], bool] | None = None
    trouble: str = ""
    dashboard_host: str = ""
    redirects: Redirects = field(init=False)
    _used: dict[str, tuple[float]] = field(init=False, default_factory=dict[str, tuple[float]])

    def __post_init__(self) -> None:
        object.__setattr__(self, "redirects", Redirects(self.frontend, self.clock))

    @property
    def is_secure(self) -> bool:
        """True if browsers reach the server, and so the app, over TLS."""
        return self.frontend.startswith("https://")

    @property
    def own_origins(self) -> tuple[str, ...]:
        """The origin of the app's own pages if known; the request's own origin counts too."""

        return (self.home,) if self.home else ()

    @property
    def is_development(self) -> bool:
        return self.publishable_key.startswith("pk_test_")

    async def decide_with_new_keys(self, asked: RequestHead) -> AuthState:
        """As `decide`, but fetches an unknown key first, without blocking other requests."""
        verdict = self._decide(asked)
        if (
            isinstance(verdict, SignedOutState | HandshakeState)
            and self.renew is not None
            and verdict.reason in _FETCH_MAY_HELP
        ):
            await self.renew()
            verdict = self._decide(asked)
        if not isinstance(verdict, Nonce):
            return verdict
        try:
            assert self.payload is not None
            return self._applied(asked, verdict.begun, await self.payload(verdict.text))
        except SojournError as error:
            return self._without_payload(asked, verdict.begun, error)

    def decide(self, asked: RequestHead) -> AuthState:
        """Decide without network requests; a handshake nonce counts as signed out."""
        verdict = self._decide(asked)
        return SignedOutState(_UNKNOWN_NONCE) if isinstance(verdict, Nonce) else verdict

    def decide_now(self, asked: RequestHead) -> AuthState:
        """As `decide_with_new_keys`, for sync apps; blocks the calling thread."""
        verdict = self._decide(asked)
        if (
            isinstance(verdict, SignedOutState | HandshakeState)
            and self.renew_now is not None
            and verdict.reason in _FETCH_MAY_HELP
        ):
            self.renew_now()
            verdict = self._decide(asked)
        if not isinstance(verdict, Nonce):
            return verdict
        try:
            assert self.payload_now is not None
            return self._applied(asked, verdict.begun, self.payload_now(verdict.text))
        except SojournError as error:
            return self._without_payload(asked, verdict.begun, error)

    def _decide(self, asked: RequestHead) -> AuthState | Nonce:
        """Raises: DashboardHost."""
        if self.dashboard_host and asked.header(b"host").lower() == self.dashboard_host:
            raise DashboardHost()
        if self.trouble:
            return SignedOutState(WRONG_KEYS, is_stuck=True)
        try:
            token = bearer(asked.values(b"authorization"))
            if token is not None:
                return _let_in(SignedInState(self.verify(token)))
        except TokenRefused as refused:
            return SignedOutState(refused.reason)  # the bearer token was refused, so cookies are ignored (R-JWT-11)
        if asked.is_page and (id := self.redirects.returned(asked)) is not None:
            return self._returned(asked, id)
        return self._by_cookies(asked)

    def page(self, asked: RequestHead) -> str:
        """The page's URL as the browser shows it. A reverse proxy terminates TLS and may send another host, and the app
        is not always told. So an app whose cookies require TLS is assumed to be reached over TLS, except on loopback,
        and one with the server inside at the server's origin.
        """
        url = clean(asked.url)
        parts = urlsplit(url)
        if self.is_secure and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            parts = parts._replace(scheme="https")
        if self.home and self.is_home is not None and not self.is_home(f"{parts.scheme}://{parts.netloc}".lower()):
            home = urlsplit(self.home)
            parts = parts._replace(scheme=home.scheme, netloc=home.netloc)
        return urlunsplit(parts)

    def to_sign_in(self, asked: RequestHead, reason: str, *, page: str = "", sign_in: str = "") -> HandshakeState:
        """The URL of the sign-in page, which returns through a handshake, so that the app's cookies are set on return."""
        page = page or self.page(asked)
        id, cookies = self.redirects.begin(asked, page)
        return HandshakeState(self._sign_in_url(page, sign_in, id), reason, cookies)

    def sign_in_url(self, page: str, sign_in: str = "") -> str:
        """As `to_sign_in`, for a link, which cannot set a cookie."""
        return self._sign_in_url(page, sign_in, WITHOUT_COOKIE)

    def _sign_in_url(self, page: str, sign_in: str, id: str) -> str:
        back = self.redirects.handshake_url(id, page, "sign-in", asks_nonce=self.payload is not None)
        return f"{sign_in or self.frontend + '/sign-in'}?{urlencode({'redirect_url': back})}"

    def signed_out(self) -> list[str]:
        """Set-Cookie values that clear the token after a sign-out, which would otherwise stay valid until it expires."""
        return directives(BrowserState(None, 0), cookie_suffix(self.publishable_key), secure=self.is_secure)

    # -- cookies

    def _by_cookies(self, asked: RequestHead) -> AuthState:
        signed_in_at = self._signed_in_at(asked)
        tokens = self._tokens(asked)
        if signed_in_at == 0 or (signed_in_at is None and not tokens):
            return SignedOutState("signed-out")
        reason, issued_at = "session-token-missing", None
        found: list[Claims] = []
        for token in tokens:
            try:
                claims = self.verify(token)
            except TokenRefused as refused:
                reason, issued_at = refused.reason, refused.issued_at
                continue
            found.append(claims)
        if len({claims.user_id for claims in found}) > 1:
            return SignedOutState(TWO_PEOPLE, is_stuck=True)
        for claims in found:
            if signed_in_at is None or claims.issued_at.seconds >= signed_in_at:
                return _let_in(SignedInState(claims, by_cookie=True))
            reason, issued_at = "session-token-iat-before-client-uat", None
        verdict = self._ask_the_server(asked, reason)
        if issued_at is None or not isinstance(verdict, SignedOutState) or not verdict.is_stuck:
            return verdict
        return replace(verdict, clock_off=self._clock_off(issued_at))

    def _clock_off(self, issued_at: int) -> int:
        """Seconds by which this machine's clock is ahead, measured by a token that the server has just issued."""
        off = round(self.clock.seconds() - issued_at)
        _log.error("clock.off seconds=%d: this computer's clock is %s", off, clock_words(off))
        return off

    def _ask_the_server(self, asked: RequestHead, reason: str, *, is_second: bool = False) -> AuthState:
        if not asked.is_page or reason == NO_KEYS:
            return SignedOutState(reason)
        page = self.page(asked)
        count = self.redirects.in_a_row(asked, page)
        if count >= MAX_IN_A_ROW:
            return SignedOutState(
                f"{reason}-after-{count}-redirects", (self.redirects.counter_gone(page),), is_stuck=True
            )
        id, cookies = self.redirects.begin(asked, page, is_second=is_second)
        asks_nonce = self.payload is not None
        return HandshakeState(self.redirects.handshake_url(id, page, reason, asks_nonce=asks_nonce), reason, cookies)

    def _both(self, asked: RequestHead, name: str) -> list[str]:
        """The values of the cookie with this application's suffix, or else those of the plain name."""
        suffixed = asked.cookies.get(f"{name}_{cookie_suffix(self.publishable_key)}", ())
        return [value for value in suffixed or asked.cookies.get(name, ()) if value]

    def _tokens(self, asked: RequestHead) -> list[str]:
        return list(dict.fromkeys(self._both(asked, "__session")))

    def _signed_in_at(self, asked: RequestHead) -> int | None:
        """In seconds; 0 means signed out, None unknown. Of a doubled cookie the newest value counts."""
        values = [int(value[:12]) for value in self._both(asked, "__client_uat") if value.isdecimal()]
        return max(values, default=None)

    # -- handshake (R-HSK-01)

    def _returned(self, asked: RequestHead, id: str) -> AuthState | Nonce:
        begun = self.redirects.find(asked, id)
        if begun is not None:
            if self.payload is not None and (nonce := self._brought(asked, NONCE, f"{NONCE}_{id}")):
                return Nonce(bound_nonce(nonce, id), begun)
            return self._after_token(asked, begun, self._brought(asked, HANDSHAKE, HANDSHAKE))
        verdict = self._by_cookies(asked)
        if isinstance(verdict, SignedInState) or not id:
            return HandshakeState(self.page(asked), "handshake-of-another-browser")
        if isinstance(verdict, SignedOutState) and (verdict.is_stuck or verdict.reason in _FETCH_MAY_HELP):
            return verdict
        if self.redirects.is_second(id):
            return SignedOutState(NO_COOKIES, is_stuck=True)
        return self._ask_the_server(asked, NO_COOKIES, is_second=True)

    def _brought(self, asked: RequestHead, parameter: str, cookie: str) -> str:
        """Read from the URL in development only: URLs are logged, sent as referrers, and can be forged."""
        if self.is_development:
            return in_address(asked.url, parameter)
        return next(iter(asked.cookies.get(cookie, ())), "")

    def _after_token(self, asked: RequestHead, begun: Begun, token: str) -> AuthState:
        try:
            if not token:
                raise TokenRefused(_MISSING, "The server sent no handshake. Load the page again.")
            handshake = self.read_handshake(token)
            # in production all tabs share the cookie that carries a token, so another tab's handshake serves this one
            # too
            whose = begun if handshake.redirect == begun.id else self.redirects.find(asked, handshake.redirect)
            if whose is None:
                raise TokenRefused("handshake-of-another-browser", "This handshake was made for another browser.")
            if not self._use(handshake.redirect):
                raise TokenRefused(_USED, "This handshake has been used. Load the page again.")
        except TokenRefused as refused:
            return self._refused(asked, begun, refused.reason)
        return self._applied(asked, begun, handshake.lines)

    def _applied(self, asked: RequestHead, begun: Begun, lines: Sequence[str]) -> AuthState:
        page = self.page(asked)
        sessions = (line for line in lines if line.startswith(("__session=", "__session_")))
        given = next((line.partition(";")[0].partition("=")[2] for line in sessions), "")
        if too_large(len(given), self.publishable_key):  # the browser would drop the cookie and redirect in a loop
            _log.error("session_token.too_large bytes=%d", len(given))
            return SignedOutState(TOO_LARGE, tuple(self.redirects.over(begun, page)), is_stuck=True)
        try:
            if given:
                self.verify(given)
        except TokenRefused as refused:
            if refused.issued_at is not None:
                self._clock_off(refused.issued_at)
            if refused.reason not in _FETCH_MAY_HELP:
                return self._refused(asked, begun, refused.reason)
        cookies = (*lines, *self.redirects.over(begun, page))
        return HandshakeState(page, "handshake" if given else "signed-out", cookies, is_signed_out=not given)

    def _refused(self, asked: RequestHead, begun: Begun, reason: str) -> AuthState:
        """Ignore the handshake: the request is decided by its cookies, and the page explains the problem."""
        _log.warning("handshake.refused reason=%s", reason)
        page = self.page(asked)
        is_last = reason not in _ANOTHER_MAY_HELP
        return HandshakeState(page, reason, self.redirects.over(begun, page, is_last=is_last))

    def _without_payload(self, asked: RequestHead, begun: Begun, error: Exception) -> AuthState:
        if isinstance(error, NotFound):
            return self._refused(asked, begun, _UNKNOWN_NONCE)
        # the nonce is still unused, so the same URL works once the server responds and accepts the app's keys
        if not isinstance(error, BadSecretKey):
            return SignedOutState(NO_KEYS)
        _log.error("keys.wrong: %s", error.long_message)
        return SignedOutState(WRONG_KEYS, is_stuck=True)

    def _use(self, id: str) -> bool:
        """True if this process has not yet applied a handshake of this redirect."""
        now = self.clock.seconds()
        for known, (since,) in list(self._used.items()):
            if now - since > _USED_SECONDS:
                self._used.pop(known, None)
        mine = (now,)
        return self._used.setdefault(id, mine) is mine


def _let_in(verdict: SignedInState) -> SignedInState | SignedOutState:
    """A session with pending tasks is not signed in yet (R-FLOW-02)."""
    return verdict if verdict.claims.status == "active" else SignedOutState(NOT_ACTIVE, is_stuck=True)


def clock_words(off: int) -> str:
    """The clock difference in words, such as `312 s behind the server's` for -312 seconds."""
    return f"{abs(off):,} s {'ahead of' if off > 0 else 'behind'} the server's"
