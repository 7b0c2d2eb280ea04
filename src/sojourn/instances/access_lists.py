"""Access lists: the allowlist and the blocklist of identifiers that may sign up and sign in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sojourn.errors import NotAllowedAccess
from sojourn.instances.instance import Instance
from sojourn.instances.records import SERVER, Records
from sojourn.instant import Instant
from sojourn.store.interface import Page, Record
from sojourn.users.identifiers import is_test_address, normal_email, normal_phone, trimmed

ListName = Literal["allowlist_identifier", "blocklist_identifier"]
IdentifierType = Literal["email_address", "phone_number"]

_DOMAIN = re.compile(r"(?:\*@|@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True)
class ListedIdentifier:
    """An address, a number, or every address of a domain (`*@example.com`)."""

    id: str
    identifier: str
    identifier_type: IdentifierType
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class AccessLists:
    records: Records

    async def list(self, instance: Instance, name: ListName, page: Page) -> Sequence[ListedIdentifier]:
        return [_listed(row) for row in await self.records.store.records.list(instance.id, name, page)]

    async def add(
        self, instance: Instance, name: ListName, identifier: str, *, actor: str = SERVER
    ) -> ListedIdentifier:
        """List an address, a phone number or `*@domain`. Raises: FieldFormat, FieldError if it is already listed."""
        kind, canonical = _canonical(identifier)
        return _listed(
            await self.records.add(instance, name, canonical, {"identifier_type": kind}, actor, "identifier")
        )

    async def delete(self, instance: Instance, name: ListName, id: str, *, actor: str = SERVER) -> ListedIdentifier:
        return _listed(await self.records.remove(instance, name, id, actor))

    async def check_allowed(self, instance: Instance, canonical: str) -> None:
        """Raises: NotAllowedAccess if the active lists exclude this canonical e-mail address or phone number."""
        protection = instance.settings.protection
        if protection.blocklist and await self._lists(instance, "blocklist_identifier", canonical):
            raise NotAllowedAccess()
        if protection.allowlist and not await self._lists(instance, "allowlist_identifier", canonical):
            raise NotAllowedAccess()

    async def check_new_address(self, instance: Instance, canonical: str) -> None:
        """As `check_allowed`, for a new address: also rejects subaddresses if the setting says so."""
        await self.check_allowed(instance, canonical)
        is_sub = "+" in canonical.partition("@")[0] and "@" in canonical
        is_test = instance.is_development and instance.settings.test_mode and is_test_address(canonical)
        if is_sub and instance.settings.protection.block_email_subaddresses and not is_test:
            raise NotAllowedAccess("E-mail addresses with a + are not accepted here.", param="email_address")

    async def _lists(self, instance: Instance, name: ListName, canonical: str) -> bool:
        _, at, domain = canonical.rpartition("@")
        for key in (canonical, f"*@{domain}") if at else (canonical,):
            if await self.records.store.records.find_by_key(instance.id, name, key) is not None:
                return True
        return False


def _listed(row: Record) -> ListedIdentifier:
    kind: IdentifierType = "phone_number" if row.body.get("identifier_type") == "phone_number" else "email_address"
    return ListedIdentifier(row.id, row.key, kind, row.created_at, row.updated_at)


def _canonical(identifier: str) -> tuple[IdentifierType, str]:
    """The type of an identifier and the form it is compared in. Raises: FieldFormat."""
    text = trimmed(identifier)
    if text.startswith("+"):
        return "phone_number", normal_phone(text, param="identifier").canonical
    domain = _DOMAIN.fullmatch(text.lower()) if len(text) <= 255 else None
    if domain is not None:
        return "email_address", f"*@{domain[1]}"
    return "email_address", normal_email(text, param="identifier").canonical
