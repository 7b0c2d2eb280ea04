"""Sessions: list, create, look up, revoke, and tokens for them."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FeatureOff, FieldError, Malformed, NotFound, SessionEnded, TokenRefused
from sojourn.ids import SessionId
from sojourn.resources import token
from sojourn.resources.sessions import backend_session
from sojourn.secret import Secret
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import SessionFilter
from sojourn.tokens.handshake import BrowserState, cookie_suffix, directives
from sojourn.users.standing import may_sign_in
from sojourn.users.user import User
from sojourn.web.backend_api import fast_paths
from sojourn.web.backend_api.call import ACTOR, Call, CurrentCall, json, listing
from sojourn.web.backend_api.reading import JsonObject, Paging
from sojourn.web.cookies import cookie_domain
from sojourn.web.headers import of_token

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
    """`format` is absent from the oldest SDKs, which expect a token."""

    expired_token: str
    refresh_token: str
    request_origin: str
    request_headers: JsonObject | None = None
    format: Literal["token", "cookie"] | None = None
    request_originating_ip: str | None = None


@get("/v1/sessions", operation_id="GetSessionList", opt={"query": SessionQuery})
async def list_sessions(call: CurrentCall) -> Response[bytes]:
    query = call.query(SessionQuery)
    where = SessionFilter(client_id=query.client_id, user_id=query.user_id, status=query.status)
    rows = await call.engine.sessions.list(call.instance, where, query.page())
    total = await call.engine.sessions.count(call.instance, where) if query.paginated else 0
    return listing([backend_session(each, call.now) for each in rows], total, query)


@post("/v1/sessions", operation_id="createSession", status_code=200, opt={"json": SessionCreation})
async def create_session(call: CurrentCall) -> Response[bytes]:
    """For tests, so in development only: elsewhere a session begins with somebody signing in (R-FLOW-07)."""
    given = await call.body(SessionCreation)
    if not call.instance.is_development:
        raise FeatureOff("Sessions cannot be made in production; use a sign-in token.")
    if given.active_organization_id is not None:
        raise FeatureOff("Organizations are not available here.", param="active_organization_id")
    user = await call.engine.accounts.get(call.instance, given.user_id)
    return _answer(call, await call.engine.sessions.create_for(call.instance, user))


@get("/v1/sessions/{session_id:str}", operation_id="GetSession", opt={"fast": fast_paths.session})
async def read_session(call: CurrentCall, session_id: FromPath[str]) -> Response[bytes]:
    return Response(await fast_paths.session(call, session_id), media_type="application/json")


@post("/v1/sessions/{session_id:str}/revoke", operation_id="RevokeSession", status_code=200)
async def revoke(call: CurrentCall, session_id: FromPath[str]) -> Response[bytes]:
    return _answer(call, await call.engine.sessions.revoke(call.instance, SessionId(session_id), actor=ACTOR))


@post(
    "/v1/sessions/{session_id:str}/tokens", operation_id="CreateSessionToken", status_code=200,
    opt={"json": TokenCreation},
)  # fmt: skip
async def create_token(call: CurrentCall, session_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(TokenCreation)
    session, user = await _live(call, session_id)
    jwt = await call.engine.tokens.for_session(
        call.instance, session, user, origin=None, api_version=call.api_version, life=given.life
    )
    return _minted(call, token(jwt), jwt)


@post(
    "/v1/sessions/{session_id:str}/tokens/{template_name:str}", operation_id="CreateSessionTokenFromTemplate",
    status_code=200, opt={"json": TokenCreation},
)  # fmt: skip
async def create_template_token(
    call: CurrentCall, session_id: FromPath[str], template_name: FromPath[str]
) -> Response[bytes]:
    given = await call.body(TokenCreation)
    session, user = await _live(call, session_id)
    jwt = await call.engine.tokens.from_template(
        call.instance, session, user, template_name, origin=None, life=given.life
    )
    return json(token(jwt))


@post("/v1/sessions/{session_id:str}/verify", operation_id="VerifySession", status_code=200, opt={"json": SessionProof})
async def verify(call: CurrentCall, session_id: FromPath[str]) -> Response[bytes]:
    """Of SDKs of the fourth major: whether the browser that holds `token` still has the session live."""
    given = await call.body(SessionProof)
    session, _ = await _live(call, session_id)
    client = await call.engine.clients.find(call.instance, Secret(given.token))
    if client is not None and client.id == session.client_id:
        return _answer(call, session)
    if (await call.engine.refreshing.read(call.instance, given.token)).get("sid") != session.id:
        raise TokenRefused("token-invalid", "The token is not of this session.")
    return _answer(call, session)


@post("/v1/sessions/{session_id:str}/refresh", operation_id="RefreshSession", status_code=200, opt={"json": Refresh})
async def refresh(call: CurrentCall, session_id: FromPath[str]) -> Response[bytes]:
    """A fresh token for a page whose own has run out. Every refusal is a 401: SDKs then send the browser round."""
    try:
        given = await call.body(Refresh)
        session, user = await _live(call, session_id)
    except (msgspec.ValidationError, FieldError, Malformed, NotFound) as error:
        raise TokenRefused("token-invalid", "The request to refresh cannot be used.") from error
    secret = Secret(given.refresh_token)
    await call.engine.refreshing.check(call.instance, session, secret, given.expired_token, origin=given.request_origin)
    jwt = await call.engine.tokens.for_session(
        call.instance, session, user, origin=given.request_origin, api_version=call.api_version
    )
    call.engine.activity.note(session, call.now)
    if given.format != "cookie":
        return _minted(call, token(jwt), jwt)
    cookies = await _cookies(call, session, jwt, given.request_origin)
    return _minted(call, {"object": "cookies", "cookies": cookies}, jwt)


def _minted(call: Call, shown: object, jwt: str) -> Response[bytes]:
    answer = json(shown)
    answer.headers |= {name.decode(): value.decode() for name, value in of_token(jwt, call.instance)}
    return answer


async def _cookies(call: Call, session: Session, jwt: str, origin: str) -> list[str]:
    client = await call.engine.store.clients.find(call.instance.id, session.client_id)
    if client is None:
        raise SessionEnded()
    secret = call.engine.refreshing.secret(session).reveal()
    state = BrowserState(token=jwt, signed_in_at=client.signed_in_changed_at.seconds, refresh=secret)
    suffix = cookie_suffix(call.instance.publishable_key)
    domain = cookie_domain(call.instance, call.engine.config.cookie_domain)
    return directives(state, suffix, secure=origin.startswith("https://"), domain=domain)


async def _live(call: Call, session_id: str) -> tuple[Session, User]:
    """A session that is live by the clock, and its user. Raises: NotFound, SessionEnded, also for a banned user."""
    session = await call.engine.sessions.get(call.instance, SessionId(session_id))
    if not session.is_live(call.now):
        raise SessionEnded()
    user = await call.engine.accounts.get(call.instance, session.user_id)
    if not may_sign_in(user):
        raise SessionEnded()
    return session, user


def _answer(call: Call, session: Session) -> Response[bytes]:
    return json(backend_session(session, call.now))


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
