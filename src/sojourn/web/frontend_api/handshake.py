"""The handshake: an app's server redirects a browser here if it cannot decide the session state, and gets it back with
cookies.

The result is in the URL in development, and in a cookie shared with the app in production. A nonce replaces it if the
app can fetch the directives (wire protocol section 7.3).
"""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from litestar import Response, get

from sojourn.errors import Malformed, SecretReplaced
from sojourn.origin import origin_of
from sojourn.secret import Secret
from sojourn.sessions.client import ClientView
from sojourn.sessions.session import Session
from sojourn.sessions.usage import Use
from sojourn.tokens.cookie_size import LARGEST_COOKIE
from sojourn.tokens.handshake import (
    HANDSHAKE,
    NONCE,
    REDIRECT,
    REDIRECT_ID,
    BrowserState,
    cookie_suffix,
    directives,
    mint_handshake,
    slimmer,
)
from sojourn.users.account_status import may_sign_in
from sojourn.web.cookies import signed_in_value
from sojourn.web.frontend_api.caller import Identified
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.headers import of_token
from sojourn.web.operation import frontend
from sojourn.web.redirects import checked_redirect, with_query

_log = structlog.get_logger("sojourn.web")
_REASON = re.compile(r"[a-z0-9-]{1,80}")
_MAX_AGE = 60
_TOO_LARGE = "make the custom claims (sessions.claims) smaller: the app's server gets its session token in a cookie"
_CLOCK_BEHIND = frozenset({"session-token-nbf", "session-token-iat-in-the-future"})
_BACKDATED = timedelta(minutes=10)


@get("/v1/client/handshake", operation_id="handshakeClient", status_code=307, opt=frontend(limit="handshakes"))
async def handshake(context: Context) -> Response[bytes]:
    """Redirect the browser back to its page, with cookies for its session state.

    Raises: Malformed for a foreign page, SecretReplaced.
    """
    query = context.request.query
    target = checked_redirect(context.instance, query.get("redirect_url", ""))
    if target is None:
        raise Malformed("redirect_url must be a page of the application; list its origin in allowed_origins.")
    try:
        identified = await context.identified(lenient=True)
        view = await context.engine.clients.view(identified.client) if identified.client else None
    except SecretReplaced:  # the page retries by itself; a guess could sign every tab out
        context.headers.append((b"refresh", b"2"))
        raise
    lines = await _directives(context, identified, view, target)
    reason = query.get("__clerk_hs_reason", "")
    known_reason = reason if _REASON.fullmatch(reason) else "not-given"
    if not (view and view.sessions):
        context.engine.refusals.note(context.instance.id, known_reason)
    _log.info("handshake", reason=known_reason, signed_in=bool(view and view.sessions))
    return Response(
        b"",
        status_code=307,
        headers={"Location": await _delivered(context, target, lines, is_signed_in=bool(view and view.sessions))},
    )


async def _directives(
    context: ClientContext, identified: Identified, view: ClientView | None, target: str
) -> list[str]:
    instance = context.instance
    session = view.last_active_session if view else None
    backdated = _BACKDATED if instance.is_development and _app_is_behind(context) else timedelta(0)
    jwt = await _token(context, session, target, backdated) if session else None
    context.headers += of_token(jwt, instance)
    dev_browser = None
    if instance.is_development:
        dev_browser = await _dev_browser(context, identified, target)
    state = BrowserState(
        token=jwt,
        # an app treats a token issued before the sign-in as stale
        signed_in_at=min(signed_in_value(view), context.now.before(backdated).seconds) if jwt else 0,
        dev_browser=dev_browser.reveal() if dev_browser else None,
        refresh=context.engine.refreshing.secret(session).reveal() if session and jwt else None,
    )
    domain = context.rules.domain_of(instance)
    lines = directives(
        state, cookie_suffix(instance.publishable_key), secure=target.startswith("https://"), domain=domain
    )
    if not instance.is_development:
        # otherwise the page would replay a result that it has already applied
        lines += [context.rules.handshake_gone(instance, name) for name in (HANDSHAKE, _nonce_cookie(context))]
    return lines


async def _dev_browser(context: ClientContext, identified: Identified, target: str) -> Secret:
    """The presented development browser if it is suitable, otherwise a new one. A page on this server's own host has
    the client cookie too, so an unbound one is enough; any other page needs one bound to the client.
    """
    instance, dev_browsers = context.instance, context.engine.dev_browsers
    has_cookie = urlsplit(target).hostname == urlsplit(instance.public_url).hostname
    client = None if has_cookie else identified.client
    presented = identified.dev_browser
    if presented is not None and await dev_browsers.stands_for(instance, presented, client):
        return presented
    return dev_browsers.unbound(instance) if client is None else await dev_browsers.bound(instance, client)


def _app_is_behind(context: ClientContext) -> bool:
    """True if the app rejected its last token as not yet valid; another one would cause a redirect loop."""
    return context.request.query.get("__clerk_hs_reason", "") in _CLOCK_BEHIND


async def _token(context: ClientContext, session: Session, target: str, backdated: timedelta) -> str | None:
    user = await context.engine.accounts.find(context.instance, session.user_id)
    if user is None or not may_sign_in(user):
        return None
    context.engine.activity.note(session, context.now, Use.HANDSHAKE, context.seen)
    return await context.engine.tokens.for_session(
        context.instance,
        session,
        user,
        origin=origin_of(target),
        api_version=context.api_version,
        backdated=backdated,
    )


async def _delivered(context: ClientContext, target: str, lines: list[str], *, is_signed_in: bool) -> str:
    """The target of the redirect. In production a cookie carries the result.

    One of our adapters names the redirect it began, and the result is bound to that (R-HSK-01); published SDKs do not. Ours
    take a nonce in development too, where published ones would loop (wire protocol section 7.3).
    """
    instance, redirect = context.instance, _redirect(context)
    if redirect:
        target = with_query(target, REDIRECT, redirect)
    asks_nonce = context.request.query.get("format") == "nonce"
    if asks_nonce and (is_signed_in if redirect else not instance.is_development):
        nonce = await context.engine.handshake_nonces.keep(instance, lines, redirect=redirect)
        return _carried(context, target, NONCE, _nonce_cookie(context), nonce.reveal())
    key = await context.engine.key_store.signing_key(instance)
    token = mint_handshake(lines, key, context.now, redirect=redirect)
    if not instance.is_development and len(HANDSHAKE) + len(token) > LARGEST_COOKIE:
        token = mint_handshake(slimmer(lines), key, context.now, redirect=redirect)
        if (size := len(HANDSHAKE) + len(token)) > LARGEST_COOKIE:
            _log.error("handshake.too_large", bytes=size, most=LARGEST_COOKIE, advice=_TOO_LARGE)
    return _carried(context, target, HANDSHAKE, HANDSHAKE, token)


def _carried(context: ClientContext, target: str, parameter: str, cookie: str, value: str) -> str:
    if context.instance.is_development:
        return with_query(target, parameter, value)
    context.cookies.append(context.rules.handshake(context.instance, cookie, value, _MAX_AGE))
    return target


def _redirect(context: ClientContext) -> str:
    """The id of the redirect that one of our adapters began; empty for published SDKs."""
    named = context.request.query.get(REDIRECT, "")
    return named if REDIRECT_ID.fullmatch(named) else ""


def _nonce_cookie(context: ClientContext) -> str:
    """The cookie's name, one per redirect of our adapters, so that tabs do not read each other's."""
    redirect = _redirect(context)
    return f"{NONCE}_{redirect}" if redirect else NONCE


HANDLERS = [handshake]
