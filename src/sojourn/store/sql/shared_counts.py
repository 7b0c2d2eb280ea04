"""Rate-limit counts that nodes on one PostgreSQL share: one row per key in an unlogged table."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from sqlalchemy import BigInteger, Integer, String, bindparam, delete, select, text, tuple_

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.sql.database import Prepared, Runner
from sojourn.store.sql.instance_wall import spanning
from sojourn.store.sql.rows.shared_counts import shared_counts

_HIT = text("""
INSERT INTO shared_counts AS known (instance_id, name, key, moments, expire_at)
VALUES (:instance_id, :name, :key, ARRAY[:now], :until)
ON CONFLICT (instance_id, name, key) DO UPDATE SET expire_at = excluded.expire_at, moments = excluded.moments || ARRAY(
  SELECT moment FROM unnest(known.moments) AS moment WHERE moment > :since AND moment < :too_late
)
WHERE (SELECT count(*) FROM unnest(known.moments) AS moment WHERE moment > :since AND moment < :too_late) < :limit
RETURNING 1
""")
_TEXTS, _NUMBERS = ("instance_id", "name", "key"), ("now", "since", "too_late", "until")
_TYPED = (
    *(bindparam(name, type_=String) for name in _TEXTS),
    *(bindparam(name, type_=BigInteger) for name in _NUMBERS),
    bindparam("limit", type_=Integer),
)


class SqlSharedCounts:
    """One guarded statement counts and decides; for a refused caller a second one reads the time to wait."""

    def __init__(self, runner: Runner) -> None:
        self._run = runner
        self._hit = Prepared.of(_HIT.bindparams(*_TYPED), runner.dialect)

    async def hit(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        since, until = now.before(window).millis, (now + window).millis
        at = {"instance_id": instance_id, "name": name, "key": key}
        values = {**at, "now": now.millis, "since": since, "too_late": until, "until": until, "limit": limit}
        if await self._run.hot(self._hit, values):
            return None
        rows = await self._run.rows(select(shared_counts.c.moments).filter_by(**at))
        moments = (
            sorted(moment for moment in cast("Sequence[int]", rows[0][0]) if since < moment < until) if rows else []
        )
        return (
            Instant(moments[-limit]) + window if len(moments) >= limit else now
        )  # a use has become free in the meantime

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        is_over = shared_counts.c.expire_at <= before.millis
        key = tuple(shared_counts.primary_key)
        over = select(*key).where(is_over).order_by(shared_counts.c.expire_at).limit(max_rows)
        statement = delete(shared_counts).where(tuple_(*key).in_(over), is_over)
        return await self._run.change(spanning("counts that are over", statement))
