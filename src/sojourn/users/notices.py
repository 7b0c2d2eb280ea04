"""E-mail notices to the user about changes of their account (R-PWD-11, R-LOG-04, R-OTP-06)."""

from collections.abc import Iterable, Mapping
from typing import Literal

from sojourn.events.outbox import Outbox
from sojourn.instances.instance import Instance
from sojourn.store.interface import Groups
from sojourn.users.user import Identifier, User

Notice = Literal[
    "password_changed", "password_disabled", "password_compromised", "address_added", "address_removed",
    "address_changed", "credential_added", "credential_removed", "account_locked", "account_locked_by_administrator", "impersonated",
]  # fmt: skip


async def notify(
    outbox: Outbox,
    tx: Groups,
    instance: Instance,
    notice: Notice,
    user: User,
    values: Mapping[str, str] | None = None,
    *,
    also: Iterable[Identifier] = (),
) -> None:
    """Queue the notice to every verified e-mail address of the user and to `also`, in the transaction of the change."""
    verified = (identifier.value for identifier in user.email_addresses if identifier.is_verified)
    for address in dict.fromkeys([*verified, *(identifier.value for identifier in also)]):
        await outbox.mail(tx, instance, notice, address, values or {})


async def notify_of_new_primary(outbox: Outbox, tx: Groups, instance: Instance, before: User, after: User) -> None:
    """Notify both the old and the new primary e-mail address if it has changed."""
    old, new = before.primary_email_address, after.primary_email_address
    if old is None or new is None or old.canonical == new.canonical:
        return
    await notify(
        outbox, tx, instance, "address_changed", after, {"address": new.value}, also=[old] if old.is_verified else []
    )
