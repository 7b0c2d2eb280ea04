"""Resolve the user that a command names by ID or e-mail address."""

from typing import TYPE_CHECKING

from sojourn.errors import NotFound
from sojourn.ids import UserId
from sojourn.store.interface import Page, UserFilter

if TYPE_CHECKING:
    from sojourn.engine import Engine


async def user_id_of(engine: "Engine", named: str) -> UserId:
    """The user ID for an ID or e-mail address. An unverified address identifies no user.

    Raises: NotFound for an unknown address, FieldFormat for an invalid one.
    """
    from sojourn.users.identifiers import normal_email

    if "@" not in named:
        return UserId(named)
    address = normal_email(named, param="user").canonical
    for user in await engine.accounts.list(engine.instance, UserFilter(email_addresses=[address]), Page(10)):
        if any(identifier.canonical == address and identifier.is_held for identifier in user.email_addresses):
            return user.id
    raise NotFound(f"No user has the e-mail address {named}.")
