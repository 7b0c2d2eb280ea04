"""The inspector: why somebody is signed in or out, from a pasted subject or an ID. Nothing that is pasted is stored, logged or
repeated; the answer is the one of `sojourn inspect --json`.
"""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.console.roles import Permission
from sojourn.errors import NotFound
from sojourn.ids import UserId
from sojourn.inspector.inspection import Inspection, RefusalCount
from sojourn.inspector.inspector import Inspector
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.operation import admin


class PastedSubject(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A token, an ID, an e-mail address, a cookie, header lines, or a reason of a denial."""

    subject: str


@post(
    "/v1/admin/inspect",
    operation_id="admin_inspect",
    status_code=200,
    opt=admin(Permission.SESSIONS_READ, gives=Inspection, json=PastedSubject),
)
async def inspect(context: Context) -> Response[bytes]:
    """Sent in the body, because a subject may be a secret, and addresses are logged by proxies."""
    given = await context.json_body(PastedSubject)
    return context.json(await _inspector(context).inspect(given.subject))


@get(
    "/v1/admin/sessions/{session_id:str}/story",
    operation_id="admin_session_story",
    opt=admin(Permission.SESSIONS_READ, gives=Inspection),
)
async def session_story(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    told = await _inspector(context).session(session_id)
    if not told.timeline:
        raise NotFound("No session with that id exists here.")
    return context.json(told)


@get(
    "/v1/admin/users/{user_id:str}/story",
    operation_id="admin_user_story",
    opt=admin(Permission.USERS_READ, gives=Inspection),
)
async def user_story(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    told = await _inspector(context).user(user_id)
    if told.user is None or told.user.status == "unknown":
        raise NotFound("No user with that id exists here.")
    return context.json(told)


class RefusalList(msgspec.Struct, kw_only=True):
    """Refusals of browsers without a session within 48 hours, by reason, the most frequent first."""

    data: list[RefusalCount]


@get("/v1/admin/refusals", operation_id="admin_list_refusals", opt=admin(Permission.SESSIONS_READ, gives=RefusalList))
async def list_refusals(context: Context) -> Response[bytes]:
    return context.json(RefusalList(data=await _inspector(context).refusals()))


def _inspector(context: AdminContext) -> Inspector:
    """An inspector of the managed application that knows the administrators' addresses."""
    console = context.dashboard.console

    async def name(id: str) -> str | None:
        user = await console.accounts.find(console.instance, UserId(id))
        email = user.primary_email_address if user is not None else None
        return email.value if email is not None else None

    return Inspector(context.engine, context.instance, name)


HANDLERS = (inspect, session_story, user_story, list_refusals)
