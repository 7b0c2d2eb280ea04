"""Sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, bindparam, case, func, literal, or_, select, text, update

from sojourn.errors import Json
from sojourn.ids import ClientId, InstanceId, SessionId, UserId
from sojourn.instant import Instant
from sojourn.sessions.session import LIVE, Session, SessionStatus
from sojourn.store.interface import MintFacts, Page, SessionFilter
from sojourn.store.sql import codecs
from sojourn.store.sql.codec import to_json
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.hot import HotReads
from sojourn.store.sql.tables import sessions

_LIVE = sorted(status.value for status in LIVE)
_IS_LIVE = sessions.c.status.in_(_LIVE)
_SESSION_END = len(codecs.session.columns)
_CLIENT_END = _SESSION_END + len(codecs.client.columns)

_TOUCH = {
    "sqlite": text(
        "UPDATE sessions SET last_active_at = used.value FROM json_each(:uses) AS used"
        " WHERE sessions.id = used.key AND sessions.status IN ('active', 'pending')"
        " AND sessions.last_active_at < used.value"
    ),
    "postgresql": text(
        "UPDATE sessions SET last_active_at = used.value::bigint FROM json_each_text(CAST(:uses AS json)) AS used"
        " WHERE sessions.id = used.key AND sessions.status IN ('active', 'pending')"
        " AND sessions.last_active_at < used.value::bigint"
    ),
}


class SqlSessions(Group):
    def __init__(self, runner: Runner, hot: HotReads) -> None:
        super().__init__(runner)
        self._reads = hot

    async def create(self, session: Session) -> None:
        await self._insert(codecs.session, session)

    # -- read

    async def find(self, instance_id: InstanceId, id: SessionId) -> Session | None:
        return first(await self._hot(codecs.session, self._reads.session, {"instance_id": instance_id, "id": id}))

    async def of_client(self, client_id: ClientId) -> Sequence[Session]:
        return await self._hot(codecs.session, self._reads.sessions_of_client, {"id": client_id})

    async def of_user(self, instance_id: InstanceId, user_id: UserId) -> Sequence[Session]:
        where = (sessions.c.instance_id == instance_id, sessions.c.user_id == user_id, _IS_LIVE)
        statement = reading(codecs.session).where(*where).order_by(sessions.c.last_active_at.desc(), sessions.c.id)
        return await self._many(codecs.session, statement)

    async def list(self, instance_id: InstanceId, where: SessionFilter, page: Page) -> Sequence[Session]:
        statement = reading(codecs.session).where(*_conditions(instance_id, where))
        ordered = statement.order_by(sessions.c.created_at.desc(), sessions.c.id)
        return await self._many(codecs.session, ordered.limit(page.limit).offset(page.offset))

    async def count(self, instance_id: InstanceId, where: SessionFilter) -> int:
        counted = select(func.count()).select_from(sessions).where(*_conditions(instance_id, where))
        return int(str((await self._run.rows(counted))[0][0]))

    async def mint_facts(
        self, instance_id: InstanceId, secret_hash: bytes, session_id: SessionId, now: Instant
    ) -> MintFacts | None:
        values = {"instance_id": instance_id, "hash": secret_hash, "id": session_id, "now": now.millis}
        rows = await self._run.hot(self._reads.mint, values)
        if not rows:
            return None
        row = rows[0]
        user = codecs.user.decode(row[_CLIENT_END:])
        owned = await self._hot(codecs.identifier, self._reads.identifiers_of_user, {"id": user.id})
        return MintFacts(
            codecs.client.decode(row[_SESSION_END:_CLIENT_END]),
            codecs.session.decode(row),
            replace(user, identifiers=tuple(owned)),
        )

    # -- change

    async def finish(
        self, instance_id: InstanceId, id: SessionId, status: SessionStatus, now: Instant
    ) -> Session | None:
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, _IS_LIVE)
        return first(await self._updated(codecs.session, _ended(status, now), *where))

    async def finish_of_client(self, client_id: ClientId, status: SessionStatus, now: Instant) -> Sequence[Session]:
        return await self._updated(codecs.session, _ended(status, now), sessions.c.client_id == client_id, _IS_LIVE)

    async def finish_of_user(
        self,
        instance_id: InstanceId,
        user_id: UserId,
        status: SessionStatus,
        now: Instant,
        *,
        keep: SessionId | None = None,
    ) -> Sequence[Session]:
        where = [sessions.c.instance_id == instance_id, sessions.c.user_id == user_id, _IS_LIVE]
        if keep is not None:
            where.append(sessions.c.id != keep)
        return await self._updated(codecs.session, _ended(status, now), *where)

    async def touch_many(self, active_at: Mapping[SessionId, Instant]) -> None:
        uses = {id: at.millis for id, at in active_at.items()}
        statement = _TOUCH[self._run.dialect.name].bindparams(bindparam("uses", value=to_json(uses)))
        await self._run.change(statement)

    async def save_data(
        self,
        instance_id: InstanceId,
        id: SessionId,
        public: Mapping[str, Json],
        private: Mapping[str, Json],
        now: Instant,
    ) -> Session | None:
        values = {"public_data": to_json(public), "private_data": to_json(private), "updated_at": now.millis}
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, _IS_LIVE)
        return first(await self._updated(codecs.session, values, *where))

    async def note_factor(self, instance_id: InstanceId, id: SessionId, now: Instant, *, second: bool = False) -> None:
        column = sessions.c.second_factor_at if second else sessions.c.first_factor_at
        where = (sessions.c.id == id, sessions.c.instance_id == instance_id, _IS_LIVE)
        await self._run.change(update(sessions).where(*where).values({column: now.millis}))

    async def finish_timed_out(self, now: Instant, *, most: int) -> int:
        due = select(sessions.c.id).where(_IS_LIVE, or_(_is_over(now), _is_idle(now))).limit(most)
        status = case((_is_over(now), SessionStatus.EXPIRED.value), else_=SessionStatus.ABANDONED.value)
        values = {"status": status, "updated_at": now.millis}
        return await self._update(codecs.session, values, sessions.c.id.in_(due), _IS_LIVE)


def _ended(status: SessionStatus, now: Instant) -> dict[str, object]:
    return {"status": status.value, "updated_at": now.millis}


def _is_over(now: Instant) -> Condition:
    return sessions.c.expire_at <= now.millis


def _is_idle(now: Instant) -> Condition:
    return sessions.c.last_active_at + sessions.c.inactivity <= now.millis


def _conditions(instance_id: InstanceId, where: SessionFilter) -> list[Condition]:
    found: list[Condition] = [sessions.c.instance_id == instance_id]
    if where.client_id is not None:
        found.append(sessions.c.client_id == where.client_id)
    if where.user_id is not None:
        found.append(sessions.c.user_id == where.user_id)
    if where.status is not None:
        found.append(_status_at(where.now) == where.status.value)
    return found


def _status_at(now: Instant) -> ColumnElement[str]:
    return case(
        (_IS_LIVE & _is_over(now), literal(SessionStatus.EXPIRED.value)),
        (_IS_LIVE & _is_idle(now), literal(SessionStatus.ABANDONED.value)),
        else_=sessions.c.status,
    )
