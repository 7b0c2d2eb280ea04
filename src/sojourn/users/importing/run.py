"""Records become accounts. Done again after an interruption it goes on: whoever is here already is left as they are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from sojourn.errors import IdentifierTaken, SojournError
from sojourn.factors.password_hashers import check_import
from sojourn.instances.instance import Instance
from sojourn.store.interface import Page, UserFilter
from sojourn.users.accounts import Accounts
from sojourn.users.importing.record import Record, Unreadable
from sojourn.users.new_user import NewUser, built_user

ACTOR = "import"
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Refused:
    """Never holds a digest."""

    number: int
    id: str
    reason: str


@dataclass(slots=True)
class Totals:
    imported: int = 0
    skipped: int = 0
    refused: int = 0

    @property
    def seen(self) -> int:
        return self.imported + self.skipped + self.refused


@dataclass(frozen=True, slots=True)
class Importing:
    """`dry_run` checks everything, also addresses that two people of the file share, and writes nothing."""

    accounts: Accounts
    instance: Instance
    dry_run: bool = False

    async def run(
        self,
        records: Iterable[Record | Unreadable],
        refuse: Callable[[Refused], None],
        progress: Callable[[Totals], None] = lambda _: None,
    ) -> Totals:
        """How many were imported, were here already, were refused. Raises: WrongFile, Overloaded."""
        totals, source, seen = Totals(), iter(records), set[str]()
        while batch := list(islice(source, _AT_ONCE)):
            here = await self._here([each.id for each in batch if isinstance(each, Record)])
            for each in batch:
                await self._one(each, here, seen, totals, refuse)
            progress(totals)
        return totals

    async def _one(
        self,
        each: Record | Unreadable,
        here: set[str],
        seen: set[str],
        totals: Totals,
        refuse: Callable[[Refused], None],
    ) -> None:
        if isinstance(each, Unreadable):
            totals.refused += 1
            refuse(Refused(each.number, each.id, each.reason))
        elif each.id in here:
            totals.skipped += 1
        else:
            try:
                await (self._check(each.new, seen) if self.dry_run else self._create(each.new))
            except SojournError as error:
                totals.refused += 1
                refuse(Refused(each.number, each.id, _reason(error)))
            else:
                totals.imported += 1
                here.add(each.id)

    async def _create(self, new: NewUser) -> None:
        await self.accounts.create(self.instance, new, actor=ACTOR)

    async def _check(self, new: NewUser, seen: set[str]) -> None:
        built_user(self.instance.id, new, None, self.accounts.clock.now())
        if new.password_digest is not None:
            check_import(new.password_hasher or "", new.password_digest)
        for address in (*new.email_addresses, *new.phone_numbers):
            if address.lower() in seen:
                raise IdentifierTaken(param="email_address" if "@" in address else "phone_number")
        where = UserFilter(email_addresses=list(new.email_addresses))
        if new.email_addresses and await self.accounts.count(self.instance, where):
            raise IdentifierTaken(param="email_address")
        seen.update(address.lower() for address in (*new.email_addresses, *new.phone_numbers))

    async def _here(self, ids: list[str]) -> set[str]:
        if not ids:
            return set()
        found = await self.accounts.list(self.instance, UserFilter(external_ids=_plain(ids)), Page(len(ids)))
        return {user.external_id for user in found if user.external_id}


def _plain(ids: list[str]) -> list[str]:
    """A member that starts with `-` would exclude (the filter's published form), so those are made anew and refused by their key."""
    return [id for id in ids if not id.startswith("-")] or ["+"]


def _reason(error: SojournError) -> str:
    return f"{error.param}: {error.long_message}" if error.param else error.long_message
