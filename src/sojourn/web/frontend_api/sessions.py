"""Sessions of the requesting browser: read, touch, end, remove, and tokens by template."""

from dataclasses import replace
from typing import Literal

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.resources import Resource, token
from sojourn.resources.sessions import session_resource
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.session import Session, SessionStatus
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend


class TouchForm(msgspec.Struct, kw_only=True):
    active_organization_id: str | None = None
    intent: str | None = None


@get("/v1/client/sessions/{session_id:str}", operation_id="getSession", opt=frontend(limit=None))
async def get_session(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    session, user = await context.engine.sessions.acting(await context.caller(), session_id)
    return await context.enveloped(await context.session(session, user))


@post(
    "/v1/client/sessions/{session_id:str}/touch",
    operation_id="touchSession",
    status_code=200,
    opt=frontend(limit=None, form=TouchForm),
)
async def touch(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    """Make it the browser's current session and note its use."""
    caller = await context.signed_in()
    form = await context.form(TouchForm)
    _, user = await context.engine.sessions.acting(caller, session_id)
    session = await context.engine.sessions.touch(caller, session_id, _intent(form.intent))
    assert caller.client is not None
    current = replace(caller.client, last_active_session_id=session.id)
    return await context.enveloped(await context.session(session, user), Issued(current))


def _intent(word: str | None) -> Literal["focus", "select_session", "select_org"] | None:
    match word:
        case "focus" | "select_session" | "select_org":
            return word
        case _:
            return None


@post("/v1/client/sessions/{session_id:str}/end", operation_id="endSession", status_code=200, opt=frontend(limit=None))
async def end(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return await _ended(context, session_id, SessionStatus.ENDED)


@post(
    "/v1/client/sessions/{session_id:str}/remove",
    operation_id="removeSession",
    status_code=200,
    opt=frontend(limit=None),
)
async def remove(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return await _ended(context, session_id, SessionStatus.REMOVED)


async def _ended(context: ClientContext, session_id: str, status: SessionStatus) -> Response[bytes]:
    caller = await context.signed_in()
    session, issued = await context.engine.sessions.end(caller, session_id, status)
    answer = await context.enveloped(await _shown(context, caller, session), issued)
    if not (await context.engine.clients.view(issued.client)).sessions:
        context.signed_out()
    return answer


async def _shown(context: ClientContext, caller: Caller, session: Session) -> Resource | None:
    """An ended session, which mints no more tokens; None if its user was deleted."""
    user = await context.engine.accounts.find(caller.instance, session.user_id)
    if user is None:
        return None
    second = (await context.second_factors(user)).get(user.id, ())
    return session_resource(session, user, caller.instance, context.now, None, second_factors=second)


@post(
    "/v1/client/sessions/{session_id:str}/tokens/{template_name:str}",
    operation_id="createSessionTokenWithTemplate",
    status_code=200,
    opt=frontend(limit=None),
)
async def create_template_token(
    context: Context, session_id: FromPath[str], template_name: FromPath[str]
) -> Response[bytes]:
    jwt = await context.engine.tokens.mint_from_template(
        context.instance, await context.secret_hash(), session_id, template_name, origin=context.origin
    )
    return context.json(token(jwt))


HANDLERS = [get_session, touch, end, remove, create_template_token]
