"""The audit log."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, false, func, literal, or_, select, true, union_all

from sojourn.events.event import Event
from sojourn.events.kinds import KINDS
from sojourn.ids import InstanceId
from sojourn.store.interface import EventFilter, Page, UnchainedEvents
from sojourn.store.sql import event_chain
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.group import Group, paged
from sojourn.store.sql.late_indexes import OF_KIND, Built
from sojourn.store.sql.rows.events import event_row, events, unchained_event_row, unchained_events


class SqlEvents(Group):
    def __init__(self, runner: Runner, built: Built) -> None:
        super().__init__(runner)
        self._built = built

    async def record(self, event: Event) -> None:
        async with self._run.together() as transaction:
            # run last, so that entries are numbered nearly in commit order
            transaction.last(partial(SqlEvents(transaction, self._built)._insert, unchained_event_row, event))

    async def list(self, instance_id: InstanceId, page: Page, where: EventFilter = EventFilter()) -> Sequence[Event]:
        # one statement, so that an entry that is being chained is read exactly once; both parts are short and sorted,
        # while the database would sort them together
        farthest = Page(page.offset + page.limit)
        parts = (_unchained(instance_id, where), *self._chained(instance_id, where))
        rows = await self._run.listed(union_all(*(select(paged(part, farthest).subquery()) for part in parts)))
        newest = sorted(rows, key=_place, reverse=True)[page.offset : page.offset + page.limit]
        return [event_row.decode(row) for row in newest]

    async def is_whole(self, instance_id: InstanceId) -> bool:
        return await event_chain.is_whole(self._run, instance_id)

    async def unchained(self, instance_id: InstanceId) -> UnchainedEvents:
        return await event_chain.unchained(self._run, instance_id)

    def _chained(self, instance_id: InstanceId, where: EventFilter) -> Sequence[Select[Any]]:
        """One select, or one for each kind on its own index; scanning the whole log for a rare kind would be slow."""
        has_own_index = where.user_id is not None or where.target is not None
        if where.kinds and not has_own_index and self._built.has(OF_KIND):
            return [_newest_chained(instance_id, where, events.c.kind == kind) for kind in _spelled_out(where.kinds)]
        is_wanted = _is_of_kinds(events, where.kinds)
        # SQLite has no statistics here and must not use the index of kinds for these
        return [_newest_chained(instance_id, where, func.coalesce(is_wanted, false()) if has_own_index else is_wanted)]


def _unchained(instance_id: InstanceId, where: EventFilter) -> Select[Any]:
    """Newest first, each with 1 and its number: they are newer than all chained entries."""
    ordinal = unchained_events.c.ordinal
    wanted = [*_wanted(unchained_events, instance_id, where), _is_of_kinds(unchained_events, where.kinds)]
    return select(*unchained_event_row.columns, literal(1), ordinal).where(*wanted).order_by(ordinal.desc())


def _newest_chained(instance_id: InstanceId, where: EventFilter, is_wanted: ColumnElement[bool]) -> Select[Any]:
    """Newest first, each with 0 and its number."""
    wanted = [*_wanted(events, instance_id, where), is_wanted]
    if where.since is not None:
        # bound the scan by the first entry of that time, so that it does not run through the whole log; without `+ 0`
        # PostgreSQL would look for it by scanning the log from its beginning
        recent = select(func.min(events.c.sequence + 0)).where(
            events.c.instance_id == instance_id, events.c.at >= where.since.millis
        )
        wanted.append(events.c.sequence >= recent.scalar_subquery())
    return select(*event_row.columns, literal(0), events.c.sequence).where(*wanted).order_by(events.c.sequence.desc())


def _place(row: Row) -> tuple[int, int]:
    unchained, number = row[-2:]
    assert isinstance(unchained, int) and isinstance(number, int)
    return unchained, number


def _wanted(table: Table, instance_id: InstanceId, where: EventFilter) -> list[ColumnElement[bool]]:
    wanted = [table.c.instance_id == instance_id]
    if where.user_id is not None:
        wanted.append(table.c.user_id == where.user_id)
    if where.target is not None:
        wanted.append(table.c.target == where.target)
    if where.since is not None:
        wanted.append(table.c.at >= where.since.millis)
    return wanted


def _spelled_out(kinds: Sequence[str]) -> list[str]:
    """Expand prefixes to full kind names; the log records only kinds in `KINDS`."""
    names = {kind for kind in kinds if not kind.endswith(".")}
    beginnings = tuple(kind for kind in kinds if kind.endswith("."))
    return sorted(names | {kind for kind in KINDS if kind.startswith(beginnings)})


def _is_of_kinds(table: Table, kinds: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(_is_of_kind(table, kind) for kind in kinds)) if kinds else true()


def _is_of_kind(table: Table, kind: str) -> ColumnElement[bool]:
    return table.c.kind.startswith(kind, autoescape=True) if kind.endswith(".") else table.c.kind == kind
