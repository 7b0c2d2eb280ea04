"""Users and their identifiers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Delete, Select, delete, exists, or_, select, update
from sqlalchemy.exc import IntegrityError

from sojourn.errors import Conflict, IdentifierTaken, NotFound
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.verification import VerificationStatus
from sojourn.ids import IdentifierId, InstanceId, UserId
from sojourn.instant import Instant
from sojourn.store.interface import Page, Tries, UserFilter
from sojourn.store.interface.users import CLAIM_LASTS, CLAIM_WITHOUT_CODE
from sojourn.store.sql.codec import costed_password_columns, password
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Condition, Group, first, reading
from sojourn.store.sql.hot_reads import HotReads, joined_user
from sojourn.store.sql.hot_writes import HotWrites
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.late_indexes import DELETING, Built
from sojourn.store.sql.rows.session_uses import session_uses
from sojourn.store.sql.rows.sessions import sessions
from sojourn.store.sql.rows.sign_ins import sign_ins
from sojourn.store.sql.rows.sign_ups import sign_ups
from sojourn.store.sql.rows.tickets import tickets
from sojourn.store.sql.rows.users import identifier_row, identifiers, tries_row, user_row, users
from sojourn.store.sql.rows.verifications import verifications
from sojourn.store.sql.user_lists import UserLists
from sojourn.users.user import Identifier, IdentifierKind, User


class SqlUsers(Group):
    def __init__(self, runner: Runner, reads: HotReads, writes: HotWrites, built: Built) -> None:
        super().__init__(runner)
        self._reads = reads
        self._writes = writes
        self._built = built

    async def create(self, user: User) -> None:
        async with self._run.together() as transaction, transaction.savepoint():
            group = SqlUsers(transaction, self._reads, self._writes, self._built)
            try:
                await group._insert(user_row, user)
            except IntegrityError as error:
                raise _taken(error) from error
            for identifier in user.identifiers:
                try:
                    await group._make_way(identifier)
                    await group._insert(identifier_row, identifier)
                except IntegrityError as error:
                    raise IdentifierTaken(param=identifier.kind.value) from error

    # -- read

    async def find(self, instance_id: InstanceId, id: UserId) -> User | None:
        prepared = self._reads.user_held if self._run.is_transaction else self._reads.user
        return joined_user(await self._run.hot(prepared, {"instance_id": instance_id, "id": id}))

    async def find_many(self, instance_id: InstanceId, ids: Sequence[UserId]) -> Sequence[User]:
        if len(ids) <= 3:
            found = [await self.find(instance_id, id) for id in ids]
            return [user for user in found if user is not None]
        where = (users.c.id.in_(ids), within(users, instance_id))
        return await self._with_identifiers(instance_id, await self._many(user_row, reading(user_row).where(*where)))

    async def _with_identifiers(self, instance_id: InstanceId, found: Sequence[User]) -> list[User]:
        owned: dict[str, list[Identifier]] = defaultdict(list)
        statement = reading(identifier_row).where(
            identifiers.c.user_id.in_([user.id for user in found]), within(identifiers, instance_id)
        )
        for identifier in await self._many(
            identifier_row, statement.order_by(identifiers.c.created_at, identifiers.c.id)
        ):
            owned[identifier.user_id].append(identifier)
        return [replace(user, identifiers=tuple(owned[user.id])) for user in found]

    async def find_by_identifier(self, instance_id: InstanceId, kind: IdentifierKind, canonical: str) -> User | None:
        values = {"instance_id": instance_id, "kind": kind.value, "canonical": canonical}
        return joined_user(await self._run.hot(self._reads.user_by_identifier, values))

    async def find_by_username(self, instance_id: InstanceId, username_key: str) -> User | None:
        values = {"instance_id": instance_id, "key": username_key}
        return joined_user(await self._run.hot(self._reads.user_by_username, values))

    async def list(self, instance_id: InstanceId, where: UserFilter, page: Page) -> Sequence[User]:
        ids = await UserLists(self._run, self._built).ids(instance_id, where, page)
        found = {user.id: user for user in await self.find_many(instance_id, [UserId(id) for id in ids])}
        return [found[UserId(id)] for id in ids if id in found]

    async def count(self, instance_id: InstanceId, where: UserFilter) -> int:
        return await UserLists(self._run, self._built).count(instance_id, where)

    # -- change

    async def save(self, user: User, *, expected: Instant) -> None:
        guard = (users.c.id == user.id, users.c.instance_id == user.instance_id, users.c.updated_at == expected.millis)
        try:
            async with self._undoing() as runner:
                written = await SqlUsers(runner, self._reads, self._writes, self._built)._update(
                    user_row, user_row.encode(user), *guard
                )
        except IntegrityError as error:
            raise _taken(error) from error
        if written != 1:
            raise Conflict()

    async def upgrade_password(
        self, instance_id: InstanceId, id: UserId, old: StoredPassword, new: StoredPassword
    ) -> bool:
        guard = (*_of(instance_id, id), users.c.password_hasher == old.hasher, users.c.password_digest == old.digest)
        return await self._update(user_row, costed_password_columns(new), *guard) == 1

    async def spend_sign_in_try(
        self,
        instance_id: InstanceId,
        id: UserId,
        now: Instant,
        *,
        limit: int,
        lock_for: timedelta,
        password_limit: int | None = None,
    ) -> Tries | None:
        statement = self._writes.spend_try if password_limit is None else self._writes.spend_both_tries
        values: dict[str, object] = {
            "of_instance": instance_id,
            "of_id": id,
            "now": now.millis,
            "limit": limit,
            "lock_until": (now + lock_for).millis,
        }
        if password_limit is not None:
            values["password_limit"] = password_limit
        return first([tries_row.decode(row) for row in await self._run.tally(statement, values)])

    async def spend_password_try(self, instance_id: InstanceId, id: UserId, *, limit: int) -> int | None:
        values = {"of_instance": instance_id, "of_id": id, "password_limit": limit}
        spent = first([tries_row.decode(row) for row in await self._run.tally(self._writes.spend_password_try, values)])
        return spent.password_failures if spent else None

    async def dearest_candidates(self, instance_id: InstanceId) -> Sequence[StoredPassword]:
        found: list[StoredPassword] = []
        last, columns = (
            "",
            (users.c.password_cost, users.c.password_hasher, users.c.password_digest, users.c.password_pepper),
        )
        # steps from one distinct value to the next by the index, however many users share it
        theirs = (users.c.instance_id == instance_id, users.c.password_cost.is_not(None))
        next_one = select(*columns).order_by(users.c.password_cost).limit(1)
        while rows := await self._run.rows(next_one.where(*theirs, users.c.password_cost > last)):
            cost, hasher, digest, pepper = rows[0]
            last, stored = str(cost), password(str(hasher), str(digest), None if pepper is None else str(pepper))
            if stored is not None and hasher is not None:
                found.append(stored)
        return found

    async def locked_by_tries_since(
        self, instance_id: InstanceId, since: Instant, *, max_rows: int
    ) -> Sequence[UserId]:
        by_tries = (users.c.locked_until.is_not(None), users.c.locked_at >= since.millis)
        statement = select(users.c.id).where(users.c.instance_id == instance_id, *by_tries)
        rows = await self._run.rows(statement.order_by(users.c.locked_at, users.c.id).limit(max_rows))
        return [UserId(str(row[0])) for row in rows]

    async def due_for_deletion(self, instance_id: InstanceId, now: Instant, *, max_rows: int) -> Sequence[UserId]:
        if not self._built.has(DELETING):
            return []  # would read every user
        is_due = (users.c.delete_at.is_not(None), users.c.delete_at <= now.millis)
        statement = select(users.c.id).where(users.c.instance_id == instance_id, *is_due)
        rows = await self._run.rows(statement.order_by(users.c.delete_at, users.c.id).limit(max_rows))
        return [UserId(str(row[0])) for row in rows]

    async def reset_password_failures(self, instance_id: InstanceId, id: UserId) -> None:
        await self._run.put(self._writes.forgive_password, {"of_instance": instance_id, "of_id": id})

    async def reset_sign_in_tries(self, instance_id: InstanceId, id: UserId) -> None:
        await self._run.put(self._writes.forgive_tries, {"of_instance": instance_id, "of_id": id})

    async def forget_devices(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        await self._update(user_row, {"devices_forgotten_at": now.millis}, *_of(instance_id, id))

    async def note_sign_in(self, instance_id: InstanceId, id: UserId, now: Instant) -> None:
        values = {"of_instance": instance_id, "of_id": id, "now": now.millis}
        await self._run.put(self._writes.note_sign_in, values)

    async def delete(self, instance_id: InstanceId, id: UserId) -> bool:
        async with self._run.together() as runner:
            for column in (identifiers.c.id, sign_ins.c.id):
                theirs = select(column).where(column.table.c.user_id == id, within(column.table, instance_id))
                await runner.change(_verifications_of(instance_id, theirs))
            for column in (identifiers.c.user_id, sessions.c.user_id, session_uses.c.user_id, sign_ins.c.user_id, sign_ups.c.created_user_id,
                           tickets.c.user_id):  # fmt: skip
                theirs = (column == id, column.table.c.instance_id == instance_id)
                await runner.change(delete(column.table).where(*theirs))
            return await runner.change(delete(users).where(*_of(instance_id, id))) == 1

    # -- identifiers

    async def add_identifier(self, identifier: Identifier) -> None:
        try:
            async with self._undoing() as runner:
                group = SqlUsers(runner, self._reads, self._writes, self._built)
                await group._make_way(identifier)
                await group._insert(identifier_row, identifier)
        except IntegrityError as error:
            if await self.find_by_identifier(identifier.instance_id, identifier.kind, identifier.canonical) is None:
                raise NotFound() from error  # the user was deleted in the meantime
            raise IdentifierTaken(param=identifier.kind.value) from error

    async def _make_way(self, identifier: Identifier) -> None:
        """Remove another user's unverified address: it yields to a verified one, and to a newer claim once its own code
        has expired.
        """
        claim = [
            identifiers.c.instance_id == identifier.instance_id,
            identifiers.c.kind == identifier.kind.value,
            identifiers.c.canonical == identifier.canonical,
            identifiers.c.user_id != identifier.user_id,
            identifiers.c.verified_at.is_(None),
            identifiers.c.reserved.is_(False),
        ]
        if not identifier.is_held:
            now = identifier.created_at
            has_code = exists().where(
                verifications.c.owner_id == identifiers.c.id,
                within(verifications, identifiers.c.instance_id),
                verifications.c.status == VerificationStatus.UNVERIFIED.value,
                verifications.c.tries < verifications.c.max_tries,
                verifications.c.expire_at > now.millis,
            )
            begun = identifiers.c.created_at
            idle = (begun <= now.before(CLAIM_WITHOUT_CODE).millis) & ~has_code
            claim.append(or_(begun <= now.before(CLAIM_LASTS).millis, idle))
        await self._run.change(delete(identifiers).where(*claim))

    async def verify_identifier(self, instance_id: InstanceId, id: IdentifierId, strategy: str, now: Instant) -> bool:
        values = {
            "verified_at": now.millis,
            "verification_strategy": strategy,
            "reserved": False,
            "updated_at": now.millis,
        }
        return await self._update(identifier_row, values, *_identified(instance_id, id)) == 1

    async def unverify_identifier(self, instance_id: InstanceId, id: IdentifierId, now: Instant) -> bool:
        values = {"verified_at": None, "verification_strategy": None, "updated_at": now.millis}
        return await self._update(identifier_row, values, *_identified(instance_id, id)) == 1

    async def find_identifier(self, instance_id: InstanceId, id: IdentifierId) -> Identifier | None:
        return await self._one(identifier_row, *_identified(instance_id, id))

    async def remove_identifier(self, instance_id: InstanceId, id: IdentifierId) -> bool:
        async with self._run.together() as runner:
            owner = select(identifiers.c.user_id).where(*_identified(instance_id, id)).scalar_subquery()
            for column in (users.c.primary_email_address_id, users.c.primary_phone_number_id):
                await runner.change(
                    update(users)
                    .where(users.c.id == owner, within(users, instance_id), column == id)
                    .values({column: None})
                )
            await runner.change(_verifications_of(instance_id, [id]))
            return await runner.change(delete(identifiers).where(*_identified(instance_id, id))) == 1


def _of(instance_id: InstanceId, id: UserId) -> tuple[Condition, Condition]:
    return users.c.id == id, users.c.instance_id == instance_id


def _identified(instance_id: InstanceId, id: IdentifierId) -> tuple[Condition, Condition]:
    return identifiers.c.id == id, identifiers.c.instance_id == instance_id


def _verifications_of(instance_id: InstanceId, owners: Select[Any] | Sequence[str]) -> Delete:
    return delete(verifications).where(verifications.c.instance_id == instance_id, verifications.c.owner_id.in_(owners))


def _taken(error: IntegrityError) -> IdentifierTaken:
    """The field whose unique key was violated: PostgreSQL names the constraint, SQLite the columns."""
    complaint = str(error.orig)
    by_external_id = '"uq_users_external_id"' in complaint or "users.external_id" in complaint
    return IdentifierTaken(param="external_id" if by_external_id else "username")
