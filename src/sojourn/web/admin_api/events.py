"""The audit log: search, export, and the check of its hash chain (R-LOG-01)."""

import msgspec
from litestar import Response, get, post

from sojourn.console.roles import Permission
from sojourn.errors import FieldError
from sojourn.events.event import Event
from sojourn.events.kinds import KINDS
from sojourn.events.reading import ExportFormat, lines
from sojourn.ids import UserId
from sojourn.store.interface import EventFilter, Page
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.admin_api.shapes.events import (
    AuditChainStep,
    AuditEntryPage,
    AuditKind,
    AuditKindList,
    audit_entry,
)
from sojourn.web.operation import admin
from sojourn.web.parsing.cursors import PageLimit, cursor_text, place_of
from sojourn.web.parsing.field_types import Millis, Texts, millis_instant

_EXPORTED_AT_ONCE = 2000
_ChainPlace = tuple[Millis, bytes]
NEXT_CURSOR = "Sojourn-Next-Cursor"
_MEDIA_TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


class EntriesWanted(msgspec.Struct, kw_only=True):
    """`kind` may be repeated; one that ends with `.`, such as `session.`, means all that begin so. `target` is the ID of a
    session, key or address. Times are milliseconds since the epoch, inclusive below and exclusive above.
    """

    kind: Texts = ()
    actor: str | None = None
    target: str | None = None
    user_id: str | None = None
    after: Millis | None = None
    before: Millis | None = None
    cursor: str | None = None

    def where(self) -> EventFilter:
        """Raises: FieldError for an unknown kind, or a cursor of another list."""
        for kind in self.kind:
            if kind not in KINDS and not (kind.endswith(".") and any(name.startswith(kind) for name in KINDS)):
                raise FieldError(f"{kind[:64]!r} is no kind of entry.", param="kind")
        return EventFilter(
            kinds=self.kind,
            user_id=UserId(self.user_id) if self.user_id else None,
            target=self.target or None,
            since=millis_instant(self.after),
            actor=self.actor or None,
            until=millis_instant(self.before),
            after=None if self.cursor is None else place_of(self.cursor, str),
        )


class EntryListWanted(EntriesWanted, kw_only=True):
    limit: PageLimit = 50


class EntryExportWanted(EntriesWanted, kw_only=True):
    format: ExportFormat = "ndjson"


class ChainCursor(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`cursor` is the `next_cursor` of the step before; without it the check begins with the first entry."""

    cursor: str | None = None


@get(
    "/v1/admin/events",
    operation_id="admin_list_events",
    opt=admin(Permission.EVENTS_READ, gives=AuditEntryPage, query=EntryListWanted),
)
async def list_events(context: Context) -> Response[bytes]:
    """Newest first."""
    wanted = context.query(EntryListWanted)
    shown, cursor = await _page(context, wanted, wanted.limit)
    return context.json(AuditEntryPage(data=[audit_entry(event) for event in shown], next_cursor=cursor))


@get(
    "/v1/admin/events/kinds",
    operation_id="admin_list_event_kinds",
    opt=admin(Permission.EVENTS_READ, gives=AuditKindList),
)
async def list_kinds(context: Context) -> Response[bytes]:
    kinds = [
        AuditKind(name=kind.name, sentence=kind.sentence, details=list(kind.details.__struct_fields__))
        for kind in KINDS.values()
    ]
    return context.json(AuditKindList(data=kinds))


@get(
    "/v1/admin/events/export",
    operation_id="admin_export_events",
    opt=admin(Permission.EVENTS_EXPORT, gives=None, query=EntryExportWanted, fresh=True),
)
async def export_events(context: Context) -> Response[bytes]:
    """A part of the file, newest entries first; the header `Sojourn-Next-Cursor` is the `cursor` of the next part, and is
    absent from the last one. Parts joined in order are the file: the first part of a CSV file has its header.
    """
    wanted = context.query(EntryExportWanted)
    shown, cursor = await _page(context, wanted, _EXPORTED_AT_ONCE)
    if wanted.cursor is None:
        await context.engine.audit_reader.exported(context.instance, actor=context.actor)
    headers = {"Content-Disposition": f'attachment; filename="events.{wanted.format}"'}
    if cursor is not None:
        headers[NEXT_CURSOR] = cursor
    content = lines(shown, wanted.format, header=wanted.cursor is None)
    return Response(content, media_type=_MEDIA_TYPES[wanted.format], headers=headers)


@post(
    "/v1/admin/events/check",
    operation_id="admin_check_events",
    status_code=200,
    opt=admin(Permission.EVENTS_READ, gives=AuditChainStep, json=ChainCursor),
)
async def check_events(context: Context) -> Response[bytes]:
    """One step of the check that no entry was changed, removed or inserted; the same as `sojourn events --check`."""
    given = await context.json_body(ChainCursor)
    begin = None if given.cursor is None else place_of(given.cursor, _ChainPlace)
    step, waiting = await context.engine.audit_reader.checked(context.instance, begin)
    reached = step.reached
    return context.json(
        AuditChainStep(
            is_whole=step.is_whole,
            checked=reached.sequence,
            waiting=waiting.count,
            next_cursor=cursor_text([reached.sequence, reached.chain_hash]) if step.is_whole is None else None,
        )
    )


async def _page(context: AdminContext, wanted: EntriesWanted, limit: int) -> tuple[list[Event], str | None]:
    found = await context.engine.audit_reader.list(context.instance, Page(limit + 1), wanted.where())
    shown = list(found[:limit])
    return shown, cursor_text(shown[-1].id) if len(found) > limit else None


HANDLERS = (list_events, list_kinds, export_events, check_events)
