"""Sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from sojourn.errors import Json
from sojourn.ids import ClientId, InstanceId, SessionId, UserId
from sojourn.instant import Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import INACTIVITY, LIFETIME, Ending, Session, SessionStatus
from sojourn.store.interface import FoundSession, MintFacts, Page, Position, SessionFilter, SessionOrder, SessionSearch
from sojourn.store.sql.columns import moment, to_json
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group, first
from sojourn.store.sql.hot_reads import HotReads, joined_user
from sojourn.store.sql.instance_wall import spanning, within
from sojourn.store.sql.late_indexes import DUE, ENDED, UNSTAMPED, Built
from sojourn.store.sql.rows.sessions import IS_LIVE, session_row, sessions
from sojourn.store.sql.session_lists import SessionLists, is_idle, is_over
from sojourn.store.sql.session_search import SessionSearches

_AT_ONCE = 500
_SESSION_END = len(session_row.columns)
_USER = _SESSION_END + 4

# `seen_at` of a live session is at most five minutes behind its last use, so that its index is seldom written
_TOUCH = {
    "sqlite": text(
        "UPDATE /* spans instances: uses of sessions */ sessions SET last_active_at = used.value FROM json_each(:uses) AS used"
        # `+` disables the status index: SQLite takes a status for rarer than it is and would read all live sessions
        " WHERE sessions.id = used.key AND +sessions.status IN ('active', 'pending')"
        " AND sessions.last_active_at < used.value"
    ),
    "postgresql": text(
        "WITH /* spans instances: uses of sessions */ used AS (SELECT key, value::bigint AS at FROM json_each_text(CAST(:uses AS json))),"
        " held AS (SELECT id FROM sessions WHERE id IN (SELECT key FROM used) ORDER BY id FOR UPDATE)"
        " UPDATE sessions SET last_active_at = used.at,"
        " seen_at = CASE WHEN used.at >= seen_at + 300000 THEN used.at ELSE seen_at END"
        " FROM used JOIN held ON held.id = used.key"
        " WHERE sessions.id = held.id AND sessions.status IN ('active', 'pending') AND sessions.last_active_at < used.at"
    ),
}

_SEE = text(
    "UPDATE /* spans instances: uses of sessions */ sessions SET seen_at = last_active_at WHERE id IN (SELECT key FROM json_each(:uses))"
    " AND last_active_at >= seen_at + 300000 AND +status IN ('active', 'pending')"
)
"""SQLite rewrites the index of a column that a statement sets, even to the same value, so it is a statement of its own."""

_DUE = {
    # status literals as in the index definition; parameters would not use the partial index
    "sqlite": text(
        # otherwise SQLite reads all live sessions, because it takes a status for rarer than it is
        "SELECT /* spans instances: sessions that are due */ id FROM sessions INDEXED BY ix_sessions_due"
        " WHERE status IN ('active', 'pending') AND due_at <= :now ORDER BY due_at LIMIT :max_rows"
    ),
    "postgresql": text(
        "SELECT /* spans instances: sessions that are due */ id FROM sessions"
        " WHERE status IN ('active', 'pending') AND due_at <= :now ORDER BY due_at LIMIT :max_rows"
    ),
}


class SqlSessions(Group):
    def __init__(self, runner: Runner, hot: HotReads, built: Built) -> None:
        super().__init__(runner)
        self._reads = hot
        self._built = built

    async def create(self, session: Session) -> None:
        await self._insert(
            session_row,
            session,
            due_at=min(session.expire_at, session.abandon_at).millis,
            seen_at=session.last_active_at.millis,
        )

    # -- read

    async def find(self, instance_id: InstanceId, id: SessionId) -> Session | None:
        return first(await self._hot(session_row, self._reads.session, {"instance_id": instance_id, "id": id}))

    async def of_client(self, instance_id: InstanceId, client_id: ClientId) -> Sequence[Session]:
        return await self._hot(
            session_row, self._reads.sessions_of_client, {"instance_id": instance_id, "id": client_id}
        )

    async def last_of_client(self, instance_id: InstanceId, client_id: ClientId) -> Session | None:
        values = {"instance_id": instance_id, "id": client_id}
        return first(await self._hot(session_row, self._reads.last_session_of_client, values))

    async def of_user(self, instance_id: InstanceId, user_id: UserId) -> Sequence[Session]:
        values = {"instance_id": instance_id, "id": user_id}
        return await self._hot(session_row, self._reads.sessions_of_user, values)

    async def is_known_device(
        self, instance_id: InstanceId, client_id: ClientId, user_id: UserId, *, since: Instant
    ) -> bool:
        values = {"instance_id": instance_id, "id": client_id, "user_id": user_id, "since": since.millis}
        return bool(await self._run.hot(self._reads.known_device, values))

    async def list(self, instance_id: InstanceId, where: SessionFilter, page: Page) -> Sequence[Session]:
        return [session_row.decode(row) for row in await SessionLists(self._run).rows(instance_id, where, page)]

    async def count(self, instance_id: InstanceId, where: SessionFilter) -> int:
        return await SessionLists(self._run).count(instance_id, where)

    async def search(
        self, instance_id: InstanceId, where: SessionSearch, order: SessionOrder, after: Position | None, *, limit: int
    ) -> Sequence[FoundSession]:
        return await SessionSearches(self._run).page(instance_id, where, order, after, limit)

    async def search_count(self, instance_id: InstanceId, where: SessionSearch) -> int:
        return await SessionSearches(self._run).count(instance_id, where)

    async def mint_facts(
        self,
        instance_id: InstanceId,
        secret_hash: bytes,
        session_id: SessionId,
        now: Instant,
        *,
        with_user: bool = False,
    ) -> MintFacts | None:
        values = {"instance_id": instance_id, "hash": secret_hash, "id": session_id, "now": now.millis}
        rows = await self._run.hot(self._reads.mint_with_user if with_user else self._reads.mint, values)
        if not rows:
            return None
        session = session_row.decode(rows[0])
        facts: Sequence[Any] = rows[0][_SESSION_END:_USER]
        is_banned, has_grown_since, first_factor_at, second_factor_at = facts
        if has_grown_since:
            session = replace(
                session, first_factor_at=moment(first_factor_at), second_factor_at=moment(second_factor_at)
            )
        return MintFacts(session, bool(is_banned), joined_user(rows, _USER) if with_user else None)

    # -- change

    async def finish(self, instance_id: InstanceId, id: SessionId, ending: Ending) -> Session | None:
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, IS_LIVE)
        return first(await self._updated(session_row, _ended(ending), *where))

    async def finish_of_client(self, instance_id: InstanceId, client_id: ClientId, ending: Ending) -> Sequence[Session]:
        return await self._finish_all(instance_id, ending, sessions.c.client_id == client_id)

    async def finish_of_user(
        self, instance_id: InstanceId, user_id: UserId, ending: Ending, *, keep: SessionId | None = None
    ) -> Sequence[Session]:
        where = [sessions.c.user_id == user_id]
        if keep is not None:
            where.append(sessions.c.id != keep)
        return await self._finish_all(instance_id, ending, *where)

    async def finish_of_instance(self, instance_id: InstanceId, ending: Ending, *, max_rows: int) -> Sequence[Session]:
        where = (sessions.c.instance_id == instance_id, sessions.c.created_at <= ending.at.millis, IS_LIVE)
        while rows := await self._run.rows(select(sessions.c.id).where(*where).limit(max_rows)):
            if finished := await self._finish_all(instance_id, ending, sessions.c.id.in_([row[0] for row in rows])):
                return finished
        return []

    async def _finish_all(self, instance_id: InstanceId, ending: Ending, *where: Condition) -> Sequence[Session]:
        """Lock rows in the order of their IDs, as `touch_many` does, so the two cannot deadlock."""
        theirs = (within(sessions, instance_id), IS_LIVE)
        held = select(sessions.c.id).where(*where, *theirs).order_by(sessions.c.id).with_for_update()
        return await self._updated(session_row, _ended(ending), sessions.c.id.in_(held), *theirs)

    async def touch_many(self, active_at: Mapping[SessionId, Instant]) -> None:
        uses = {id: at.millis for id, at in active_at.items()}
        statement = _TOUCH[self._run.dialect.name].bindparams(bindparam("uses", value=to_json(uses)))
        if self._run.dialect.name == "postgresql":
            await self._run.change(statement)
            return
        async with self._run.together() as runner:
            await runner.change(statement)
            await runner.change(_SEE.bindparams(bindparam("uses", value=to_json(uses))))

    async def save_data(
        self,
        instance_id: InstanceId,
        id: SessionId,
        public: Mapping[str, Json],
        private: Mapping[str, Json],
        now: Instant,
    ) -> Session | None:
        values = {"public_data": to_json(public), "private_data": to_json(private), "updated_at": now.millis}
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, IS_LIVE)
        return first(await self._updated(session_row, values, *where))

    async def note_factor(
        self, instance_id: InstanceId, id: SessionId, now: Instant, *, generation: int, second: bool = False
    ) -> None:
        column = sessions.c.second_factor_at if second else sessions.c.first_factor_at
        await self._begin_anew(instance_id, id, {column: now.millis, sessions.c.generation: generation})

    async def renew(self, instance_id: InstanceId, id: SessionId, *, generation: int) -> None:
        await self._begin_anew(instance_id, id, {sessions.c.generation: generation})

    async def _begin_anew(self, instance_id: InstanceId, id: SessionId, values: Mapping[Column[Any], int]) -> None:
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, IS_LIVE)
        earlier = {
            sessions.c.earlier_generation: sessions.c.generation,
            sessions.c.earlier_first_factor_at: sessions.c.first_factor_at,
            sessions.c.earlier_second_factor_at: sessions.c.second_factor_at,
        }
        await self._run.change(update(sessions).where(*where).values({**earlier, **values}))

    async def finish_timed_out(self, now: Instant, *, max_rows: int) -> int:
        if not self._built.has(DUE):
            return 0  # would read every live session; reads apply the time themselves
        # read outside the writing transaction, so that other writers do not wait
        found = _DUE[self._run.dialect.name].bindparams(
            bindparam("now", value=now.millis), bindparam("max_rows", value=max_rows)
        )
        due = [str(row[0]) for row in await self._run.rows(found)]
        settled = 0
        for start in range(0, len(due), _AT_ONCE):
            settled += await self._settle(now, due[start : start + _AT_ONCE])
        return settled

    async def _settle(self, now: Instant, ids: Sequence[str]) -> int:
        """End expired sessions, and set the next due time of those that were used in the meantime."""
        is_due = func.coalesce(
            and_(IS_LIVE, sessions.c.due_at <= now.millis), false()
        )  # `coalesce` leaves only the index of IDs
        held = select(sessions.c.id).where(sessions.c.id.in_(ids)).order_by(sessions.c.id).with_for_update()
        is_ended = or_(is_over(now), is_idle(now))
        idle_at = sessions.c.last_active_at + sessions.c.inactivity
        values = {
            "status": case(
                (is_over(now), SessionStatus.EXPIRED.value), (is_idle(now), SessionStatus.ABANDONED.value),
                else_=sessions.c.status,
            ),
            "ended_at": case((is_over(now), sessions.c.expire_at), (is_idle(now), idle_at), else_=None),
            "end_cause": case(
                (and_(is_over(now), sessions.c.actor.is_not(None)), EndCause.IMPERSONATION_OVER.value),
                (is_over(now), EndCause.EXPIRED.value), (is_idle(now), EndCause.INACTIVE.value), else_=None,
            ),
            "end_rule": case(
                (is_over(now), _ruled(LIFETIME, sessions.c.expire_at - sessions.c.created_at)),
                (is_idle(now), _ruled(INACTIVITY, sessions.c.inactivity)), else_=None,
            ),
            "seen_at": sessions.c.last_active_at,
            "updated_at": case((is_ended, now.millis), else_=sessions.c.updated_at),
            "due_at": case((sessions.c.expire_at < idle_at, sessions.c.expire_at), else_=idle_at),
        }  # fmt: skip
        settled = update(sessions).where(sessions.c.id.in_(held), is_due).values(values)
        return await self._run.change(spanning("sessions that are due", settled))

    async def stamp(self, *, max_rows: int) -> int:
        if not self._built.has(UNSTAMPED):
            return 0
        found = select(sessions.c.id).where(sessions.c.seen_at == _unseen()).limit(max_rows)
        ids = [str(row[0]) for row in await self._run.rows(spanning("rows of an earlier release", found))]
        idle_at = sessions.c.last_active_at + sessions.c.inactivity
        at = case(
            (IS_LIVE, None),
            (sessions.c.status == SessionStatus.EXPIRED.value, sessions.c.expire_at),
            (sessions.c.status == SessionStatus.ABANDONED.value, idle_at),
            else_=sessions.c.updated_at,
        )  # fmt: skip
        values = {"seen_at": sessions.c.last_active_at, "ended_at": func.coalesce(sessions.c.ended_at, at)}
        for start in range(0, len(ids), _AT_ONCE):
            held = select(sessions.c.id).where(sessions.c.id.in_(ids[start : start + _AT_ONCE]))
            held = held.order_by(sessions.c.id).with_for_update()
            stamped = update(sessions).where(sessions.c.id.in_(held)).values(values)
            await self._run.change(spanning("rows of an earlier release", stamped))
        return len(ids)

    async def purge_ended(self, instance_id: InstanceId, before: Instant, *, max_rows: int) -> int:
        if not self._built.has(ENDED):
            return 0  # would read every session; the index is still being built
        over = (sessions.c.instance_id == instance_id, sessions.c.ended_at <= before.millis)
        gone = select(sessions.c.id).where(*over).order_by(sessions.c.ended_at).limit(max_rows)
        return await self._run.change(delete(sessions).where(sessions.c.id.in_(gone), *over))


def _unseen() -> ColumnElement[int]:
    return literal_column("0", type_=BigInteger)


def _ruled(name: str, milliseconds: ColumnElement[int]) -> ColumnElement[str]:
    return literal(f"{name}=", type_=String).concat(cast(milliseconds // 1000, String))


def _ended(ending: Ending) -> dict[str, object]:
    return {
        "status": ending.status.value,
        "updated_at": ending.at.millis,
        "ended_at": ending.at.millis,
        "end_cause": ending.cause.value,
        "ended_by": ending.by,
        "end_rule": ending.rule,
        "batch_id": ending.batch_id,
        "seen_at": sessions.c.last_active_at,
    }
