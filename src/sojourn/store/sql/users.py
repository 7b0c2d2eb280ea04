"""Users and their identifiers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import case, delete, func, null, or_, select, update
from sqlalchemy.exc import IntegrityError

from sojourn.errors import Conflict, IdentifierTaken
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import IdentifierId, InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.interface import Page, UserFilter
from sojourn.store.sql import codecs
from sojourn.store.sql.codec import password_columns
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.hot import HotReads
from sojourn.store.sql.tables import identifiers, sessions, sign_ins, tickets, users
from sojourn.store.sql.user_search import conditions, ordering
from sojourn.users.user import Identifier, IdentifierKind, User


class SqlUsers(Group):
    def __init__(self, runner: Runner, hot: HotReads) -> None:
        super().__init__(runner)
        self._reads = hot

    async def create(self, user: User) -> None:
        async with self._run.together() as runner:
            group = SqlUsers(runner, self._reads)
            try:
                await group._insert(codecs.user, user)
            except IntegrityError as error:
                raise _taken(error) from error
            for identifier in user.identifiers:
                await group.add_identifier(identifier)

    # -- read

    async def find(self, instance_id: InstanceId, id: UserId) -> User | None:
        prepared = self._reads.user_held if self._run.is_transaction else self._reads.user
        user = first(await self._hot(codecs.user, prepared, {"instance_id": instance_id, "id": id}))
        if user is None:
            return None
        return replace(user, identifiers=tuple(await self._owned(user.id)))

    async def _owned(self, id: UserId) -> list[Identifier]:
        return await self._hot(codecs.identifier, self._reads.identifiers_of_user, {"id": id})

    async def find_many(self, instance_id: InstanceId, ids: Sequence[UserId]) -> Sequence[User]:
        if len(ids) <= 3:
            found = [await self.find(instance_id, id) for id in ids]
            return [user for user in found if user is not None]
        where = (users.c.instance_id == instance_id, users.c.id.in_(ids))
        return await self._with_identifiers(await self._many(codecs.user, reading(codecs.user).where(*where)))

    async def _with_identifiers(self, found: Sequence[User]) -> list[User]:
        owned: dict[str, list[Identifier]] = defaultdict(list)
        statement = reading(codecs.identifier).where(identifiers.c.user_id.in_([user.id for user in found]))
        for each in await self._many(codecs.identifier, statement.order_by(identifiers.c.created_at, identifiers.c.id)):
            owned[each.user_id].append(each)
        return [replace(user, identifiers=tuple(owned[user.id])) for user in found]

    async def find_by_identifier(self, instance_id: InstanceId, kind: IdentifierKind, canonical: str) -> User | None:
        statement = select(identifiers.c.user_id).where(
            identifiers.c.instance_id == instance_id,
            identifiers.c.kind == kind.value,
            identifiers.c.canonical == canonical,
        )
        rows = await self._run.rows(statement)
        return await self.find(instance_id, UserId(str(rows[0][0]))) if rows else None

    async def find_by_username(self, instance_id: InstanceId, username_key: str) -> User | None:
        where = (users.c.instance_id == instance_id, users.c.username_key == username_key)
        user = await self._one(codecs.user, *where)
        return None if user is None else replace(user, identifiers=tuple(await self._owned(user.id)))

    async def list(self, instance_id: InstanceId, where: UserFilter, page: Page) -> Sequence[User]:
        statement = reading(codecs.user).where(*conditions(instance_id, where)).order_by(*ordering(where))
        found = await self._many(codecs.user, statement.limit(page.limit).offset(page.offset))
        return await self._with_identifiers(found)

    async def count(self, instance_id: InstanceId, where: UserFilter) -> int:
        rows = await self._run.rows(select(func.count()).select_from(users).where(*conditions(instance_id, where)))
        return int(str(rows[0][0]))

    # -- change

    async def save(self, user: User, *, expected: Instant) -> None:
        guard = (users.c.id == user.id, users.c.instance_id == user.instance_id, users.c.updated_at == expected.millis)
        try:
            written = await self._update(codecs.user, codecs.user.encode(user), *guard)
        except IntegrityError as error:
            raise _taken(error) from error
        if written != 1:
            raise Conflict()

    async def upgrade_password(self, id: UserId, old: StoredPassword, new: StoredPassword) -> bool:
        guard = (users.c.id == id, users.c.password_hasher == old.hasher, users.c.password_digest == old.digest)
        return await self._update(codecs.user, password_columns(new), *guard) == 1

    async def spend_sign_in_try(
        self, instance_id: InstanceId, id: UserId, now: Instant, *, limit: int, lock_for: timedelta
    ) -> User | None:
        ran_out = users.c.locked_until.is_not(None) & (users.c.locked_until <= now.millis)
        tries = case((ran_out, 1), else_=users.c.failed_tries + 1)
        is_last = tries >= limit
        values = {
            "failed_tries": tries,
            "locked_at": case((is_last, now.millis), else_=null()),
            "locked_until": case((is_last, (now + lock_for).millis), else_=null()),
        }
        spent = await self._updated(
            codecs.user, values, *_of(instance_id, id), or_(users.c.locked_at.is_(None), ran_out)
        )
        return first(spent)

    async def reset_sign_in_tries(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        by_tries = or_(users.c.locked_at.is_(None), users.c.locked_until.is_not(None))
        values = {"failed_tries": 0, "locked_at": None, "locked_until": None}
        await self._update(codecs.user, values, *_of(instance_id, id), by_tries)

    async def note_sign_in(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        values = {"last_sign_in_at": now.millis, "last_active_at": now.millis}
        await self._update(codecs.user, values, *_of(instance_id, id))

    async def delete(self, instance_id: InstanceId, id: UserId) -> bool:
        async with self._run.together() as runner:
            for table in (identifiers, sessions, sign_ins, tickets):
                await runner.change(delete(table).where(table.c.user_id == id, table.c.instance_id == instance_id))
            return await runner.change(delete(users).where(*_of(instance_id, id))) == 1

    # -- identifiers

    async def add_identifier(self, identifier: Identifier) -> None:
        try:
            await self._insert(codecs.identifier, identifier)
        except IntegrityError as error:
            raise IdentifierTaken(param=identifier.kind.value) from error

    async def verify_identifier(self, instance_id: InstanceId, id: IdentifierId, strategy: str, now: Instant) -> bool:
        values = {
            "verified_at": now.millis,
            "verification_strategy": strategy,
            "reserved": False,
            "updated_at": now.millis,
        }
        return await self._update(codecs.identifier, values, *_identified(instance_id, id)) == 1

    async def unverify_identifier(self, instance_id: InstanceId, id: IdentifierId, now: Instant) -> bool:
        values = {"verified_at": None, "verification_strategy": None, "updated_at": now.millis}
        return await self._update(codecs.identifier, values, *_identified(instance_id, id)) == 1

    async def find_identifier(self, instance_id: InstanceId, id: IdentifierId) -> Identifier | None:
        return await self._one(codecs.identifier, *_identified(instance_id, id))

    async def remove_identifier(self, instance_id: InstanceId, id: IdentifierId) -> bool:
        async with self._run.together() as runner:
            for column in (users.c.primary_email_address_id, users.c.primary_phone_number_id):
                cleared = update(users).where(users.c.instance_id == instance_id, column == id).values({column: None})
                await runner.change(cleared)
            return await runner.change(delete(identifiers).where(*_identified(instance_id, id))) == 1


def _of(instance_id: InstanceId, id: UserId) -> tuple[Condition, Condition]:
    return users.c.id == id, users.c.instance_id == instance_id


def _identified(instance_id: InstanceId, id: IdentifierId) -> tuple[Condition, Condition]:
    return identifiers.c.id == id, identifiers.c.instance_id == instance_id


def _taken(error: IntegrityError) -> IdentifierTaken:
    """Which of the unique columns of a user it was, by the name that either database gives in its complaint."""
    param = "external_id" if "external_id" in str(error.orig) else "username"
    return IdentifierTaken(param=param)
