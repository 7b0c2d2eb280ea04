"""Lists and counts of sessions by their status at the current time.

Sessions of one user or client are found by key. A rare status is found by its index, plus the live rows whose lifetime
is over; a common status is filtered while scanning the index of creation times. Abandoned sessions that the worker has
not stored yet have no index, because it would change with every use of a session (docs/decisions/0012).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, false, func, not_, or_, select, union_all

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.sessions.session import LIVE, SessionStatus
from sojourn.store.interface import Page, SessionFilter
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.group import Condition, paged, reading
from sojourn.store.sql.rows.sessions import IS_LIVE, session_row, sessions

_SORTED = 2_000
_LIVE = sorted(status.value for status in LIVE)


class SessionLists:
    def __init__(self, runner: Runner) -> None:
        self._run = runner
        self._is_sqlite = runner.dialect.name == "sqlite"

    async def rows(self, instance_id: InstanceId, where: SessionFilter, page: Page) -> Sequence[Row]:
        """The page, newest first, as the session's codec reads it. Raises: Overloaded."""
        statement = reading(session_row).order_by(sessions.c.created_at.desc(), sessions.c.id)
        of_instance = sessions.c.instance_id == instance_id
        if where.client_id is not None or where.user_id is not None:
            return await self._run.rows(paged(statement.where(of_instance, *_owned(where), *_by_status(where)), page))
        ids = _ids(instance_id, where)
        if ids is not None and await self._are_few(ids):
            found = statement.where(sessions.c.id.in_(ids), *self._unindexed([of_instance, *_by_status(where)]))
            return await self._run.listed(paged(found, page))
        return await self._run.listed(paged(statement.where(of_instance, *self._unindexed(_by_status(where))), page))

    async def count(self, instance_id: InstanceId, where: SessionFilter) -> int:
        """The number of matching sessions. Raises: Overloaded."""
        counted = select(func.count()).select_from(sessions).where(sessions.c.instance_id == instance_id)
        counted = counted.where(*_owned(where), *_by_status(where))
        owned = where.client_id is not None or where.user_id is not None
        rows = await (self._run.rows(counted) if owned else self._run.listed(counted))
        return int(str(rows[0][0])) if rows else 0

    async def _are_few(self, ids: Select[Any]) -> bool:
        rows = await self._run.listed(select(func.count()).select_from(ids.limit(_SORTED + 1).subquery()))
        return bool(rows) and int(str(rows[0][0])) <= _SORTED

    def _unindexed(self, conditions: Sequence[Condition]) -> list[Condition]:
        """Keep SQLite, which has no statistics here, from using an index for these."""
        return [func.coalesce(condition, false()) for condition in conditions] if self._is_sqlite else list(conditions)


def is_over(now: Instant) -> Condition:
    return sessions.c.expire_at <= now.millis


def is_idle(now: Instant) -> Condition:
    return sessions.c.last_active_at + sessions.c.inactivity <= now.millis


def _owned(where: SessionFilter) -> list[Condition]:
    found: list[Condition] = [] if where.client_id is None else [sessions.c.client_id == where.client_id]
    return found if where.user_id is None else [*found, sessions.c.user_id == where.user_id]


def _by_status(where: SessionFilter) -> list[Condition]:
    """The stored status, unless the session has ended by time since."""
    if where.status is None:
        return []
    is_written = sessions.c.status == where.status.value
    over, idle = is_over(where.now), is_idle(where.now)
    if where.status in LIVE:
        return [is_written, not_(over), not_(idle)]
    if where.status is SessionStatus.EXPIRED:
        return [or_(is_written, and_(IS_LIVE, over))]
    if where.status is SessionStatus.ABANDONED:
        return [or_(is_written, and_(IS_LIVE, not_(over), idle))]
    return [is_written]


def _ids(instance_id: InstanceId, where: SessionFilter) -> Select[Any] | None:
    """The candidates for the status from the index of statuses; None if that index does not narrow them."""
    if where.status is None or where.status is SessionStatus.ABANDONED:
        return None
    found = select(sessions.c.id).where(sessions.c.instance_id == instance_id)
    written = found.where(sessions.c.status == where.status.value)
    if where.status is not SessionStatus.EXPIRED:
        return written
    either = union_all(
        written, *(found.where(sessions.c.status == live, is_over(where.now)) for live in _LIVE)
    ).subquery()
    return select(either.c.id)
