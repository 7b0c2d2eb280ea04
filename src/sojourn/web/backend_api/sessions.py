"""Sessions: list, create, look up, revoke, and tokens for them."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FeatureOff, FieldError, Malformed, NotFound, SessionEnded, TokenRefused
from sojourn.ids import SessionId
from sojourn.instances.cookie_domain import cookie_domain
from sojourn.resources import token
from sojourn.resources.sessions import backend_session
from sojourn.secret import Secret
from sojourn.sessions.session import Session, SessionStatus
from sojourn.sessions.usage import Use
from sojourn.store.interface import SessionFilter
from sojourn.tokens.handshake import BrowserState, cookie_suffix, directives
from sojourn.web.backend_api import fast_paths
from sojourn.web.backend_api.context import ACTOR, Context, KeyContext
from sojourn.web.headers import of_token
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import JsonObject, Paging

_DAY = 86400
Life = Annotated[int, Meta(ge=30, le=_DAY)]
"""Seconds. No token of any kind lives longer than a day (R-JWT-06)."""


class SessionQuery(Paging, kw_only=True):
    client_id: str | None = None
    user_id: str | None = None
    status: SessionStatus | None = None


class SessionCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    active_organization_id: str | None = None


class TokenCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    expires_in_seconds: Life | None = None

    @property
    def life(self) -> timedelta | None:
        return None if self.expires_in_seconds is None else timedelta(seconds=self.expires_in_seconds)


class SessionProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    token: str


class Refresh(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The oldest SDKs omit `format` and expect a token."""

    expired_token: str
    refresh_token: str
    request_origin: str
    request_headers: JsonObject | None = None
    format: Literal["token", "cookie"] | None = None
    request_originating_ip: str | None = None


@get("/v1/sessions", operation_id="GetSessionList", opt=backend(query=SessionQuery))
async def list_sessions(context: Context) -> Response[bytes]:
    query = context.query(SessionQuery)
    where = SessionFilter(client_id=query.client_id, user_id=query.user_id, status=query.status)
    rows = await context.engine.sessions.list(context.instance, where, query.page())
    total = await context.engine.sessions.count(context.instance, where) if query.paginated else 0
    return context.listing([backend_session(session, context.now) for session in rows], total, query)


@post("/v1/sessions", operation_id="createSession", status_code=200, opt=backend(json=SessionCreation))
async def create_session(context: Context) -> Response[bytes]:
    """For tests, so in development only: in production only a sign-in starts a session (R-FLOW-07)."""
    given = await context.json_body(SessionCreation)
    if not context.instance.is_development:
        raise FeatureOff("Sessions cannot be made in production; use a sign-in token.")
    if given.active_organization_id is not None:
        raise FeatureOff("Organizations are not available here.", param="active_organization_id")
    user = await context.engine.accounts.get(context.instance, given.user_id)
    return _answer(context, await context.engine.sessions.create_for(context.instance, user))


@get("/v1/sessions/{session_id:str}", operation_id="GetSession", opt=backend(fast=fast_paths.session))
async def read_session(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return Response(await fast_paths.session(context, session_id), media_type="application/json")


@post("/v1/sessions/{session_id:str}/revoke", operation_id="RevokeSession", status_code=200, opt=backend())
async def revoke(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    sessions = context.engine.sessions
    revoked = await sessions.revoke(context.instance, SessionId(session_id), actor=ACTOR, by=context.key.id)
    return _answer(context, revoked)


@post(
    "/v1/sessions/{session_id:str}/tokens", operation_id="CreateSessionToken", status_code=200,
    opt=backend(json=TokenCreation),
)  # fmt: skip
async def create_token(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(TokenCreation)
    session, user = await context.engine.sessions.live(context.instance, SessionId(session_id))
    jwt = await context.engine.tokens.for_session(
        context.instance, session, user, origin=None, api_version=context.api_version, life=given.life
    )
    return _minted(context, token(jwt), jwt)


@post(
    "/v1/sessions/{session_id:str}/tokens/{template_name:str}", operation_id="CreateSessionTokenFromTemplate",
    status_code=200, opt=backend(json=TokenCreation),
)  # fmt: skip
async def create_template_token(
    context: Context, session_id: FromPath[str], template_name: FromPath[str]
) -> Response[bytes]:
    given = await context.json_body(TokenCreation)
    session, user = await context.engine.sessions.live(context.instance, SessionId(session_id))
    jwt = await context.engine.tokens.from_template(
        context.instance, session, user, template_name, origin=None, life=given.life
    )
    return context.json(token(jwt))


@post(
    "/v1/sessions/{session_id:str}/verify",
    operation_id="VerifySession",
    status_code=200,
    opt=backend(json=SessionProof),
)
async def verify(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    """For SDKs of the fourth major: checks that the client that holds `token` still has the session live."""
    given = await context.json_body(SessionProof)
    session, _ = await context.engine.sessions.live(context.instance, SessionId(session_id))
    client = await context.engine.clients.find(context.instance, Secret(given.token))
    if client is not None and client.id == session.client_id:
        return _answer(context, session)
    if (await context.engine.refreshing.read(context.instance, given.token)).get("sid") != session.id:
        raise TokenRefused("token-invalid", "The token is not of this session.")
    return _answer(context, session)


@post(
    "/v1/sessions/{session_id:str}/refresh", operation_id="RefreshSession", status_code=200, opt=backend(json=Refresh)
)
async def refresh(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    """A fresh token for a page whose token has expired. Every denial is a 401, after which SDKs start a handshake."""
    try:
        given = await context.json_body(Refresh)
        session, user = await context.engine.sessions.live(context.instance, SessionId(session_id))
    except (msgspec.ValidationError, FieldError, Malformed, NotFound) as error:
        raise TokenRefused("token-invalid", "The request to refresh cannot be used.") from error
    secret = Secret(given.refresh_token)
    await context.engine.refreshing.check(
        context.instance, session, secret, given.expired_token, origin=given.request_origin
    )
    jwt = await context.engine.tokens.for_session(
        context.instance, session, user, origin=given.request_origin, api_version=context.api_version
    )
    context.engine.activity.note(session, context.now, Use.REFRESH)
    if given.format != "cookie":
        return _minted(context, token(jwt), jwt)
    cookies = await _cookies(context, session, jwt, given.request_origin)
    return _minted(context, {"object": "cookies", "cookies": cookies}, jwt)


def _minted(context: KeyContext, shown: object, jwt: str) -> Response[bytes]:
    answer = context.json(shown)
    answer.headers |= {name.decode(): value.decode() for name, value in of_token(jwt, context.instance)}
    return answer


async def _cookies(context: KeyContext, session: Session, jwt: str, origin: str) -> list[str]:
    try:
        client = await context.engine.clients.get(context.instance, session.client_id)
    except NotFound as error:
        raise SessionEnded() from error
    secret = context.engine.refreshing.secret(session).reveal()
    state = BrowserState(token=jwt, signed_in_at=client.signed_in_changed_at.seconds, refresh=secret)
    suffix = cookie_suffix(context.instance.publishable_key)
    domain = cookie_domain(context.instance, context.engine.config.cookie_domain)
    return directives(state, suffix, secure=origin.startswith("https://"), domain=domain)


def _answer(context: KeyContext, session: Session) -> Response[bytes]:
    return context.json(backend_session(session, context.now))


HANDLERS = [
    list_sessions,
    create_session,
    read_session,
    revoke,
    create_token,
    create_template_token,
    verify,
    refresh,
]
