"""Imports users in batches, each in one transaction, so that an interrupted import can be repeated."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeAlias

from sojourn.errors import FieldError, FieldMissing, IdentifierTaken
from sojourn.events.audit_log import AuditLog
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Groups, Page, Store, UserFilter
from sojourn.users.identifiers import normal_email, normal_phone, normal_username
from sojourn.users.importing.cleaning import cleaned_records
from sojourn.users.importing.record import ImportedUser, RejectedRecord
from sojourn.users.importing.survey import Survey
from sojourn.users.new_user import built_user
from sojourn.users.user import Identifier, IdentifierKind, User

ACTOR = "import"
"""The actor in the audit log."""

_BATCH = 100
"""Users per transaction: few enough that a running server hardly waits."""

_HASHES_AT_ONCE = 4

_TAKEN = {
    "email_address": "its e-mail address belongs to another user",
    "phone_number": "its phone number belongs to another user",
    "username": "its user name belongs to another user",
    "external_id": "another user has its id",
}


@dataclass(frozen=True, slots=True)
class Imported:
    left_out: int = 0
    """Unverified additional addresses that belong to another user."""
    record: ImportedUser | None = field(default=None, compare=False)
    """The fields of the record that were left out, mended or unsupported."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Already imported, according to the ID at the source."""


Outcome: TypeAlias = Imported | Skipped | RejectedRecord


@dataclass(frozen=True, slots=True)
class Leaving:
    """Options for data that the operator chose to drop."""

    usernames: bool = False
    second_factors: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A record and the user created from it."""

    record: ImportedUser
    user: User


@dataclass(slots=True)
class Importing:
    """One import of one file."""

    store: Store
    clock: Clock
    audit: AuditLog
    hash_pool: HashPool
    survey: Survey
    leaving: Leaving = Leaving()
    dry_run: bool = False
    _ids: set[str] = field(default_factory=set[str])
    _names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Kinds and canonical forms of identifiers that this dry run would have assigned."""

    async def run(
        self, instance: Instance, records: Iterable[ImportedUser | RejectedRecord], told: Callable[[Outcome], None]
    ) -> None:
        """Yield the outcome of every record, in order, once it is written. Raises: Overloaded if the store does not
        respond; outcomes yielded before stay valid.
        """
        for batch in _batches(cleaned_records(records, self.clock.now())):
            for outcome in await self._batch(instance, batch):
                told(outcome)

    async def _batch(self, instance: Instance, batch: Sequence[ImportedUser | RejectedRecord]) -> list[Outcome]:
        there = await self._there(instance, batch)
        wanted = [self._wanted(record, there) for record in batch]
        slots = asyncio.Semaphore(_HASHES_AT_ONCE)
        made = await asyncio.gather(*(self._made(instance, account, slots) for account in wanted))
        if self.dry_run:
            return [await self._tried(account) if isinstance(account, Account) else account for account in made]
        async with self.store.transaction() as tx:
            return [
                await self._written(tx, instance, account) if isinstance(account, Account) else account
                for account in made
            ]

    async def _there(self, instance: Instance, batch: Sequence[ImportedUser | RejectedRecord]) -> Mapping[str, User]:
        """The existing users with the external IDs of the batch."""
        # a leading sign includes or excludes an ID, and IDs may begin with a sign
        ids = [f"+{record.external_id}" for record in batch if isinstance(record, ImportedUser)]
        if not ids:
            return {}
        where = UserFilter(external_ids=ids, now=self.clock.now())
        found = await self.store.users.list(instance.id, where, Page(len(ids)))
        return {user.external_id: user for user in found if user.external_id}

    def _wanted(
        self, record: ImportedUser | RejectedRecord, there: Mapping[str, User]
    ) -> ImportedUser | RejectedRecord | Skipped:
        if isinstance(record, RejectedRecord):
            return record
        if record.external_id in self._ids:
            return record.refused("its id stands in the file twice")
        self._ids.add(record.external_id)
        known = there.get(record.external_id)
        if known is not None:
            # two sources may use the same id for different users, and skipping would lose one
            same = not _names_of(record).isdisjoint(_names(known))
            return Skipped() if same else record.refused("a user with other addresses and another user name has its id")
        if record.has_second_factor and not self.leaving.second_factors:
            return record.refused("it has a second factor, which cannot be brought along")
        return replace(record, username=None) if self.leaving.usernames else record

    async def _made(
        self, instance: Instance, record: ImportedUser | RejectedRecord | Skipped, slots: asyncio.Semaphore
    ) -> Account | RejectedRecord | Skipped:
        """The user to store, with every field checked."""
        if not isinstance(record, ImportedUser):
            return record
        try:
            new = self.survey.without_claims(record).new_user()
            user = built_user(instance.id, new, None, self.clock.now())
            if record.password is not None:
                stored = await self._password(record.password, slots)
                user = replace(user, password=stored, password_changed_at=user.updated_at)
        except FieldError as error:
            return record.refused(_reason(error))
        return Account(record, user)

    async def _password(self, given: StoredPassword, slots: asyncio.Semaphore) -> StoredPassword:
        """Raises: FieldError."""
        if (
            not given.digest.isprintable()
        ):  # a salt may contain any character, and databases differ in what they can store
            raise FieldError(param="password_digest")
        async with slots:
            return await self.hash_pool.import_digest(given.hasher, given.digest)

    # -- write, or only try

    async def _written(self, tx: Groups, instance: Instance, account: Account) -> Imported | RejectedRecord:
        user = await self._fitted(tx, account.user)
        try:
            await tx.users.create(user)
        except IdentifierTaken as error:
            return account.record.refused(_TAKEN.get(error.param or "", error.long_message))
        await self.audit.record(tx, instance, "user.created", user_id=user.id, target=user.id, actor=ACTOR)
        return _imported(account, user)

    async def _tried(self, account: Account) -> Imported | RejectedRecord:
        user = await self._fitted(self.store, account.user)
        for kind, canonical in _names(user):
            if (kind, canonical) in self._names or await self._owner(self.store, user, kind, canonical):
                return account.record.refused(_TAKEN[kind])
        self._names.update(_names(user))
        return _imported(account, user)

    async def _fitted(self, groups: Groups, user: User) -> User:
        """The user without the unverified addresses of other users: these do not refuse the whole user."""
        kept: list[Identifier] = []
        for identifier in user.identifiers:
            free = (identifier.kind.value, identifier.canonical) not in self._names
            if identifier.is_held or (
                free and await self._owner(groups, user, identifier.kind, identifier.canonical) is None
            ):
                kept.append(identifier)
        return replace(user, identifiers=tuple(kept))

    async def _owner(self, groups: Groups, user: User, kind: str, canonical: str) -> User | None:
        if kind == "username":
            return await groups.users.find_by_username(user.instance_id, canonical)
        found = await groups.users.find_by_identifier(user.instance_id, IdentifierKind(kind), canonical)
        return found if found is not None and found.holds(IdentifierKind(kind), canonical) else None


def _batches(records: Iterable[ImportedUser | RejectedRecord]) -> Iterator[list[ImportedUser | RejectedRecord]]:
    left = iter(records)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _imported(account: Account, user: User) -> Imported:
    addresses = len(account.record.emails) + len(account.record.phones)
    return Imported(addresses - len(user.identifiers), account.record)


def _names(user: User) -> set[tuple[str, str]]:
    """The unique identifiers: kind and canonical form."""
    names = {(identifier.kind.value, identifier.canonical) for identifier in user.identifiers}
    return names | {("username", user.username_key)} if user.username_key else names


def _names_of(record: ImportedUser) -> set[tuple[str, str]]:
    names: set[tuple[str, str]] = set()
    with suppress(FieldError):
        names |= {("email_address", normal_email(email.value, param="email").canonical) for email in record.emails}
    with suppress(FieldError):
        names |= {("phone_number", normal_phone(phone.value, param="phone").canonical) for phone in record.phones}
    with suppress(FieldError):
        names.add(("username", normal_username(record.username or "", param="username").canonical))
    return names


def _reason(error: FieldError) -> str:
    """The reason without the value, because the hasher column may contain a digest by mistake (R-LOG-02)."""
    match error.param:
        case "password_hasher":
            return "its kind of password hash cannot be imported"
        case "password_digest":
            return "its password hash does not have the form of its kind, or costs too much"
        case "email_address" if isinstance(error, FieldMissing):
            return "it has no e-mail address, phone number or user name"
        case None:
            return error.long_message
        case "username":
            return f"username: {error.long_message} --without-usernames leaves it behind."
        case param:
            return f"{param}: {error.long_message}"
