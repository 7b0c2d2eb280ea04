"""Lists and counts of users. Chooses an index for each, so that none reads more than a few thousand rows.

A filter that names users finds them by key. Any other filter is tried by its index: if it finds at most `_SORTED` users
they are sorted; if more, the index of the sort order is scanned, which soon finds enough of them. An order without an
index is refused above `_SORTABLE` users. Indexes that are still being built count as missing; then everything is read
and sorted.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, false, func, select, union_all

from sojourn.errors import TooManyToSort
from sojourn.ids import InstanceId
from sojourn.store.interface import Page, UserFilter
from sojourn.store.interface.users import MAX_SORTED
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.group import Condition, paged
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.late_indexes import SEARCH, Built
from sojourn.store.sql.rows.users import users
from sojourn.store.sql.text_search import TextSearch
from sojourn.store.sql.user_search import NEVER_NULL, ORDERED_BY, Part, ordering, parts

_SORTED = 2_000
_SORTABLE = MAX_SORTED


class UserLists:
    def __init__(self, runner: Runner, built: Built) -> None:
        self._run = runner
        self._built = built
        self._search = TextSearch(runner.dialect)
        self._is_sqlite = runner.dialect.name == "sqlite"

    async def ids(self, instance_id: InstanceId, where: UserFilter, page: Page) -> list[str]:
        """The ids of the page, in order. Raises: TooManyToSort, Overloaded."""
        filters = parts(instance_id, where, self._search)
        if few := _few(filters):
            return _ids(await self._run.rows(paged(self._among(instance_id, where, few, filters), page)))
        index = ORDERED_BY.get(where.order_by)
        chosen = await self._narrowest(instance_id, filters, where, _SORTABLE if index is None else _SORTED)
        if chosen:
            return _ids(await self._run.listed(paged(self._among(instance_id, where, chosen, filters), page)))
        if index is None and not await self._are_few(_all(instance_id), _SORTABLE):
            raise TooManyToSort(_SORTABLE)
        walk = self._walk(instance_id, where, filters)
        if index is None or where.order_by in NEVER_NULL or where.descending:
            return _ids(await self._run.listed(paged(walk, page)))
        rising = walk.order_by(None).order_by(
            users.c[where.order_by].nulls_first(), users.c.id
        )  # in the order of the index
        if any(part.column == where.order_by for part in filters):  # the filter excludes users without a value
            return _ids(await self._run.listed(paged(rising, page)))
        return await self._nulls_last(rising, where, page)

    async def count(self, instance_id: InstanceId, where: UserFilter) -> int:
        """The number of users that match the filters. Raises: Overloaded."""
        if where.deleting is False:
            # two counts, each by an index; `delete_at IS NULL` would read every row
            of_both = await self.count(instance_id, replace(where, deleting=None))
            return of_both - await self.count(instance_id, replace(where, deleting=True))
        filters = parts(instance_id, where, self._search)
        if few := _few(filters):
            return _number(await self._run.rows(_counting(self._among(instance_id, where, few, filters))))
        search = next(
            (part for part in filters if part.ids and part.index and not part.column and self._has(part)), None
        )
        counted = _all(instance_id).where(*(part.condition for part in filters))
        if search is not None:
            counted = self._among(instance_id, where, search, filters)
        return _number(await self._run.listed(_counting(counted)))

    def _has(self, part: Part) -> bool:
        return not part.index or self._built.has(part.index)

    async def _narrowest(
        self, instance_id: InstanceId, filters: Sequence[Part], where: UserFilter, max_users: int
    ) -> Part | None:
        """The first filter whose index finds at most `max_users` users. The index of the sort order is used anyway."""
        for part in filters:
            if not part.ids or not self._has(part) or part.column == where.order_by:
                continue
            if part.index == SEARCH and max_users <= _SORTED:
                # the look-up is most of a search, so it is done once, and those found are sorted by their IDs
                found = _ids(await self._run.listed(_found(part).limit(max_users + 1)))
                if len(found) <= max_users:
                    theirs = (users.c.id.in_(found), within(users, instance_id))
                    return replace(part, ids=[select(users.c.id).where(*theirs)])
            elif await self._are_few(_found(part), max_users):
                return part
        return None

    async def _are_few(self, ids: Select[Any], max_users: int) -> bool:
        return _number(await self._run.listed(_counting(ids.limit(max_users + 1)))) <= max_users

    def _among(self, instance_id: InstanceId, where: UserFilter, chosen: Part, filters: Sequence[Part]) -> Select[Any]:
        """The users that the index of `chosen` finds, sorted."""
        rest = [part.condition for part in filters if part is not chosen]
        statement = select(users.c.id).where(users.c.id.in_(_found(chosen)))
        return statement.where(*self._unindexed([users.c.instance_id == instance_id, *rest])).order_by(
            *ordering(where, self._run.dialect)
        )

    def _walk(self, instance_id: InstanceId, where: UserFilter, filters: Sequence[Part]) -> Select[Any]:
        """Scan the index of the sort order, skipping users that do not match."""
        in_order = [part.condition for part in filters if part.column == where.order_by]
        rest = [part.condition for part in filters if part.column != where.order_by]
        return _all(instance_id).where(*in_order, *self._unindexed(rest)).order_by(*ordering(where, self._run.dialect))

    async def _nulls_last(self, rising: Select[Any], where: UserFilter, page: Page) -> list[str]:
        """The index sorts NULLs first, so users with a value are scanned first, then those without."""
        column = users.c[where.order_by]
        some = rising.where(column.is_not(None))
        found = _ids(await self._run.listed(paged(some, page)))
        wanted = page.limit - len(found)
        if wanted <= 0:
            return found
        passed = page.offset if found else _number(await self._run.listed(_counting(some)))
        none = rising.where(column.is_(None)).order_by(None).order_by(users.c.id)
        return found + _ids(await self._run.listed(paged(none, Page(wanted, max(0, page.offset - passed)))))

    def _unindexed(self, conditions: Sequence[Condition]) -> list[Condition]:
        """Keep SQLite, which has no statistics here, from using an index for these."""
        return [func.coalesce(condition, false()) for condition in conditions] if self._is_sqlite else list(conditions)


def _all(instance_id: InstanceId) -> Select[Any]:
    return select(users.c.id).where(users.c.instance_id == instance_id)


def _few(filters: Sequence[Part]) -> Part | None:
    return next((part for part in filters if part.few), None)


def _found(part: Part) -> Select[Any]:
    if len(part.ids) == 1:
        return part.ids[0]
    found = union_all(*part.ids).subquery()
    return select(found.c[0])


def _counting(ids: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(ids.order_by(None).subquery())


def _ids(rows: Sequence[Row]) -> list[str]:
    return [str(row[0]) for row in rows]


def _number(rows: Sequence[Row]) -> int:
    return int(str(rows[0][0])) if rows else 0
