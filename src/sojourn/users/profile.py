"""Operations of the signed-in user on their own account, limited by the instance's settings and the freshness of the
session.

Every operation takes the acting session. An impersonation session cannot change credentials,
factors or addresses (R-AUZ-06); a sensitive change needs a verification at most ten minutes old (R-SES-12).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from msgspec import UNSET, UnsetType

from sojourn.errors import (
    AlreadyVerified,
    CodeNotSent,
    FeatureOff,
    FieldEmpty,
    FieldMissing,
    FieldUnknown,
    Forbidden,
    Json,
    NotFound,
    PasswordUnchanged,
    ReverificationRequired,
    SessionEnded,
    SignedOut,
)
from sojourn.factors.strategy import Purpose
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import IdentifierId, SessionId
from sojourn.instances.access_lists import AccessLists
from sojourn.instances.instance import Instance
from sojourn.instances.settings import Use
from sojourn.instant import Clock, Instant
from sojourn.limits.budgets import Budgets
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.clients import rotate
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.accounts import Accounts
from sojourn.users.address_verification import AddressProofs
from sojourn.users.addresses import Addresses
from sojourn.users.device_tries import DeviceTries
from sojourn.users.identifiers import normal_email
from sojourn.users.new_user import UserChanges
from sojourn.users.profile_images import ProfileImages
from sojourn.users.user import Identifier, IdentifierKind, User

FRESH = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanges:
    """Everything that users may change about themselves (R-INP-04). UNSET keeps a field, None or an empty text clears
    it.

    `unsafe_metadata` replaces the whole object; `update_metadata` merges.
    """

    first_name: str | None | UnsetType = UNSET
    last_name: str | None | UnsetType = UNSET
    username: str | None | UnsetType = UNSET
    locale: str | None | UnsetType = UNSET
    primary_email_address_id: str | UnsetType = UNSET
    primary_phone_number_id: str | UnsetType = UNSET
    unsafe_metadata: Mapping[str, Json] | UnsetType = UNSET


@dataclass(frozen=True, slots=True)
class Profile:
    store: Store
    clock: Clock
    devices: KnownDevices
    device_tries: DeviceTries
    accounts: Accounts
    addresses: Addresses
    images: ProfileImages
    sessions: Sessions
    proofs: AddressProofs
    budgets: Budgets
    access_lists: AccessLists

    async def update(self, instance: Instance, session: Session, user: User, changes: ProfileChanges) -> User:
        """Change names, the primary address, metadata.

        Raises: FieldUnknown (off in this instance), FieldEmpty (required), IdentifierTaken, ReverificationRequired …
        """
        rules = instance.settings.sign_up
        _check_use("first_name", changes.first_name, rules.first_name)
        _check_use("last_name", changes.last_name, rules.last_name)
        _check_use("username", changes.username, rules.username)
        moves_primary = (
            changes.primary_email_address_id not in (UNSET, user.primary_email_address_id)
            or changes.primary_phone_number_id not in (UNSET, user.primary_phone_number_id)
        )  # fmt: skip
        if moves_primary:
            self._require_fresh(session)
        applied = UserChanges(
            first_name=changes.first_name,
            last_name=changes.last_name,
            username=changes.username,
            locale=changes.locale,
            primary_email_address_id=changes.primary_email_address_id,
            primary_phone_number_id=changes.primary_phone_number_id,
            unsafe_metadata=changes.unsafe_metadata,
        )
        return await self.accounts.update(instance, user.id, applied, actor=_actor(session))

    async def update_metadata(
        self, instance: Instance, session: Session, user: User, unsafe: Mapping[str, Json]
    ) -> User:
        """Merge into `unsafe_metadata`; null deletes a key. Raises: FieldTooLong, FieldFormat."""
        return await self.accounts.merge_metadata(instance, user.id, unsafe=unsafe, actor=_actor(session))

    async def set_image(self, instance: Instance, session: Session, user: User, content: bytes) -> User:
        """Raises: as `ProfileImages.set`."""
        return await self.images.set(instance, user.id, content, actor=_actor(session))

    async def remove_image(self, instance: Instance, session: Session, user: User) -> str:
        """The id of the removed picture. Raises: NotFound if there is none."""
        await self.images.remove(instance, user.id, actor=_actor(session))
        return user.image_id or ""

    # -- password

    async def change_password(
        self,
        caller: Caller,
        session: Session,
        user: User,
        *,
        current: str | None,
        new: str | None,
        sign_out_others: bool = True,
    ) -> tuple[User, Issued]:
        """Replace the password, or set the first one. The acting session stays live, with a new secret (R-PWD-10,
        R-PWD-11).

        Raises: SecretReplaced, WrongPassword (param current_password), ReverificationRequired (no current password and no fresh second
        factor), PasswordUnchanged, PasswordTooShort, PasswordCommon …, UserLocked, Forbidden (impersonated).
        """
        _refuse_impersonated(session)
        if not new:
            raise FieldMissing("new_password")
        if user.password is None:
            self._require_fresh(session)
        elif current:
            await self._prove(caller, user, current)
            if current == new:
                raise PasswordUnchanged(param="new_password")
        elif not _is_fresh(session.second_factor_at, self.clock.now()):
            raise _reverification("second_factor", "Give the current password to change it.", param="current_password")
        passwords, instance = self.accounts.passwords, caller.instance
        stored = await passwords.new(instance, user, new, param="new_password")
        async with self.store.transaction() as tx:
            changed = await passwords.replace(
                tx, instance, user, stored, sign_out_others=sign_out_others, keep=session.id, actor=_actor(session)
            )
            return changed, await self._renewed(tx, caller, session, changed)

    async def remove_password(
        self, caller: Caller, session: Session, user: User, current: str | None
    ) -> tuple[User, Issued]:
        """Raises: SecretReplaced, FieldMissing, WrongPassword, FieldError (the application requires one, or nothing else is left) …"""
        _refuse_impersonated(session)
        if not current:
            raise FieldMissing("current_password")
        await self._prove(caller, user, current)
        passwords, instance = self.accounts.passwords, caller.instance
        passwords.check_removal(instance, user)
        async with self.store.transaction() as tx:
            changed = await passwords.replace(
                tx, instance, user, None, sign_out_others=True, keep=session.id, actor=_actor(session)
            )
            return changed, await self._renewed(tx, caller, session, changed)

    async def _prove(self, caller: Caller, user: User, current: str, *, param: str = "current_password") -> None:
        """Check the current password; only tries on this device count (R-LIM-03)."""
        instance, device = caller.instance, await self.devices.named(caller, user)
        if device is None:  # this user is not signed in on this client anymore
            raise SessionEnded()

        async def count() -> Tries:
            return await self.device_tries.spend(instance, user, device, of_password=True)

        await self.accounts.passwords.prove(instance, user, current, param=param, count=count)
        await self.device_tries.forgive(self.store, instance, user, device)

    async def _renewed(self, tx: Groups, caller: Caller, session: Session, user: User) -> Issued:
        """Issue a new client secret and a newer sign-in mark after a change of credentials.

        Raises: SignedOut, SecretReplaced.
        """
        if caller.client is None:
            raise SignedOut()
        issued = await self.sessions.renew(tx, caller.client, session)
        return replace(issued, mark=self.devices.marked(caller, user))

    # -- e-mail addresses

    def email(self, user: User, id: str) -> Identifier:
        """The user's own address with this ID. Raises: NotFound, also for another user's address (R-AUZ-02)."""
        found = user.identifier(id)
        if found is None or found.kind is not IdentifierKind.EMAIL_ADDRESS:
            raise NotFound("You have no e-mail address with that id.")
        return found

    async def add_email(self, instance: Instance, session: Session, user: User, value: str | None) -> Identifier:
        """Add an unverified address. A user can add the same address only a few times a day, because each time it is
        reserved for a while (docs/decisions/0016). Raises: IdentifierTaken, NotAllowedAccess, TooManyRequests …
        """
        self._require_fresh(session)
        if not value:
            raise FieldMissing("email_address")
        email = normal_email(value, param="email_address")
        await self.access_lists.check_new_address(instance, email.canonical)

        async def count(tx: Groups, before: User, after: User) -> None:
            key = f"{user.id} {email.canonical}"
            await self.budgets.spend(tx, instance, "claims_per_address", key)

        return await self.addresses.create(
            instance, user.id, IdentifierKind.EMAIL_ADDRESS, value, actor=_actor(session), also=count
        )

    async def prepare_email(
        self, instance: Instance, session: Session, user: User, id: str, strategy: str | None
    ) -> tuple[Identifier, Verification]:
        """Send a code to the stored address (R-INP-02).

        Raises: NotFound, AlreadyVerified, StrategyNotPossible, TooManyRequests.
        """
        _refuse_impersonated(session)
        address = self.email(user, id)
        self.proofs.find(instance, Purpose.VERIFY, strategy)
        if address.is_verified:
            raise AlreadyVerified()
        return address, await self.proofs.send(instance, address, strategy)

    async def attempt_email(
        self, caller: Caller, session: Session, user: User, id: str, code: str | None
    ) -> tuple[Identifier, User, Issued]:
        """Verify an address; it becomes the primary one if no other is verified, and the user is notified at the
        others. It can be used to sign in from then on, so the browser gets a new secret (R-FLOW-01). Raises:
        SecretReplaced, NotFound, AlreadyVerified, CodeNotSent, WrongCode, VerificationExpired …
        """
        _refuse_impersonated(session)
        address = self.email(user, id)
        if address.is_verified:
            raise AlreadyVerified()
        if not code:
            raise FieldMissing("code")
        instance = caller.instance
        newest = await self.store.verifications.newest_of(instance.id, address.id)
        if newest is None:
            raise CodeNotSent()
        challenge = await self.proofs.spend(instance, newest.id)
        proven = await self.proofs.check(instance, address, challenge, code)
        async with self.store.transaction() as tx:
            await proven.consume(tx)
            after = await self.addresses.verify(tx, instance, user, address, challenge.strategy, actor=_actor(session))
            issued = await self._renewed(tx, caller, session, after)
        return self.email(after, id), after, issued

    async def remove_email(
        self, caller: Caller, session: Session, user: User, id: str
    ) -> tuple[Identifier, Issued | None]:
        """Remove an address. A verified one could be used to sign in, so the browser gets a new secret.

        Raises: NotFound, LastIdentifier, ReverificationRequired, SecretReplaced.
        """
        self._require_fresh(session)
        address = self.email(user, id)
        issued: Issued | None = None

        async def renewed(tx: Groups, before: User, after: User) -> None:
            nonlocal issued
            if address.is_verified:
                issued = await self._renewed(tx, caller, session, after)

        await self.addresses.delete(caller.instance, address.id, keep=session.id, actor=_actor(session), also=renewed)
        return address, issued

    async def verifications(self, instance: Instance, user: User) -> Mapping[IdentifierId, Verification]:
        """The newest verification of each unverified address, for display."""
        found: dict[IdentifierId, Verification] = {}
        for identifier in user.identifiers:
            if identifier.is_verified:
                continue
            newest = await self.store.verifications.newest_of(instance.id, identifier.id)
            if newest is not None and newest.status is not VerificationStatus.VERIFIED:
                found[identifier.id] = newest
        return found

    # -- sessions and the account itself

    async def end_session(self, caller: Caller, session: Session, user: User, id: str) -> tuple[Session, Issued | None]:
        """End one of the user's own sessions, on any device (R-SES-04). Ending the requesting browser's session is a
        sign-out, with a new secret. Raises: NotFound, ReverificationRequired, SecretReplaced.
        """
        self._require_fresh(session)
        other = await self.sessions.get(caller.instance, SessionId(id))
        if other.user_id != user.id:
            raise NotFound("You have no session with that id.")
        if other.id == session.id:
            return await self.sessions.end(caller, other.id, SessionStatus.REVOKED)
        cause = EndCause.SIGNED_OUT_ELSEWHERE
        if other.client_id == session.client_id:
            return await self.sessions.end(caller, other.id, SessionStatus.REVOKED, cause, session.id)
        actor = _actor(session)
        return await self.sessions.revoke(caller.instance, other.id, actor=actor, cause=cause, by=session.id), None

    async def delete_self(self, caller: Caller, session: Session, user: User) -> Issued:
        """Delete the account. Raises: FeatureOff, ReverificationRequired, Forbidden (impersonated), SecretReplaced."""
        if not (user.delete_self_enabled and caller.instance.settings.delete_self):
            raise FeatureOff("Deleting your own account is not enabled here.")
        self._require_fresh(session)
        if caller.client is None:
            raise SignedOut()
        async with self.store.transaction() as tx:
            await self.accounts.delete_in(tx, caller.instance, user, actor=_actor(session))
            return await rotate(tx, caller.client, self.clock.now())

    def _require_fresh(self, session: Session) -> None:
        """Raises: ReverificationRequired, Forbidden (impersonated)."""
        _refuse_impersonated(session)
        require_fresh(session, self.clock.now())

    async def prove_again(self, caller: Caller, session: Session, user: User, current: str) -> Issued:
        """Prove the password once more, so that sensitive operations are open for ten minutes (R-SES-12).

        Raises: SignedOut, SecretReplaced, Forbidden (impersonated), WrongPassword (param password), StrategyNotPossible …
        """
        _refuse_impersonated(session)
        if caller.client is None:
            raise SignedOut()
        await self._prove(caller, user, current, param="password")
        async with self.store.transaction() as tx:
            issued = await self.sessions.strengthen(tx, caller.client, session, second=False)
        return replace(issued, mark=self.devices.marked(caller, user))


def require_fresh(session: Session, now: Instant) -> None:
    """Raises: ReverificationRequired if no factor of the session is fresh (R-SES-12)."""
    until = fresh_until(session)
    if until is None or now > until:
        raise _reverification("first_factor", "Sign in again, then change this within ten minutes.")


def fresh_until(session: Session) -> Instant | None:
    """Until when sensitive operations are open; None if the session never proved a factor."""
    proven = [at for at in (session.first_factor_at, session.second_factor_at) if at is not None]
    return max(proven) + FRESH if proven else None


def _is_fresh(proven_at: Instant | None, now: Instant) -> bool:
    return proven_at is not None and now.since(proven_at) <= FRESH


def _reverification(level: str, advice: str, *, param: str | None = None) -> ReverificationRequired:
    needed: dict[str, Json] = {"level": level, "after_minutes": int(FRESH.total_seconds() // 60)}
    return ReverificationRequired(advice, param=param, meta={"reverification": needed})


def _refuse_impersonated(session: Session) -> None:
    if session.actor is not None:
        raise Forbidden("An impersonation session cannot change how the user signs in.")


def _actor(session: Session) -> str:
    """The actor for the audit log: the impersonator if there is one (R-AUZ-06)."""
    actor = session.actor.get("sub") if session.actor else None
    return actor if isinstance(actor, str) else session.user_id


def _check_use(name: str, value: str | None | UnsetType, use: Use) -> None:
    if isinstance(value, UnsetType):
        return
    if use == "off":
        raise FieldUnknown(name)
    if use == "required" and not value:
        raise FieldEmpty(name)
