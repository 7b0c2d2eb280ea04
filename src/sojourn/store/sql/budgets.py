"""Budgets: the times of all uses of one key in one row."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group
from sojourn.store.sql.rows.budgets import budgets


class SqlBudgets(Group):
    async def spend(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        async with self._run.together() as runner:
            await runner.line_up(_line(instance_id, name, key))  # otherwise two callers could both take the last use
            where = _at(instance_id, name, key)
            known = await _moments(runner, where)
            spent = [moment for moment in known or () if moment > now.before(window).millis]
            if len(spent) >= limit:
                return Instant(spent[-limit]) + window
            values = {"moments": _text([*spent, now.millis]), "expire_at": (now + window).millis}
            if known is None:
                await runner.change(insert(budgets).values(instance_id=instance_id, name=name, key=key, **values))
            else:
                await runner.change(update(budgets).where(*where).values(values))
            return None

    async def spent(self, instance_id: InstanceId, name: str, key: str, now: Instant, *, window: timedelta) -> int:
        known = await _moments(self._run, _at(instance_id, name, key))
        return sum(moment > now.before(window).millis for moment in known or ())

    async def give_back(self, instance_id: InstanceId, name: str, key: str) -> None:
        async with self._run.together() as runner:
            await runner.line_up(_line(instance_id, name, key))
            where = _at(instance_id, name, key)
            known = await _moments(runner, where)
            if known:
                await runner.change(update(budgets).where(*where).values(moments=_text(known[:-1])))

    async def reset(self, instance_id: InstanceId, name: str, key: str) -> None:
        await self._run.change(delete(budgets).where(*_at(instance_id, name, key)))


def _at(instance_id: InstanceId, name: str, key: str) -> tuple[Condition, Condition, Condition]:
    return budgets.c.instance_id == instance_id, budgets.c.name == name, budgets.c.key == key


def _line(instance_id: InstanceId, name: str, key: str) -> str:
    return f"budget {name} of {key} in {instance_id}"


async def _moments(runner: Runner, where: Sequence[Condition]) -> list[int] | None:
    """In chronological order; None if there is no row."""
    rows = await runner.rows(select(budgets.c.moments).where(*where))
    return [int(moment) for moment in str(rows[0][0]).split(",") if moment] if rows else None


def _text(moments: Sequence[int]) -> str:
    return ",".join(map(str, moments))
