"""Sessions for administrators: lists by any fact, counts, and their ends: one, a user's, by filter, everybody's."""

from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Literal, cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.console.roles import Permission
from sojourn.errors import FieldError
from sojourn.ids import SessionId, UserId
from sojourn.sessions.directory import address_prefix
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.ending import told_end
from sojourn.store.interface import SessionSearch
from sojourn.users.profile import require_fresh
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.admin_api.shapes.sessions import (
    EndedSessions,
    Filters,
    SessionBatchList,
    SessionCount,
    SessionPage,
    ShownSession,
    ShownSessionBatch,
    shown_batch,
    shown_preview,
    shown_session,
)
from sojourn.web.operation import admin

_MILLISECOND = timedelta(milliseconds=1)
State = Literal["active", "ended", "removed", "replaced", "revoked", "expired", "abandoned"]
"""`ended` finds every ended session, whatever its status."""

Text = Annotated[str, Meta(min_length=1, max_length=256)]
Time = Annotated[int, Meta(ge=0, le=2**53)]


class SessionConditions(msgspec.Struct, kw_only=True):
    """All that are given must hold. `person` is part of a name, address, user name or id; `device` a device type or a browser;
    `strategy` how it was signed in; `ip_prefix` the beginning of an address, or an IPv4 network of whole bytes. Times are milliseconds since 1970: from `after` on, earlier than `before`.
    """

    user_id: Text | None = None
    person: Text | None = None
    client_id: Text | None = None
    country: Text | None = None
    device: Text | None = None
    strategy: Text | None = None
    ip_prefix: Text | None = None
    created_after: Time | None = None
    created_before: Time | None = None
    active_after: Time | None = None
    active_before: Time | None = None


class SessionSelection(SessionConditions, kw_only=True):
    state: State | None = None
    cause: list[EndCause] = []
    batch_id: Text | None = None
    ended_after: Time | None = None
    ended_before: Time | None = None


class SessionListQuery(SessionSelection, kw_only=True):
    """Sorted by `ended`, only ended sessions are found."""

    sort: Literal["created", "last_active", "ended"] = "created"
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: Text | None = None


class NewSessionBatch(SessionConditions, kw_only=True, forbid_unknown_fields=True):
    """Without any condition, `everybody` must be true. `dry_run` counts and ends nothing."""

    everybody: bool = False
    dry_run: bool = False


class BatchQuery(msgspec.Struct, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


@get(
    "/v1/admin/sessions",
    operation_id="admin_list_sessions",
    opt=admin(Permission.SESSIONS_READ, gives=SessionPage, query=SessionListQuery),
)
async def list_sessions(context: Context) -> Response[bytes]:
    query = context.query(SessionListQuery)
    where = await _selected(context, query)
    page = await context.engine.session_directory.page(context.instance, where, query.sort, query.cursor, query.limit)
    data = [
        shown_session(session, page.users.get(session.user_id), told_end(session), context.now)
        for session in page.sessions
    ]
    return context.json(SessionPage(data=data, next_cursor=page.next_cursor))


@get(
    "/v1/admin/sessions/count",
    operation_id="admin_count_sessions",
    opt=admin(Permission.SESSIONS_READ, gives=SessionCount, query=SessionSelection),
)
async def count_sessions(context: Context) -> Response[bytes]:
    where = await _selected(context, context.query(SessionSelection))
    total = await context.engine.session_directory.count(context.instance, where)
    return context.json(SessionCount(total_count=total, is_exact=True))


@get(
    "/v1/admin/sessions/{session_id:str}",
    operation_id="admin_read_session",
    opt=admin(Permission.SESSIONS_READ, gives=ShownSession),
)
async def read_session(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return await _shown(context, session_id)


@post(
    "/v1/admin/sessions/{session_id:str}/end",
    operation_id="admin_end_session",
    status_code=200,
    opt=admin(Permission.SESSIONS_END, gives=ShownSession),
)
async def end_session(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    await context.engine.sessions.revoke(context.instance, SessionId(session_id), actor=context.actor)
    return await _shown(context, session_id)


@post(
    "/v1/admin/users/{user_id:str}/sessions/end",
    operation_id="admin_end_sessions_of_user",
    status_code=200,
    opt=admin(Permission.SESSIONS_END, gives=EndedSessions),
)
async def end_sessions_of_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    user = await context.engine.accounts.get(context.instance, UserId(user_id))
    ended = await context.engine.sessions.revoke_all_of_user(context.instance, user.id, actor=context.actor)
    return context.json(EndedSessions(ended=ended, last_token_dies_at=context.now.millis + _life(context)))


@post(
    "/v1/admin/session_batches",
    operation_id="admin_end_sessions",
    status_code=200,
    opt=admin(Permission.SESSIONS_END, gives=ShownSessionBatch, json=NewSessionBatch),
)
async def end_sessions(context: Context) -> Response[bytes]:
    """Ends the live sessions that match and began by now, in the background if they are many."""
    given = await context.json_body(NewSessionBatch)
    where = await _narrowed(context, given)
    if where == SessionSearch() and not given.everybody:
        raise FieldError("Give a condition, or say that everybody is meant.", param="everybody")
    if where != SessionSearch() and given.everybody:
        raise FieldError("Everybody is meant only without a condition.", param="everybody")
    if given.everybody and not given.dry_run and context.signed_in is not None:
        require_fresh(context.signed_in.session, context.now)  # everybody's session is the largest change there is
    batches = context.engine.session_batches
    if given.dry_run:
        preview = await batches.preview(context.instance, where)
        cause = EndCause.ALL_REVOKED if given.everybody else EndCause.REVOKED
        shown = shown_preview(preview, cast("Filters", where.named()), context.actor, cause.value, context.now)
        return context.json(shown)
    batch = await batches.begin(context.instance, where, actor=context.actor)
    return context.json(shown_batch(batch, _life(context)))


@get(
    "/v1/admin/session_batches",
    operation_id="admin_list_session_batches",
    opt=admin(Permission.SESSIONS_READ, gives=SessionBatchList, query=BatchQuery),
)
async def list_batches(context: Context) -> Response[bytes]:
    batches = await context.engine.session_batches.list(context.instance, context.query(BatchQuery).limit)
    return context.json(SessionBatchList(data=[shown_batch(batch, _life(context)) for batch in batches]))


@get(
    "/v1/admin/session_batches/{batch_id:str}",
    operation_id="admin_read_session_batch",
    opt=admin(Permission.SESSIONS_READ, gives=ShownSessionBatch),
)
async def read_batch(context: Context, batch_id: FromPath[str]) -> Response[bytes]:
    batch = await context.engine.session_batches.get(context.instance, batch_id)
    return context.json(shown_batch(batch, _life(context)))


async def _selected(context: AdminContext, given: SessionSelection) -> SessionSearch:
    return replace(
        await _narrowed(context, given),
        state=given.state,
        causes=tuple(cause.value for cause in given.cause),
        batch_id=given.batch_id,
        ended_after=given.ended_after,
        ended_before=given.ended_before,
    )


async def _narrowed(context: AdminContext, given: SessionConditions) -> SessionSearch:
    where = SessionSearch(
        user_ids=None if given.user_id is None else (given.user_id,),
        client_id=given.client_id,
        country=None if given.country is None else given.country.upper(),
        device=given.device,
        strategy=given.strategy,
        ip_prefix=None if given.ip_prefix is None else address_prefix(given.ip_prefix),
        created_after=given.created_after,
        created_before=given.created_before,
        active_after=given.active_after,
        active_before=given.active_before,
    )
    if given.person is None:
        return where
    return await context.engine.session_directory.of_person(context.instance, where, given.person)


async def _shown(context: AdminContext, id: str) -> Response[bytes]:
    session = await context.engine.sessions.get(context.instance, SessionId(id))
    user = await context.engine.accounts.find(context.instance, session.user_id)
    return context.json(shown_session(session, user, told_end(session), context.now))


def _life(context: AdminContext) -> int:
    """Milliseconds for which a session token is valid."""
    return context.instance.settings.sessions.token_life // _MILLISECOND


HANDLERS = (
    list_sessions,
    count_sessions,
    read_session,
    end_session,
    end_sessions_of_user,
    end_sessions,
    list_batches,
    read_batch,
)
