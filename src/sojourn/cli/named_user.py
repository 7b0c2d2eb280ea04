"""Whom a command means: by id, or by an e-mail address that is theirs."""

from typing import TYPE_CHECKING

from sojourn.errors import NotFound
from sojourn.ids import UserId
from sojourn.store.interface import Page, UserFilter

if TYPE_CHECKING:
    from sojourn.engine import Engine


async def user_id_of(engine: "Engine", named: str) -> UserId:
    """The id itself, or whose address it is: one that somebody only claims names nobody.

    Raises: NotFound for an address of nobody, FieldFormat for text with an @ that is no address.
    """
    from sojourn.users.identifiers import normal_email

    if "@" not in named:
        return UserId(named)
    address = normal_email(named, param="user").canonical
    for user in await engine.accounts.list(engine.instance, UserFilter(email_addresses=[address]), Page(10)):
        if any(each.canonical == address and each.is_held for each in user.email_addresses):
            return user.id
    raise NotFound(f"Nobody has the address {named} here.")
