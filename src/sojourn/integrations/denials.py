"""Responses to unauthenticated and unauthorized requests, the same in every framework."""

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sojourn.errors import ConfigError, Json, OriginRefused, Overloaded, SojournError
from sojourn.integrations.app_keys import REFUSED
from sojourn.integrations.authenticator import (
    NO_COOKIES,
    NOT_ACTIVE,
    TOO_LARGE,
    TWO_PEOPLE,
    WRONG_KEYS,
    Authenticator,
    HandshakeState,
    SignedOutState,
    clock_words,
)
from sojourn.integrations.denial_page import Headers, Link, refusal_page
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.requirement import Lack
from sojourn.origin import host_of
from sojourn.tokens.bearer import is_attempt
from sojourn.tokens.cookie_size import LARGEST_COOKIE

KEPT_NOWHERE: Headers = [(b"cache-control", b"private, no-store"), (b"vary", b"Cookie, Authorization, Origin")]
"""Cache headers of a protected page that sets none itself (R-CKI-07)."""

_log = logging.getLogger("sojourn.integrations")

_STALE = "session_reverification_required"
_RETRY_SECONDS = 5
_AGAIN = Link("Try again")
_NOT_NOW = "Temporarily unavailable"
_TOO_MUCH = "For the app's operator: the session data of this visitor exceeds 32 KiB, so the changes were not saved."
_TOO_LATE = "Nothing was changed, because you are signed out. Go back, reload the page, and submit the form again."


@dataclass(frozen=True, slots=True)
class Denial:
    """A complete response; `headers` include its length."""

    status: int
    headers: Headers
    body: bytes = b""

    @property
    def location(self) -> str | None:
        return next((value.decode("latin-1") for name, value in self.headers if name == b"location"), None)


class Denied(Exception):
    """Carries a denial out of code that cannot return a response."""

    def __init__(self, refusal: Denial) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


def refusal(
    gate: Authenticator,
    asked: RequestHead,
    verdict: HandshakeState | SignedOutState,
    *,
    is_protected: bool,
    sign_in_url: str,
) -> Denial | None:
    """The response instead of the app's; None for a public page, whose own response gets the headers of `said`.

    Page requests are redirected to the sign-in page, API calls get 401 with a challenge (RFC 6750 section 3). A form
    submission gets an explanation instead of a redirect, and so does a request that would end in a redirect loop.
    """
    if isinstance(verdict, HandshakeState) and verdict.is_signed_out and is_protected:
        verdict = SignedOutState(verdict.reason, verdict.cookies)
    if isinstance(verdict, HandshakeState):
        return _sized(307, b"", [(b"location", verdict.url.encode()), *said(verdict)])
    if not is_protected:
        return None
    if gate.trouble or verdict.reason == WRONG_KEYS:
        return wrong_keys(gate, asked)
    if asked.is_page and not verdict.is_stuck:
        going = gate.to_sign_in(asked, verdict.reason, sign_in=sign_in_url)
        if _is_asked_for(going.url, asked):
            _log.error("sign_in.behind_guard url=%s", asked.url.partition("?")[0])
            return _page(401, "Not signed in", _behind_guard(asked), said(verdict), gate.frontend)
        set_cookies = [(b"set-cookie", cookie.encode("latin-1")) for cookie in going.cookies]
        return _sized(307, b"", [(b"location", going.url.encode()), *said(verdict), *set_cookies])
    if asked.is_page:
        title, step = "Not signed in", _AGAIN
        if verdict.reason == NOT_ACTIVE:
            title, step = "One more step", Link("Go to the sign-in page", f"{gate.frontend}/sign-in")
        return _page(401, title, _stuck(verdict), said(verdict), gate.frontend, step)
    challenge = [(b"www-authenticate", _challenge(asked)), *said(verdict)]
    if asked.is_navigation:
        return _page(401, "Not signed in", _TOO_LATE, challenge, gate.frontend)
    long = "This request requires a session. Sign in and try again."
    return _json(401, _error("authentication_invalid", "Not signed in", long, {"reason": verdict.reason}), challenge)


def lacking(gate: Authenticator, lack: Lack, asked: RequestHead) -> Denial:
    """403 for a session that does not meet a requirement (R-AUZ-03); if it is too old, in the format of published SDKs."""
    if asked.is_navigation:
        others = Link("Sign in with another account", f"{gate.frontend}/sign-out")
        again = Link("Sign out and in again", others.url)
        step = again if lack.code == _STALE else others
        return _page(403, lack.message, lack.advice, _kept_nowhere(), gate.frontend, step)
    body = _error(lack.code, lack.message, lack.advice, lack.meta)
    challenge = b'Bearer error="insufficient_scope"'
    if lack.code == _STALE:
        body["clerk_error"] = {"type": "forbidden", "reason": "reverification-error", "metadata": dict(lack.meta)}
        challenge = b'Bearer error="insufficient_user_authentication"'  # RFC 9470 section 3
    return _json(403, body, [(b"www-authenticate", challenge), *_kept_nowhere()])


def foreign(gate: Authenticator, asked: RequestHead) -> Denial:
    """403 for a cross-site write (R-WEB-01)."""
    advice = "This request comes from a page of another site, or has no Origin header. Send it from a page of this app."
    if "text/html" in asked.header(b"accept"):
        return _page(403, "Not allowed", advice, _kept_nowhere(), gate.frontend)
    return _json(403, _error(OriginRefused.code, OriginRefused.message, advice, {}), _kept_nowhere())


def unreachable(error: SojournError, asked: RequestHead | None = None) -> Denial:
    """503 for a server that is unreachable or busy."""
    seconds = math.ceil(error.retry_after.total_seconds()) if isinstance(error, Overloaded) else _RETRY_SECONDS
    headers = [(b"retry-after", str(seconds).encode()), *_kept_nowhere()]
    if asked is not None and asked.is_navigation:
        return _page(503, *_for_people(error), headers, next_step=_AGAIN if asked.is_page else None)
    return _json(503, _error(error.code, error.message, error.long_message, {}), headers)


def wrong_keys(gate: Authenticator, asked: RequestHead) -> Denial:
    """503 while the server rejects the app's keys, because a redirect to the sign-in page would loop."""
    return unusable_keys(gate.trouble or REFUSED, asked)


def unusable_keys(trouble: str, asked: RequestHead | None) -> Denial:
    text = f"For the app's operator: {trouble}."
    headers = [(b"x-clerk-auth-reason", WRONG_KEYS.encode()), *_kept_nowhere()]
    if asked is not None and asked.is_navigation:
        return _page(503, _NOT_NOW, text, headers)
    return _json(503, _error(ConfigError.code, ConfigError.message, text, {}), headers)


def dashboard_only(error: SojournError, asked: RequestHead | None) -> Denial:
    """421 for a page of the app at the host of the dashboard (R-ADM-03)."""
    if asked is not None and asked.is_navigation:
        return _page(421, error.message, error.long_message, _kept_nowhere())
    return _json(421, _error(error.code, error.message, error.long_message, {}), _kept_nowhere())


def too_much_kept(asked: RequestHead | None) -> Denial:
    """507 (RFC 4918 section 11.5): the app's session data of one visitor exceeds the limit. None of it was written."""
    if asked is not None and asked.is_navigation:
        return _page(507, "Session data too large", _TOO_MUCH, _kept_nowhere())
    return _json(507, _error("session_data_too_large", "Session data too large", _TOO_MUCH, {}), _kept_nowhere())


def _for_people(error: SojournError) -> tuple[str, str]:
    """The title and the text of a page. Visitors of an app do not know the Sojourn server, so details go to its operator."""
    if isinstance(error, Overloaded):
        return _NOT_NOW, error.long_message
    return _NOT_NOW, f"Try again in a few seconds. For the app's operator: {error.long_message}"


def said(verdict: HandshakeState | SignedOutState) -> Headers:
    """The headers of every response to an unauthenticated request: the reason, and the cookies to set."""
    why = [(b"x-clerk-auth-reason", verdict.reason.encode()), *_kept_nowhere()]
    return [*why, *((b"set-cookie", cookie.encode("latin-1")) for cookie in verdict.cookies)]


def _challenge(asked: RequestHead) -> bytes:
    """A request without a token gets no error code (RFC 6750 section 3.1)."""
    return b'Bearer error="invalid_token"' if is_attempt(asked.values(b"authorization")) else b"Bearer"


def _kept_nowhere() -> Headers:
    return [(b"cache-control", b"no-store")]


def _json(status: int, body: Mapping[str, Json], headers: Headers) -> Denial:
    return _sized(status, json.dumps(body).encode(), [(b"content-type", b"application/json"), *headers])


def _page(
    status: int, title: str, text: str, headers: Headers, frontend: str = "", next_step: Link | None = None
) -> Denial:
    page, of_page = refusal_page(title, text, frontend, next_step)
    return _sized(status, page, [*of_page, *headers])


def _sized(status: int, body: bytes, headers: Headers) -> Denial:
    return Denial(status, [*headers, (b"content-length", str(len(body)).encode())], body)


def _error(code: str, message: str, advice: str, meta: Mapping[str, Json]) -> dict[str, Json]:
    return {"errors": [{"code": code, "message": message, "long_message": advice, "meta": dict(meta)}]}


def _is_asked_for(location: str, asked: RequestHead) -> bool:
    """True if this is the sign-in page. Behind a proxy the scheme may differ."""
    there, here = urlsplit(location), urlsplit(asked.url)
    if there.path != here.path:
        return False
    return not there.netloc or host_of(there.netloc, there.scheme) == host_of(here.netloc, there.scheme)


def _behind_guard(asked: RequestHead) -> str:
    return (
        f"The sign-in page cannot be shown: {asked.url.partition('?')[0]} is behind this app's own guard. For the app's operator: "
        "give the server a path of its own in public_url, such as /auth, or make the sign-in page public."
    )


def _stuck(verdict: SignedOutState) -> str:
    reason = verdict.reason
    if verdict.clock_off:
        return (
            f"You could not be signed in here. For the app's operator: this computer's clock is off by {abs(verdict.clock_off):,} s, "
            f"it is {clock_words(verdict.clock_off)}. Synchronise it with NTP, and reload the page."
        )
    if reason == TWO_PEOPLE:
        return (
            "This browser sends session cookies of two users, so neither is accepted. Close it, delete this site's cookies, and "
            "sign in again. Another site of this domain may have set one of the cookies."
        )
    if reason == NOT_ACTIVE:
        return (
            "You are signed in, but must complete one more step. Complete it on the sign-in page, then come back here."
        )
    if reason == NO_COOKIES:
        return "You could not be signed in here, because your browser keeps no cookies of this site. Allow cookies, and try again."
    if reason == TOO_LARGE:
        return (
            f"You could not be signed in here. For the app's operator: the session token is larger than {LARGEST_COOKIE:,} bytes, "
            "the limit of browsers for a cookie. Shorten its custom claims (sessions.claims), or the metadata in them."
        )
    return (
        "You could not be signed in here. Reload the page in a moment. "
        f"For the app's operator: the reason is {reason}. Check that the app's keys and clock match those of the server, "
        "and that the server's log has no session.token_too_large or handshake.too_large."
    )
