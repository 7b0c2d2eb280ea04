"""The uses of sessions, one small row each, and the counts of refusals."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, insert, select, update

from sojourn.ids import InstanceId, SessionId
from sojourn.sessions.usage import HOURS, PendingUse, Usage, at_hour, decoded_usage, encoded_usage, merged
from sojourn.store.sql.group import Group
from sojourn.store.sql.rows.session_uses import refusals, session_uses

_KEPT = timedelta(hours=HOURS)


class SqlSessionUses(Group):
    async def add(self, instance_id: InstanceId, uses: Mapping[SessionId, PendingUse]) -> None:
        if not uses:
            return
        of = (session_uses.c.id.in_(list(uses)), session_uses.c.instance_id == instance_id)
        async with self._run.together() as runner:
            await runner.line_up(
                f"uses of sessions in {instance_id}"
            )  # otherwise two nodes could drop each other's counts
            found = await runner.rows(select(session_uses.c.id, session_uses.c.usage).where(*of))
            known = {str(id): _usage(data) for id, data in found}
            rows: list[Mapping[str, object]] = []
            for id, pending in uses.items():
                usage = merged(known.get(id, Usage()), pending.usage())
                over = at_hour(usage.newest) + _KEPT
                rows.append(
                    {"id": id, "instance_id": instance_id, "user_id": pending.user_id, "usage": encoded_usage(usage), "expire_at": over.millis}
                )  # fmt: skip
            if known:
                await runner.change(delete(session_uses).where(*of))
            await runner.change(insert(session_uses), rows)

    async def find(self, instance_id: InstanceId, session_id: SessionId) -> Usage:
        of = (session_uses.c.id == session_id, session_uses.c.instance_id == instance_id)
        rows = await self._run.rows(select(session_uses.c.usage).where(*of))
        return _usage(rows[0][0]) if rows else Usage()


class SqlRefusals(Group):
    async def add(self, instance_id: InstanceId, counts: Mapping[tuple[int, str], int]) -> None:
        async with self._run.together() as runner:
            await runner.line_up(f"refusals in {instance_id}")  # otherwise two nodes could insert the same row
            for (hour, reason), count in counts.items():
                of = (refusals.c.instance_id == instance_id, refusals.c.hour == hour, refusals.c.reason == reason)
                if not await runner.change(update(refusals).where(*of).values(count=refusals.c.count + count)):
                    over = at_hour(hour) + _KEPT
                    await runner.change(
                        insert(refusals),
                        {"instance_id": instance_id, "hour": hour, "reason": reason, "count": count, "expire_at": over.millis},
                    )  # fmt: skip

    async def by_reason(self, instance_id: InstanceId, since_hour: int) -> Mapping[str, int]:
        of = (refusals.c.instance_id == instance_id, refusals.c.hour >= since_hour)
        found = select(refusals.c.reason, func.sum(refusals.c.count)).where(*of).group_by(refusals.c.reason)
        return {str(reason): int(str(count)) for reason, count in await self._run.rows(found)}


def _usage(data: object) -> Usage:
    assert isinstance(data, bytes)
    return decoded_usage(data)
