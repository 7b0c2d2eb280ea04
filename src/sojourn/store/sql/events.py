"""The audit log."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from sojourn.events.event import Event
from sojourn.events.kinds import KINDS
from sojourn.ids import InstanceId
from sojourn.store.interface import ChainCheck, ChainPlace, EventFilter, Page, UnchainedEvents
from sojourn.store.sql import event_chain
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.group import Group, paged
from sojourn.store.sql.instance_wall import within
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
        parts = [_unchained(instance_id, where), *self._chained(instance_id, where)]
        if where.after is not None:
            place = await self._place_of(instance_id, where.after)
            if place is None:
                return []
            parts = _older(parts, *place)
        rows = await self._run.listed(union_all(*(select(paged(part, farthest).subquery()) for part in parts)))
        newest = sorted(rows, key=_place, reverse=True)[page.offset : page.offset + page.limit]
        return [event_row.decode(row) for row in newest]

    async def _place_of(self, instance_id: InstanceId, id: str) -> tuple[bool, int] | None:
        """True and its number if the entry is not chained yet, False and its number if it is."""
        waiting = select(unchained_events.c.ordinal).where(
            unchained_events.c.id == id, within(unchained_events, instance_id)
        )
        # in this order, because it may be chained between the two reads
        for is_waiting, sought in ((True, waiting), (False, _chained_as(instance_id, id))):
            if rows := await self._run.rows(sought):
                return is_waiting, int(str(rows[0][0]))
        return None

    async def check_chain(
        self, instance_id: InstanceId, begin: ChainPlace | None = None, *, max_rows: int
    ) -> ChainCheck:
        return await event_chain.check(self._run, instance_id, begin or event_chain.BEGINNING, max_rows=max_rows)

    async def is_whole(self, instance_id: InstanceId) -> bool:
        return await event_chain.is_whole(self._run, instance_id)

    async def unchained(self, instance_id: InstanceId) -> UnchainedEvents:
        return await event_chain.unchained(self._run, instance_id)

    def _chained(self, instance_id: InstanceId, where: EventFilter) -> Sequence[Select[Any]]:
        """One select, or one for each kind on its own index; scanning the whole log for a rare kind would be slow."""
        has_own_index = where.user_id is not None or where.target is not None or _is_administrators(where.actor)
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
    if where.until is not None:
        wanted.append(table.c.at < where.until.millis)
    if where.actor is not None:
        wanted.append(table.c.actor == where.actor)
        if _is_administrators(where.actor):
            # spelled as in the definition of the index `OF_ADMINISTRATOR`
            begin = func.substr(table.c.actor, literal_column("1"), literal_column("6"))
            wanted.append(begin == literal_column("'admin:'"))
    return wanted


def _is_administrators(actor: str | None) -> bool:
    return actor is not None and actor.startswith("admin:")


def _chained_as(instance_id: InstanceId, id: str) -> Select[Any]:
    return select(events.c.sequence).where(events.c.id == id, within(events, instance_id))


def _older(parts: Sequence[Select[Any]], is_waiting: bool, number: int) -> list[Select[Any]]:
    """`parts` begin with the unchained entries, which are newer than all others."""
    unchained, *chained = parts
    if is_waiting:
        return [unchained.where(unchained_events.c.ordinal < number), *chained]
    return [each.where(events.c.sequence < number) for each in chained]


def _spelled_out(kinds: Sequence[str]) -> list[str]:
    """Expand prefixes to full kind names; the log records only kinds in `KINDS`."""
    names = {kind for kind in kinds if not kind.endswith(".")}
    beginnings = tuple(kind for kind in kinds if kind.endswith("."))
    return sorted(names | {kind for kind in KINDS if kind.startswith(beginnings)})


def _is_of_kinds(table: Table, kinds: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(_is_of_kind(table, kind) for kind in kinds)) if kinds else true()


def _is_of_kind(table: Table, kind: str) -> ColumnElement[bool]:
    return table.c.kind.startswith(kind, autoescape=True) if kind.endswith(".") else table.c.kind == kind
