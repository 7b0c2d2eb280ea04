"""E-mail addresses and phone numbers of users: add, verify, make primary, remove (R-OTP-06, R-INP-01)."""

from dataclasses import dataclass, replace

from sojourn.errors import Conflict, FieldError, LastIdentifier, NotFound
from sojourn.ids import IdentifierId, SessionId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.store.interface import Groups, Store
from sojourn.users.access import end_access, moment_after, unchanged
from sojourn.users.accounts import SERVER, Accounts, Consequence
from sojourn.users.new_user import ADMIN, MAX_ADDRESSES, Status, new_address
from sojourn.users.notices import notify, notify_of_new_primary
from sojourn.users.primary_address import as_only_one, is_last, with_primary, with_verified, without
from sojourn.users.user import Identifier, IdentifierKind, User


@dataclass(frozen=True, slots=True)
class Addresses:
    """Every change also writes the user row, so that of two concurrent removals of the last two addresses one fails."""

    store: Store
    clock: Clock
    accounts: Accounts

    async def get(self, instance: Instance, id: str, kind: IdentifierKind | None = None) -> Identifier:
        """Raises: NotFound, also for an address of another instance or another kind."""
        found = await self.store.users.find_identifier(instance.id, IdentifierId(id)) if well_formed(id) else None
        if found is None or kind not in (None, found.kind):
            raise NotFound("No address with that id exists here.")
        return found

    async def create(
        self,
        instance: Instance,
        user_id: str,
        kind: IdentifierKind,
        value: str,
        *,
        verified: bool = False,
        primary: bool = False,
        actor: str = SERVER,
        also: Consequence | None = None,
    ) -> Identifier:
        """Add an address to the user; the first verified one becomes the primary one. `also` runs first, in the same
        transaction. Raises: NotFound, IdentifierTaken, FieldFormat, FieldError (too many; primary but not verified).
        """
        strategy = ADMIN if verified else None
        owner = await self.accounts.get(instance, user_id)
        youngest = max((identifier.created_at.millis for identifier in owner.identifiers), default=0)
        at = max(self.clock.now(), Instant(youngest + 1))  # the order is oldest first
        address = new_address(instance.id, owner.id, kind, value, at, strategy=strategy)

        def change(user: User, now: Instant) -> User:
            if sum(identifier.kind is kind for identifier in user.identifiers) >= MAX_ADDRESSES:
                raise FieldError(f"A user has at most {MAX_ADDRESSES} of these.", param=kind.value)
            user = replace(user, identifiers=(*user.identifiers, address))
            if verified:
                user = with_verified(user, address)
            return with_primary(user, kind, address.id) if primary else user

        async def then(tx: Groups, before: User, after: User) -> None:
            if also is not None:
                await also(tx, before, after)
            await tx.users.add_identifier(address)
            if verified:
                await self._proven(tx, instance, before, after, address)

        await self.accounts.change(instance, user_id, f"{kind}.created", change, then, actor=actor, target=address.id)
        return address

    async def update(
        self,
        instance: Instance,
        id: str,
        *,
        verified: bool | None = None,
        primary: bool | None = None,
        kind: IdentifierKind | None = None,
        actor: str = SERVER,
    ) -> Identifier:
        """Mark an address verified or unverified, or make it the primary one; None changes nothing. `primary` False
        changes nothing.

        Raises: NotFound, FieldError (primary but not verified), LastIdentifier (the last verified one).
        """
        address = await self.get(instance, id, kind)

        def change(user: User, now: Instant) -> User:
            current = _of(user, address)
            if verified is True and not current.is_verified:
                user = with_verified(user, _verified(current, ADMIN, now))
            if verified is False and current.is_verified:
                if is_last(user, current):
                    raise LastIdentifier(
                        "The last verified address of an account must stay verified.", param="verified"
                    )
                user = without(user, current, kept_unverified=True)
            return with_primary(user, current.kind, current.id) if primary else user

        async def then(tx: Groups, before: User, after: User) -> None:
            now, was = self.clock.now(), _of(before, address).is_verified
            if verified is True and not was:
                await tx.users.verify_identifier(instance.id, address.id, ADMIN, now)
                await self._proven(tx, instance, before, after, address)
                return
            if verified is False and was:
                await tx.users.unverify_identifier(instance.id, address.id, now)
                await self._lost(tx, instance, before, after, address, actor=actor)
            await notify_of_new_primary(self.accounts.outbox, tx, instance, before, after)

        await self.accounts.change(
            instance, address.user_id, f"{address.kind}.updated", change, then, actor=actor, target=address.id
        )
        return await self.get(instance, id)

    async def replace(
        self, instance: Instance, user_id: str, kind: IdentifierKind, value: str, status: Status, *, actor: str = SERVER
    ) -> Identifier:
        """Replace all addresses of a kind by one. An existing address with the same status is kept. Removing a verified
        address ends sessions; the user is notified there and at the new address. Raises: NotFound, IdentifierTaken,
        FieldFormat, LastIdentifier.
        """
        owner = await self.accounts.get(instance, user_id)
        youngest = max((identifier.created_at.millis for identifier in owner.identifiers), default=0)
        at = max(self.clock.now(), Instant(youngest + 1))
        address = new_address(instance.id, owner.id, kind, value, at, strategy=ADMIN if status == "verified" else None)
        address = replace(address, reserved=status == "reserved")

        def change(user: User, now: Instant) -> User:
            return as_only_one(
                user, next((identifier for identifier in user.identifiers if _alike(identifier, address)), address)
            )

        async def then(tx: Groups, before: User, after: User) -> None:
            for identifier in before.identifiers:
                if after.identifier(identifier.id) is None and not await tx.users.remove_identifier(
                    instance.id, identifier.id
                ):
                    raise Conflict()
            for identifier in after.identifiers:
                if before.identifier(identifier.id) is None:
                    await tx.users.add_identifier(identifier)
            await self._replaced(tx, instance, before, after, kind, actor=actor)

        changed = await self.accounts.change(
            instance, user_id, f"{kind}.replaced", change, then, actor=actor, target=address.id
        )
        return next(identifier for identifier in changed.identifiers if identifier.kind is kind)

    async def verify(
        self, tx: Groups, instance: Instance, user: User, address: Identifier, strategy: str, *, actor: str
    ) -> User:
        """Mark the address verified, in the caller's transaction. Raises: Conflict."""
        user = await unchanged(tx, user)
        audit, now = self.accounts.audit, moment_after(user, self.clock.now())
        after = replace(with_verified(user, _verified(address, strategy, now)), updated_at=now)
        await tx.users.save(after, expected=user.updated_at)
        await tx.users.verify_identifier(instance.id, address.id, strategy, now)
        await self._proven(tx, instance, user, after, address)
        await audit.record(tx, instance, f"{address.kind}.verified", user_id=user.id, target=address.id, actor=actor)
        return after

    async def delete(
        self,
        instance: Instance,
        id: str,
        *,
        kind: IdentifierKind | None = None,
        keep: SessionId | None = None,
        actor: str = SERVER,
        also: Consequence | None = None,
    ) -> Identifier:
        """Remove an address. A verified one could be used to sign in, so sessions except `keep` end and the user is
        notified. `also` runs last, in the same transaction. Raises: NotFound, LastIdentifier.
        """
        address = await self.get(instance, id, kind)

        def change(user: User, now: Instant) -> User:
            current = _of(user, address)
            if is_last(user, current):
                raise LastIdentifier()
            return without(user, current)

        async def then(tx: Groups, before: User, after: User) -> None:
            if not await tx.users.remove_identifier(instance.id, address.id):
                raise NotFound("No address with that id exists here.")
            if _of(before, address).is_verified:
                await self._lost(tx, instance, before, after, address, keep=keep, actor=actor)
            if also is not None:
                await also(tx, before, after)

        await self.accounts.change(
            instance, address.user_id, f"{address.kind}.deleted", change, then, actor=actor, target=address.id
        )
        return address

    async def _replaced(
        self, tx: Groups, instance: Instance, before: User, after: User, kind: IdentifierKind, *, actor: str
    ) -> None:
        outbox, had, has = self.accounts.outbox, _proven_of(before, kind), _proven_of(after, kind)
        lost = [value for canonical, value in had.items() if canonical not in has]
        added = [value for canonical, value in has.items() if canonical not in had]
        if kind is IdentifierKind.EMAIL_ADDRESS:
            await notify_of_new_primary(outbox, tx, instance, before, after)
        elif added:
            await notify(outbox, tx, instance, "address_added", before, {"address": added[0]})
        if lost and kind is IdentifierKind.EMAIL_ADDRESS:
            now, cause = self.clock.now(), EndCause.ADDRESS_REPLACED
            await end_access(tx, self.accounts.sessions, instance, after, now, cause, actor=actor)
        if lost:
            await notify(outbox, tx, instance, "address_removed", before, {"address": ", ".join(lost)})

    async def _proven(self, tx: Groups, instance: Instance, before: User, after: User, address: Identifier) -> None:
        outbox, values = self.accounts.outbox, {"address": address.value}
        if any(identifier.is_verified for identifier in before.email_addresses):
            await notify(outbox, tx, instance, "address_added", before, values)
        await notify_of_new_primary(outbox, tx, instance, before, after)

    async def _lost(
        self,
        tx: Groups,
        instance: Instance,
        before: User,
        after: User,
        address: Identifier,
        *,
        actor: str,
        keep: SessionId | None = None,
    ) -> None:
        """A verified e-mail address is a factor, so its loss has the consequences of losing any factor (R-PWD-11)."""
        if address.kind is IdentifierKind.EMAIL_ADDRESS:
            now, cause = self.clock.now(), EndCause.ADDRESS_REMOVED
            await end_access(tx, self.accounts.sessions, instance, after, now, cause, actor=actor, keep=keep)
        await notify(self.accounts.outbox, tx, instance, "address_removed", before, {"address": address.value})


def _of(user: User, address: Identifier) -> Identifier:
    """The current address of the user. Raises: NotFound if it was deleted."""
    current = user.identifier(address.id)
    if current is None:
        raise NotFound("No address with that id exists here.")
    return current


def _alike(identifier: Identifier, wanted: Identifier) -> bool:
    """True if both are the same address with the same status."""
    return (identifier.kind, identifier.canonical, identifier.is_verified, identifier.reserved) == (
        wanted.kind, wanted.canonical, wanted.is_verified, wanted.reserved
    )  # fmt: skip


def _proven_of(user: User, kind: IdentifierKind) -> dict[str, str]:
    """The verified addresses of a kind: canonical form to stored spelling."""
    return {
        identifier.canonical: identifier.value
        for identifier in user.identifiers
        if identifier.kind is kind and identifier.is_verified
    }


def _verified(address: Identifier, strategy: str, now: Instant) -> Identifier:
    return replace(address, verified_at=now, verification_strategy=strategy, reserved=False, updated_at=now)
