"""Lists of sessions for administrators: newest first by one of three times, narrowed by any facts, a page at a time.

Live and ended sessions stand in indexes of their own (docs/decisions/0022), so a list of both merges two. A page is read
along the index of its order, which also holds the facts of each session. An address is looked up in its own index first,
because few sessions have it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, tuple_

from sojourn.ids import InstanceId
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import FoundSession, Position, SessionOrder, SessionSearch
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.group import Condition, reading
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.rows.sessions import HAS_ENDED, IS_LIVE, session_row, sessions
from sojourn.store.sql.session_lists import is_idle, is_over

_FEW = 2_000
_OF_ADDRESS = 5_000
_BEHIND = 300_000
"""`seen_at` of a live session is at most this many milliseconds behind its last use."""

_TIMES = {"created": sessions.c.created_at, "last_active": sessions.c.seen_at, "ended": sessions.c.ended_at}


class SessionSearches:
    def __init__(self, runner: Runner) -> None:
        self._run = runner
        self._is_sqlite = runner.dialect.name == "sqlite"

    async def page(
        self, instance_id: InstanceId, where: SessionSearch, order: SessionOrder, after: Position | None, limit: int
    ) -> Sequence[FoundSession]:
        """Raises: Overloaded."""
        found: list[FoundSession] = []
        for live in _kinds(where, order):
            time = _TIMES[order]
            if live and order == "last_active" and await self._is_exact(instance_id, where):
                time = sessions.c.last_active_at
            found += await self._part(instance_id, where, time, after, limit, live=live)
        found.sort(key=lambda each: (each.position.at, each.position.id), reverse=True)
        return found[:limit]

    async def count(self, instance_id: InstanceId, where: SessionSearch) -> int:
        """Raises: Overloaded."""
        total = 0
        for live in _kinds(where, "created"):
            time = sessions.c.created_at if live else sessions.c.ended_at
            matching = await self._matching(instance_id, where, time, None, live=live)
            rows = await self._run.listed(select(func.count()).select_from(sessions).where(*matching))
            total += _number(rows)
        return total

    async def ids(
        self, instance_id: InstanceId, where: SessionSearch, after: Position | None, limit: int
    ) -> Sequence[Row]:
        """Ids, clients and times of creation of live sessions, newest first."""
        columns = (sessions.c.id, sessions.c.client_id, sessions.c.created_at)
        conditions = [*_owned(where), *self._conditions(instance_id, where, live=True)]
        order = (sessions.c.created_at.desc(), sessions.c.id.desc())
        statement = select(*columns).where(*conditions, *_behind(sessions.c.created_at, after))
        return await self._run.rows(statement.order_by(*order).limit(limit))

    async def _part(
        self,
        instance_id: InstanceId,
        where: SessionSearch,
        time: ColumnElement[int],
        after: Position | None,
        limit: int,
        *,
        live: bool,
    ) -> list[FoundSession]:
        matching = await self._matching(instance_id, where, time, after, live=live)
        found = select(sessions.c.id).where(*matching).order_by(time.desc(), sessions.c.id.desc()).limit(limit)
        page = reading(session_row).add_columns(time).where(sessions.c.id.in_(found), within(sessions, instance_id))
        rows = await self._run.listed(page.order_by(time.desc(), sessions.c.id.desc()))
        decoded = [(session_row.decode(row), int(str(row[-1]))) for row in rows]
        return [FoundSession(session, Position(at, session.id)) for session, at in decoded]

    async def _matching(
        self,
        instance_id: InstanceId,
        where: SessionSearch,
        time: ColumnElement[int],
        after: Position | None,
        *,
        live: bool,
    ) -> list[Condition]:
        """The conditions, so that few sessions are found by what they have in common, and many along the index of the time."""
        if not _is_owned(where):
            of_address = None if where.ip_prefix is None else self._of_address(instance_id, where.ip_prefix, live=live)
            if of_address is None or not await self._are_few(of_address, _OF_ADDRESS):
                return [*self._conditions(instance_id, where, live=live), *_behind(time, after)]
            found_by: list[Condition] = [sessions.c.id.in_(of_address.limit(_OF_ADDRESS))]
        else:
            found_by = _owned(where)
        others = [*self._conditions(instance_id, where, live=live), *_behind(time, after)]
        return [*found_by, *(func.coalesce(condition, false()) for condition in others)]

    def _conditions(self, instance_id: InstanceId, where: SessionSearch, *, live: bool) -> list[Condition]:
        found: list[Condition] = [sessions.c.instance_id == instance_id, IS_LIVE if live else HAS_ENDED]
        found += [*_times(where, live=live), *self._facts(where)]
        if live:  # until `due_at` it cannot be over, which spares a look at the row
            found.append(
                or_(sessions.c.due_at > where.now.millis, and_(not_(is_over(where.now)), not_(is_idle(where.now))))
            )
        return found

    def _facts(self, where: SessionSearch) -> list[Condition]:
        found: list[Condition] = []
        if where.state is not None and where.state not in ("active", "ended"):
            found.append(sessions.c.status == where.state)
        if where.causes:
            found.append(sessions.c.end_cause.in_(where.causes))
        for column, value in (
            (sessions.c.country, where.country),
            (sessions.c.strategy, where.strategy),
        ):
            if value is not None:
                found.append(column == value)
        if where.device is not None:
            named = where.device.lower()
            columns = (sessions.c.device_type, sessions.c.browser_name)
            found.append(or_(*(func.lower(column) == named for column in columns)))
        if where.ip_prefix is not None:
            found += self._address(where.ip_prefix)
        return found

    def _address(self, prefix: str) -> list[Condition]:
        column = sessions.c.ip_address if self._is_sqlite else sessions.c.ip_address.collate("C")
        return [column >= prefix, column < prefix + "~"]  # `~` sorts behind every character of an address

    def _of_address(self, instance_id: InstanceId, prefix: str, *, live: bool) -> Select[Any]:
        kind = IS_LIVE if live else HAS_ENDED
        return select(sessions.c.id).where(sessions.c.instance_id == instance_id, kind, *self._address(prefix))

    async def _is_exact(self, instance_id: InstanceId, where: SessionSearch) -> bool:
        """Sort by the last use itself, which has no index, where this costs little."""
        if _is_owned(where):
            return True
        live = select(sessions.c.id).where(sessions.c.instance_id == instance_id, IS_LIVE, sessions.c.created_at > -1)
        return await self._are_few(live, _FEW)

    async def _are_few(self, ids: Select[Any], most: int) -> bool:
        rows = await self._run.listed(select(func.count()).select_from(ids.limit(most + 1).subquery()))
        return _number(rows) <= most


def _is_owned(where: SessionSearch) -> bool:
    return where.user_ids is not None or where.client_id is not None or where.batch_id is not None


def _owned(where: SessionSearch) -> list[Condition]:
    """The conditions that find few sessions by an index of their own."""
    found: list[Condition] = []
    if where.user_ids is not None:
        found.append(sessions.c.user_id.in_(where.user_ids))
    if where.client_id is not None:
        found.append(sessions.c.client_id == where.client_id)
    if where.batch_id is not None:
        found.append(sessions.c.batch_id == where.batch_id)
    return found


def _kinds(where: SessionSearch, order: SessionOrder) -> list[bool]:
    """True: the live sessions may match; False: the ended ones."""
    if where.user_ids == ():
        return []
    if where.state in {"active", SessionStatus.PENDING.value}:
        return [True] if order != "ended" else []
    only_ended = order == "ended" or where.state is not None or where.causes or where.batch_id is not None
    only_ended = only_ended or where.ended_after is not None or where.ended_before is not None
    return [False] if only_ended else [True, False]


def _times(where: SessionSearch, *, live: bool) -> list[Condition]:
    """The given ranges, and those that follow from them: a session is used after it began, and ends after that."""
    created, active, ended = sessions.c.created_at, sessions.c.last_active_at, sessions.c.ended_at
    seen, behind = sessions.c.seen_at, _BEHIND if live else 0
    found: list[Condition] = []
    if where.created_after is not None:
        found.append(created >= where.created_after)
        found.append(seen >= where.created_after if live else ended >= where.created_after)
    if where.created_before is not None:
        found.append(created < where.created_before)
    if where.active_after is not None:
        found.append(seen >= where.active_after - behind)
        found += [active >= where.active_after] if live else [ended >= where.active_after]
    if where.active_before is not None:
        found += [seen < where.active_before, created < where.active_before]
        found += [active < where.active_before] if live else []
    if where.ended_after is not None:
        found.append(ended >= where.ended_after)
    if where.ended_before is not None:
        found += [ended < where.ended_before, seen < where.ended_before, created < where.ended_before]
    return found


def _behind(time: ColumnElement[int], after: Position | None) -> list[Condition]:
    if after is None:
        return [time > -1]  # leads to the index of this time
    return [time <= after.at, tuple_(time, sessions.c.id) < tuple_(after.at, after.id)]


def _number(rows: Sequence[Row]) -> int:
    return int(str(rows[0][0])) if rows else 0
