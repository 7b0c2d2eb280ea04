"""Inspects what a browser sent or got: the client cookie, a `Cookie` header with the headers beside it, a reason."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.engine import Engine
from sojourn.inspector.cookies import is_of_another_application
from sojourn.inspector.inspection import ArtefactCause, Problem
from sojourn.inspector.pasted import Pasted
from sojourn.inspector.tokens import clock_off
from sojourn.origin import host_of, origin_of
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.sessions.clients import was_replaced_just_now
from sojourn.sessions.session import Session
from sojourn.store.interface import Page, SessionFilter
from sojourn.tokens.auth_reasons import explained

_LATEST = Page(20)
_MAX_SECRETS = 4


@dataclass(frozen=True, slots=True)
class ReadBrowser:
    """The browser that a client cookie stands for, its latest sessions, and what is wrong with the cookie."""

    client: Client | None
    sessions: Sequence[Session]
    problems: list[Problem]


async def read_client(engine: Engine, secrets: Sequence[str]) -> ReadBrowser:
    """The browser of the first secret that stands for one."""
    problems: list[Problem] = []
    client: Client | None = None
    for text in list(dict.fromkeys(secrets))[:_MAX_SECRETS]:
        secret = Secret(text)
        found = await engine.clients.of_any_secret(engine.instance, secret)
        if found is None:
            problems.append(await _of_another(engine, secret) or _UNKNOWN)
            continue
        client = client or found
        if hmac.compare_digest(found.secret_hash, secret.stored_form()):
            return ReadBrowser(found, await _sessions(engine, found), [])
        is_new = was_replaced_just_now(found, secret.stored_form(), engine.clock.now())
        problems.insert(0, _REPLACED_NOW if is_new else _REPLACED)
    return ReadBrowser(client, await _sessions(engine, client) if client else [], problems)


async def _of_another(engine: Engine, secret: Secret) -> Problem | None:
    """A cookie of another instance of this server: the dashboard's, or an application's."""
    for other in await engine.store.instances.all():
        if other.id != engine.instance.id and await engine.clients.of_any_secret(other, secret) is not None:
            told = f"The client cookie is another instance's, that of {other.public_url}: it means nothing here."
            return Problem(cause=ArtefactCause.ANOTHER_INSTANCE, told=told, advice="Sign in here.")
    return None


async def _sessions(engine: Engine, client: Client) -> Sequence[Session]:
    return await engine.sessions.list(engine.instance, SessionFilter(client_id=client.id), _LATEST)


def reason_problem(reason: str, off: int | None) -> Problem | None:
    """The reason of a denial, with the cause that it stands for. None for text that is no reason."""
    about = explained(reason)
    if about is None:
        return None
    cause = _CAUSES.get(reason)
    if "-after-" in reason and reason.endswith("-redirects"):
        cause = ArtefactCause.COOKIES_BLOCKED
    if cause is ArtefactCause.CLOCK_OFF and off is not None:
        return clock_off(off)
    return Problem(cause=cause or reason, told=about.meaning, advice=about.advice)


def of_headers(engine: Engine, pasted: Pasted) -> list[Problem]:
    """Problems that the cookies and headers of a request show before any of them is looked up."""
    instance = engine.instance
    problems: list[Problem] = []
    names = [name for name, _ in pasted.clients]
    if any(name.startswith("__Host-") and names.count(name) > 1 for name in names):
        problems.append(_DOUBLED)
    foreign = [name for name, _ in pasted.cookies if is_of_another_application(name, instance)]
    own = [name for name, _ in pasted.cookies if name not in foreign]
    if foreign and not any(name.startswith(("__session", "__client", "__Host-__client")) for name in own):
        told = f"The cookies are another application's: {foreign[0][:64]} does not carry the suffix of this one's publishable key."
        problems.append(Problem(cause=ArtefactCause.ANOTHER_INSTANCE, told=told, advice=_OWN_KEYS))
    if not pasted.clients and not pasted.session_tokens:
        problems += _without_session(engine, pasted)
    return problems


def _without_session(engine: Engine, pasted: Pasted) -> list[Problem]:
    """A request without client cookie and session token."""
    public = engine.instance.public_url
    host = host_of(pasted.headers.get("host", ""), engine.config.scheme)
    if host is not None and host == engine.config.public_host:
        origin = pasted.headers.get("origin") or pasted.headers.get("referer")
        if pasted.headers.get("sec-fetch-site") == "cross-site" or _is_elsewhere(origin, public):
            told = f"The browser sent no cookies from a page of {str(origin)[:200]} to this server at {public}: it treats them as two sites, and blocks third-party cookies."
            return [Problem(cause=ArtefactCause.COOKIES_BLOCKED, told=told, advice=_SAME_SITE)]
        return [_ABSENT]
    if not pasted.has_cookie_header and not pasted.headers:
        return []
    if pasted.signed_in_marks and any(mark not in ("", "0") for mark in pasted.signed_in_marks):
        told = "The browser is signed in by `__client_uat`, but it sent no session token."
        return [Problem(cause="session-token-missing", told=told, advice=_RENEWED)]
    if pasted.reason is not None:
        return []
    return [_GUARD]


def _is_elsewhere(origin: str | None, public_url: str) -> bool:
    """True for a page whose registrable domain cannot be that of this server: their last two labels differ."""
    page, own = origin_of(origin or ""), origin_of(public_url)
    if page is None or own is None:
        return False
    return (
        page.rpartition("//")[2].split(":")[0].split(".")[-2:] != own.rpartition("//")[2].split(":")[0].split(".")[-2:]
    )


_CAUSES: Mapping[str, ArtefactCause] = {
    "signed-out": ArtefactCause.GUARD_WITHOUT_SESSION,
    "session-token-and-uat-missing": ArtefactCause.GUARD_WITHOUT_SESSION,
    "token-expired": ArtefactCause.TOKEN_EXPIRED,
    "session-token-expired": ArtefactCause.TOKEN_EXPIRED,
    "token-not-active-yet": ArtefactCause.CLOCK_OFF,
    "session-token-nbf": ArtefactCause.CLOCK_OFF,
    "token-iat-in-the-future": ArtefactCause.CLOCK_OFF,
    "session-token-iat-in-the-future": ArtefactCause.CLOCK_OFF,
    "jwk-kid-mismatch": ArtefactCause.KEY_UNKNOWN,
    "token-invalid-issuer": ArtefactCause.WRONG_ISSUER,
    "token-invalid-authorized-parties": ArtefactCause.WRONG_PARTY,
    "token-invalid-signature": ArtefactCause.SIGNATURE_WRONG,
    "token-invalid": ArtefactCause.TOKEN_MALFORMED,
    "session-token-too-large": ArtefactCause.TOKEN_TOO_LARGE,
    "redirect-cookie-missing": ArtefactCause.COOKIES_BLOCKED,
    "handshake-missing": ArtefactCause.COOKIES_BLOCKED,
}
_RENEWED = "Nothing: on a page the app fetches a new token by a redirect, and API calls get one from the SDK."
_OWN_KEYS = "Check which application's keys the app has: run `sojourn env` again."
_SAME_SITE = "Serve the page from the server's site, or proxy the server's requests through the app."
_ABSENT = Problem(
    cause=ArtefactCause.CLIENT_COOKIE_ABSENT,
    told="The browser sent no client cookie, so this server knows neither it nor its sessions.",
    advice="Sign in. If the browser had just signed in, it refuses or has deleted this server's cookies.",
)
_UNKNOWN = Problem(
    cause=ArtefactCause.CLIENT_COOKIE_UNKNOWN,
    told="No browser is known by this client cookie: the client was removed, the cookie is another server's, or it was made up.",
    advice="Sign in again.",
)
_REPLACED_NOW = Problem(
    cause=ArtefactCause.CLIENT_COOKIE_REPLACED,
    told="A newer secret replaced this client cookie a moment ago: it still gets tokens, and the browser retries everything else.",
    advice="Nothing: the browser has the newer one.",
)
_REPLACED = Problem(
    cause=ArtefactCause.CLIENT_COOKIE_REPLACED,
    told="A newer secret replaced this client cookie: it is a copy, or the browser missed an answer. It opens nothing.",
    advice="Sign in again. If the browser did not miss an answer, somebody has copied its cookie: end its sessions.",
)
_DOUBLED = Problem(
    cause=ArtefactCause.CLIENT_COOKIE_DOUBLED,
    told="The browser sent its client cookie twice. Its name must be unique, so both are ignored and expired.",
    advice="Load the page again. If it comes back, a proxy or another program of this host adds a cookie of this name.",
)
_GUARD = Problem(
    cause=ArtefactCause.GUARD_WITHOUT_SESSION,
    told="The app guards the page, and the browser has no session: it sent no session token, and its cookies say that it is signed out, or there are none.",
    advice="Sign in.",
)
