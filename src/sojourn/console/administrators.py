"""Administrators: who they are, how they are invited and join, and which role each has (R-ADM-01, R-FLOW-06)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.console.administrator import (
    FIRST_LIFE,
    INVITATION_LIFE,
    Administrator,
    Invitation,
    InvitationStatus,
)
from sojourn.console.roles import Permission, Role, may
from sojourn.errors import Conflict, FieldMissing, Forbidden, Gone, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import UserId, new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.instances import OPERATOR
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.store.interface import Groups, Store
from sojourn.users.accounts import Accounts
from sojourn.users.identifiers import normal_email
from sojourn.users.new_user import NewUser
from sojourn.users.user import User

_PREFIX = "cin_"
_LAST_OWNER = "This is the only owner. Make somebody else an owner first."


@dataclass(frozen=True, slots=True)
class Joining:
    """The fields of the form that accepts an invitation."""

    email_address: str | None = None
    password: str | None = None
    first_name: str | None = None
    last_name: str | None = None


@dataclass(frozen=True, slots=True)
class Administrators:
    """All methods take the console's instance. `actor` is the acting administrator, None the command line."""

    store: Store
    clock: Clock
    accounts: Accounts
    audit: AuditLog

    # -- read

    async def find(self, console: Instance, user_id: UserId) -> Administrator | None:
        return await self.store.administrators.find(console.id, user_id)

    async def get(self, console: Instance, user_id: str) -> Administrator:
        """Raises: NotFound."""
        found = await self.find(console, UserId(user_id)) if well_formed(user_id) else None
        if found is None:
            raise NotFound("No administrator has that id.")
        return found

    async def all(self, console: Instance) -> Sequence[tuple[Administrator, User]]:
        """Every administrator with their user, oldest first."""
        rows = await self.store.administrators.all(console.id)
        users = await self.accounts.find_many(console, [row.user_id for row in rows])
        return [(row, users[row.user_id]) for row in rows if row.user_id in users]

    async def invitations(self, console: Instance) -> Sequence[Invitation]:
        """The open ones, oldest first."""
        now = self.clock.now()
        return [each for each in await self.store.administrators.invitations(console.id) if each.is_open(now)]

    # -- invite and join

    async def invite_first(self, console: Instance) -> Secret | None:
        """The one-time secret of the first owner, valid for 30 minutes; None if an administrator exists (R-FLOW-06)."""
        if await self.store.administrators.all(console.id):
            return None
        now = self.clock.now()
        async with self.store.transaction() as tx:  # a link of an earlier start must not make another owner
            for each in await tx.administrators.invitations(console.id):
                await tx.administrators.finish_invitation(console.id, each.id, InvitationStatus.REVOKED, now)
        return (await self._invite(console, Role.OWNER, None, None))[1]

    async def invite(
        self, console: Instance, role: Role, email_address: str | None, *, actor: Administrator | None = None
    ) -> tuple[Invitation, Secret]:
        """An invitation and its secret, which is returned only here. Raises: Forbidden (above the actor's role), FieldFormat."""
        address = None if email_address is None else normal_email(email_address, param="email_address").address
        return await self._invite(console, role, address, actor)

    async def revoke_invitation(self, console: Instance, id: str, *, actor: Administrator | None = None) -> None:
        """Raises: NotFound, also for one that was used or has expired."""
        now = self.clock.now()
        async with self.store.transaction() as tx:
            revoked = await tx.administrators.finish_invitation(console.id, id, InvitationStatus.REVOKED, now)
            if revoked is None:
                raise NotFound("No open invitation has that id.")
            _check_reaches(_still(await tx.administrators.lock_all(console.id), actor), revoked.role)
            await self._record(tx, console, "administrator.invitation_revoked", revoked.id, actor)

    async def invited(self, console: Instance, secret: Secret) -> Invitation:
        """The open invitation with this secret. Raises: Gone, for an unknown one too (R-FLOW-06)."""
        found = await self.store.administrators.invitation(console.id, secret.stored_form())
        if found is None or not found.is_open(self.clock.now()):
            raise Gone("This link has been used or has expired. Ask for a new one, or print one with the command line.")
        return found

    async def join(self, console: Instance, secret: Secret, given: Joining) -> User:
        """Use the invitation, and make its holder an administrator; of several at once, one succeeds.

        Raises: Gone, FieldMissing, FieldError, IdentifierTaken, PasswordCommon …
        """
        invitation = await self.invited(console, secret)
        address = invitation.email_address or given.email_address
        if not address:
            raise FieldMissing("email_address")
        if not given.password:
            raise FieldMissing("password")
        new = NewUser(
            email_addresses=[address],
            password=given.password,
            first_name=given.first_name or None,
            last_name=given.last_name or None,
            delete_self_enabled=False,
        )
        made = await self.accounts.prepared(console, new)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            used = await tx.administrators.finish_invitation(console.id, invitation.id, InvitationStatus.ACCEPTED, now)
            if used is None or (used.is_first and await tx.administrators.lock_all(console.id)):
                raise Gone("This link has been used or has expired.")
            await self.accounts.create_in(tx, console, made, actor=used.invited_by)
            await self._add(tx, console, made, used.role, used.invited_by)
        return made

    async def development_owner(self, console: Instance, email_address: str) -> User:
        """The administrator with this address, made an owner at first use: that of `sojourn dev`."""
        for _, user in await self.all(console):
            if any(email.value == email_address for email in user.email_addresses):
                return user
        made = await self.accounts.prepared(
            console, NewUser(email_addresses=[email_address], skip_password_requirement=True, delete_self_enabled=False)
        )
        async with self.store.transaction() as tx:
            await self.accounts.create_in(tx, console, made, actor=OPERATOR)
            await self._add(tx, console, made, Role.OWNER, OPERATOR)
        return made

    # -- change

    async def set_role(
        self, console: Instance, user_id: str, role: Role, *, actor: Administrator | None = None
    ) -> Administrator:
        """Raises: NotFound, Forbidden (above the actor's role), Conflict (the last owner)."""
        async with self.store.transaction() as tx:
            before, actor = await self._held(tx, console, user_id, actor, stays=role is Role.OWNER)
            _check_reaches(actor, role)
            await self._revoke_invitations(tx, console, before, role)
            await tx.administrators.set_role(console.id, before.user_id, role, self.clock.now())
            await self._record(tx, console, "administrator.role_changed", before.user_id, actor, role)
        return await self.get(console, user_id)

    async def remove(self, console: Instance, user_id: str, *, actor: Administrator | None = None) -> None:
        """Remove the administrator, with their account and sessions. Raises: as `set_role`."""
        async with self.store.transaction() as tx:
            before, actor = await self._held(tx, console, user_id, actor, stays=False)
            await self._revoke_invitations(tx, console, before, None)
            await tx.administrators.remove(console.id, before.user_id)
            user = await tx.users.find(console.id, before.user_id)
            by = OPERATOR if actor is None else actor.user_id
            if user is not None:
                await self.accounts.delete_in(tx, console, user, actor=by)
            await self._record(tx, console, "administrator.removed", before.user_id, actor)

    async def _held(
        self, tx: Groups, console: Instance, user_id: str, actor: Administrator | None, *, stays: bool
    ) -> tuple[Administrator, Administrator | None]:
        """The administrator and the actor as they are now, with all of them locked; `stays` is true if the first is an
        owner afterwards. Raises: NotFound, Forbidden, Conflict.
        """
        everybody = await tx.administrators.lock_all(console.id)
        found = next((each for each in everybody if each.user_id == user_id), None)
        if found is None:
            raise NotFound("No administrator has that id.")
        actor = _still(everybody, actor)
        _check_reaches(actor, found.role)
        owners = [each for each in everybody if each.role is Role.OWNER]
        if not stays and [each.user_id for each in owners] == [found.user_id]:
            raise Conflict(_LAST_OWNER)
        return found, actor

    async def _revoke_invitations(self, tx: Groups, console: Instance, by: Administrator, left: Role | None) -> None:
        """Withdraw the open invitations of an administrator that their new role, None for none, could not make (R-AUZ-05)."""
        now = self.clock.now()
        for each in await tx.administrators.invitations(console.id):
            could = left is not None and may(left, Permission.ADMINISTRATORS_WRITE) and left.reaches(each.role)
            if each.invited_by == by.user_id and not could:
                await tx.administrators.finish_invitation(console.id, each.id, InvitationStatus.REVOKED, now)

    async def _invite(
        self, console: Instance, role: Role, address: str | None, actor: Administrator | None
    ) -> tuple[Invitation, Secret]:
        secret, now = Secret.random(_PREFIX), self.clock.now()
        by = OPERATOR if actor is None else actor.user_id
        async with self.store.transaction() as tx:
            everybody = await tx.administrators.lock_all(console.id)
            _check_reaches(_still(everybody, actor), role)
            life = INVITATION_LIFE if everybody else FIRST_LIFE
            invitation = Invitation(
                new_id("cinv_"),
                console.id,
                secret.stored_form(),
                role,
                address,
                InvitationStatus.PENDING,
                now,
                now,
                now + life,
                by,
            )
            await tx.administrators.invite(invitation)
            await self.audit.record(
                tx, console, "administrator.invited", target=invitation.id, actor=by, details={"role": role.value}
            )
        return invitation, secret

    async def _add(self, tx: Groups, console: Instance, user: User, role: Role, by: str) -> None:
        now = self.clock.now()
        await tx.administrators.add(Administrator(user.id, console.id, role, now, now, by))
        await self.audit.record(
            tx, console, "administrator.joined", user_id=user.id, target=user.id, details={"role": role.value}
        )

    async def _record(
        self,
        tx: Groups,
        console: Instance,
        kind: str,
        target: str,
        actor: Administrator | None,
        role: Role | None = None,
    ) -> None:
        by = OPERATOR if actor is None else actor.user_id
        await self.audit.record(
            tx, console, kind, target=target, actor=by, details={} if role is None else {"role": role.value}
        )


def _check_reaches(actor: Administrator | None, role: Role) -> None:
    """Raises: Forbidden (R-ADM-01)."""
    if actor is None:
        return
    if not may(actor.role, Permission.ADMINISTRATORS_WRITE):
        raise Forbidden(f"Your role is {actor.role.value}: you cannot change who administers this server.")
    if not actor.role.reaches(role):
        raise Forbidden(f"Your role is {actor.role.value}: you cannot act on the role {role.value}.")


def _still(everybody: Sequence[Administrator], actor: Administrator | None) -> Administrator | None:
    """The actor as they are now, under the lock. Raises: Forbidden when they no longer are an administrator."""
    if actor is None:
        return None
    found = next((each for each in everybody if each.user_id == actor.user_id), None)
    if found is None:
        raise Forbidden("You are no longer an administrator.")
    return found
