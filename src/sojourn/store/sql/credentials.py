"""Credentials of users."""

from collections.abc import Collection, Sequence

from sqlalchemy import delete, or_
from sqlalchemy.exc import IntegrityError

from sojourn.factors.credential import Credential
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.rows.credentials import credential_row, credentials


class SqlCredentials(Group):
    async def create(self, credential: Credential) -> bool:
        try:
            async with self._undoing() as runner:
                await SqlCredentials(runner)._insert(credential_row, credential)
        except IntegrityError:
            return False
        return True

    async def find(self, instance_id: InstanceId, id: str) -> Credential | None:
        return await self._one(credential_row, *_one_of(instance_id, id))

    async def find_by_key(self, instance_id: InstanceId, kind: str, key: str) -> Credential | None:
        where = (credentials.c.instance_id == instance_id, credentials.c.kind == kind, credentials.c.key == key)
        return await self._one(credential_row, *where)

    async def of_user(self, instance_id: InstanceId, user_id: UserId, kinds: Collection[str]) -> Sequence[Credential]:
        return await self.of_users(instance_id, [user_id], kinds)

    async def of_users(
        self, instance_id: InstanceId, user_ids: Collection[UserId], kinds: Collection[str]
    ) -> Sequence[Credential]:
        oldest_first = (credentials.c.created_at, credentials.c.id)
        where = (
            credentials.c.user_id.in_(sorted(user_ids)),
            credentials.c.instance_id == instance_id,
            credentials.c.kind.in_(sorted(kinds)),
        )
        return await self._many(credential_row, reading(credential_row).where(*where).order_by(*oldest_first))

    async def verify(self, instance_id: InstanceId, id: str, now: Instant, *, counter: int = 0) -> Credential | None:
        where = (*_one_of(instance_id, id), credentials.c.verified_at.is_(None), _lives(now))
        values = {"verified_at": now.millis, "updated_at": now.millis, "counter": counter}
        return first(await self._updated(credential_row, values, *where))

    async def use(
        self, instance_id: InstanceId, id: str, now: Instant, *, counter: int | None = None, once: bool = False
    ) -> Credential | None:
        where = [*_one_of(instance_id, id), credentials.c.verified_at.is_not(None), _lives(now)]
        values = {"last_used_at": now.millis, "updated_at": now.millis}
        if counter is not None:
            where.append(credentials.c.counter < counter if counter else credentials.c.counter == 0)
            values["counter"] = counter
        if once:
            where.append(credentials.c.last_used_at.is_(None))
        return first(await self._updated(credential_row, values, *where))

    async def replace(self, before: Credential, after: Credential) -> bool:
        row = credential_row.encode(after)
        values = {name: row[name] for name in ("label", "body", "expire_at", "updated_at")}
        where = (
            *_one_of(before.instance_id, before.id),
            credentials.c.updated_at == before.updated_at.millis,
            credentials.c.updated_at != after.updated_at.millis,
        )
        return await self._update(credential_row, values, *where) == 1

    async def delete(self, instance_id: InstanceId, user_id: UserId, id: str) -> Credential | None:
        return first(await self._deleted(credentials.c.id == id, *_of_user(instance_id, user_id)))

    async def delete_kind(self, instance_id: InstanceId, user_id: UserId, kind: str) -> Sequence[Credential]:
        return await self._deleted(*_of_user(instance_id, user_id), credentials.c.kind == kind)

    async def _deleted(self, *where: Condition) -> list[Credential]:
        taken = delete(credentials).where(*where).returning(*credential_row.columns)
        return [credential_row.decode(row) for row in await self._run.returning(taken)]


def _one_of(instance_id: InstanceId, id: str) -> tuple[Condition, Condition]:
    return credentials.c.id == id, credentials.c.instance_id == instance_id


def _of_user(instance_id: InstanceId, user_id: UserId) -> tuple[Condition, Condition]:
    return credentials.c.user_id == user_id, credentials.c.instance_id == instance_id


def _lives(now: Instant) -> Condition:
    return or_(credentials.c.expire_at.is_(None), credentials.c.expire_at > now.millis)
