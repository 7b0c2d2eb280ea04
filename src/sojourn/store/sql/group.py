"""Operations shared by all groups of the store: insert a value, read values, change guarded rows."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import ClauseElement, ColumnElement, Select, Table, Update, func, select, update

from sojourn.store.interface import Page
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.database import Prepared, Runner

T = TypeVar("T")
Condition = ColumnElement[bool]

_FARTHEST = 2**31 - 1
"""The largest LIMIT that both databases accept."""


class Group:
    """One group of the store on one runner: the database itself, or a transaction."""

    def __init__(self, runner: Runner) -> None:
        self._run = runner

    async def _insert(self, codec: Codec[T], value: T, **more: object) -> None:
        values = {**codec.encode(value), **more}
        await self._run.put(codec.insertion(tuple(values), self._run.dialect), values)

    @asynccontextmanager
    async def _undoing(self) -> AsyncGenerator[Runner, None]:
        """Run statements that may violate a unique key: an IntegrityError rolls them back, and the open transaction
        continues.
        """
        async with self._run.together() as transaction, transaction.savepoint():
            yield transaction

    async def _one(self, codec: Codec[T], *where: Condition) -> T | None:
        rows = await self._run.rows(reading(codec).where(*where).limit(1))
        return codec.decode(rows[0]) if rows else None

    async def _many(self, codec: Codec[T], statement: Select[Any]) -> list[T]:
        return [codec.decode(row) for row in await self._run.rows(statement)]

    async def _hot(self, codec: Codec[T], prepared: Prepared, values: Mapping[str, object]) -> list[T]:
        return [codec.decode(row) for row in await self._run.hot(prepared, values)]

    async def _update(self, codec: Codec[Any], values: Mapping[str, object], *where: Condition) -> int:
        return await self._run.change(*_changing(codec, values, where))

    async def _updated(self, codec: Codec[T], values: Mapping[str, object], *where: Condition) -> list[T]:
        """Change guarded rows and return them; exactly one of racing callers gets each row."""
        statement, plain = _changing(codec, values, where)
        return [codec.decode(row) for row in await self._run.returning(statement.returning(*codec.columns), plain)]

    async def _counted(self, table: Table, *where: Condition) -> int:
        rows = await self._run.listed(select(func.count()).select_from(table).where(*where))
        return int(str(rows[0][0])) if rows else 0


def _changing(
    codec: Codec[Any], values: Mapping[str, object], where: Sequence[Condition]
) -> tuple[Update, dict[str, object]]:
    """The statement with the values that the database computes, and the plain values to run it with."""
    computed = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    plain = {name: value for name, value in values.items() if name not in computed}
    statement = update(codec.table).where(*where)
    return statement.values(computed) if computed else statement, plain


def reading(codec: Codec[Any]) -> Select[Any]:
    return select(*codec.columns)


def paged(statement: Select[Any], page: Page) -> Select[Any]:
    return statement.limit(min(page.limit, _FARTHEST)).offset(min(page.offset, _FARTHEST))


def first(values: Sequence[T]) -> T | None:
    return values[0] if values else None
