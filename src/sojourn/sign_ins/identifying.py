"""Resolves a typed identifier to a user."""

from dataclasses import dataclass

from sojourn.instances.access_lists import AccessLists
from sojourn.instances.instance import Instance
from sojourn.store.interface import Store
from sojourn.users.identifiers import normal_email, normal_phone, normal_username, trimmed
from sojourn.users.user import IdentifierKind, User


@dataclass(frozen=True, slots=True)
class Identifying:
    store: Store
    access_lists: AccessLists

    async def who(self, instance: Instance, typed: str) -> tuple[User | None, str]:
        """The user with that e-mail address, phone number or user name, and its canonical spelling.

        Raises: FieldFormat, NotAllowedAccess.
        """
        typed = trimmed(typed)
        if "@" in typed:
            email = normal_email(typed, param="identifier")
            found = await self.store.users.find_by_identifier(
                instance.id, IdentifierKind.EMAIL_ADDRESS, email.canonical
            )
            await self.access_lists.check_allowed(instance, email.canonical)
            return _only_verified(found, IdentifierKind.EMAIL_ADDRESS, email.canonical), email.canonical
        if typed.startswith("+"):
            phone = normal_phone(typed, param="identifier")
            found = await self.store.users.find_by_identifier(instance.id, IdentifierKind.PHONE_NUMBER, phone.canonical)
            return _only_verified(found, IdentifierKind.PHONE_NUMBER, phone.canonical), phone.canonical
        name = normal_username(typed, param="identifier")
        return await self.store.users.find_by_username(instance.id, name.canonical), name.canonical


def identifier_of(user: User) -> str | None:
    """The identifier of a sign-in whose proof says who it is."""
    return user.primary_email_address.value if user.primary_email_address else user.username


def _only_verified(user: User | None, kind: IdentifierKind, canonical: str) -> User | None:
    """An unverified address identifies no user, unless an administrator reserved it."""
    return user if user is not None and user.holds(kind, canonical) else None
