"""Sign-ins: create, prepare, attempt. Statuses and moves are in `sign_in.py`, the guard against guessing in `sign_in_protection.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sojourn.errors import (
    Conflict,
    FieldError,
    FieldMissing,
    IdentifierAlreadySignedIn,
    NotFound,
    SessionExists,
    StrategyNotBuilt,
    StrategyNotPossible,
    UnknownIdentifier,
)
from sojourn.factors.factor import (
    CODE_STRATEGIES,
    EMAIL_CODE,
    PASSWORD,
    RESET_CODE,
    TICKET,
    Factor,
    offered,
    offered_to_anyone,
)
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.verification import Verification
from sojourn.ids import SignInId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client
from sojourn.sessions.clients import Clients, begin_attempt, rotate
from sojourn.sign_ins.codes import SignInCodes
from sojourn.sign_ins.identifying import Identifying
from sojourn.sign_ins.session_start import SessionStart
from sojourn.sign_ins.sign_in import (
    SignIn,
    SignInStatus,
    after_first_factor,
    after_new_password,
    begun,
    owed_after,
    require,
    with_session,
)
from sojourn.sign_ins.sign_in_protection import SignInProtection
from sojourn.sign_ins.ticket import Ticket, TicketStatus
from sojourn.store.interface import Groups, Store
from sojourn.users.accounts import Accounts
from sojourn.users.standing import refuse_banned
from sojourn.users.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInInput:
    """What a create may carry; `strategy` None with an identifier only names who signs in."""

    strategy: str | None = None
    identifier: str | None = None
    password: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    strategy: str
    password: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What an answer shows of a sign-in."""

    sign_in: SignIn
    user: User | None
    verification: Verification | None
    factors: Sequence[Factor]


@dataclass(frozen=True, slots=True)
class SignIns:
    store: Store
    clock: Clock
    clients: Clients
    codes: SignInCodes
    sign_in_protection: SignInProtection
    session_start: SessionStart
    accounts: Accounts
    identifying: Identifying

    # -- create

    async def create(self, caller: Caller, given: SignInInput) -> tuple[SignIn, Issued]:
        """Begin a sign-in, replacing the client's current one; with a password or ticket, finish it at once.

        Raises: SessionExists, UnknownIdentifier (never in strict protection), WrongPassword, UserLocked, FieldMissing …
        """
        await self._refuse_signed_in(caller)
        if given.strategy == TICKET:
            return await self._with_ticket(caller, given.ticket)
        if given.strategy not in (None, PASSWORD, *CODE_STRATEGIES):
            raise StrategyNotBuilt(param="strategy")
        if not given.identifier:
            raise FieldMissing("identifier")
        async with self.sign_in_protection.held(
            caller.instance, answers_too=not _wants_password(given), typed=given.password
        ):
            return await self._begin(caller, given, given.identifier)

    async def _begin(self, caller: Caller, given: SignInInput, typed: str) -> tuple[SignIn, Issued]:
        user, identifier = await self.identifying.who(caller.instance, typed)
        if user is None and not is_strict(caller.instance):
            raise UnknownIdentifier(param="identifier")
        if user is not None and not is_strict(caller.instance):
            await self._refuse_twice(caller, user)
        issued = self.clients.proposed(caller)
        now, user_id = self.clock.now(), user.id if user else None
        sign_in = begun(caller.instance.id, issued.client.id, now, identifier=identifier, user_id=user_id)
        if _wants_password(given):  # checked before anything is written: a wrong one leaves no attempt behind
            upgraded = await self.sign_in_protection.check_password(caller, user, given.password or "")
            assert user is not None
            async with self.sign_in_protection.proven(caller, user, by_password=True), self.store.transaction() as tx:
                await self.clients.write(tx, issued)
                await tx.sign_ins.create(sign_in)
                return await self._finish(tx, caller, issued, sign_in, user, PASSWORD, upgraded=upgraded)
        async with self.store.transaction() as tx:
            await self.clients.write(tx, issued)
            await tx.sign_ins.create(sign_in)
            issued = await begin_attempt(tx, issued, now, sign_in_id=sign_in.id)
            if given.strategy in CODE_STRATEGIES:
                strategy = given.strategy or EMAIL_CODE
                address = self.codes.address_for(caller.instance, sign_in, user, strategy, None)
                sign_in = await self.codes.send(tx, caller, sign_in, user, strategy, address)
        return sign_in, issued

    async def _with_ticket(self, caller: Caller, ticket_text: str | None) -> tuple[SignIn, Issued]:
        if not ticket_text:
            raise FieldMissing("ticket")
        ticket = await self.store.tickets.find_by_secret(caller.instance.id, Secret(ticket_text).stored_form())
        now = self.clock.now()
        if ticket is None or ticket.status_at(now) is not TicketStatus.PENDING:
            raise FieldError(
                "This sign-in link has been used, revoked or has expired. Ask for a new one.", param="ticket"
            )
        user = await self.accounts.get(caller.instance, ticket.user_id)
        refuse_banned(user)
        await self.sign_in_protection.refuse_locked(caller, user)
        issued = self.clients.proposed(caller)
        identifier = user.primary_email_address.value if user.primary_email_address else user.username
        sign_in = begun(caller.instance.id, issued.client.id, now, identifier=identifier, user_id=user.id)
        async with self.store.transaction() as tx:
            if await tx.tickets.finish(caller.instance.id, ticket.id, TicketStatus.ACCEPTED, now) is None:
                raise FieldError("This sign-in link has just been used.", param="ticket")
            await self.clients.write(tx, issued)
            await tx.sign_ins.create(sign_in)
            return await self._finish(tx, caller, issued, sign_in, user, TICKET, ticket=ticket)

    # -- steps

    async def get(self, caller: Caller, id: str) -> SignIn:
        """Raises: NotFound, also when it is another client's (R-FLOW-03)."""
        found = await self.store.sign_ins.find(caller.instance.id, SignInId(id)) if well_formed(id) else None
        if found is None or caller.client is None or found.client_id != caller.client.id:
            raise NotFound("This browser has no sign-in with that id. Start again.")
        return found

    async def prepare_first_factor(
        self, caller: Caller, id: str, strategy: str, email_address_id: str | None
    ) -> tuple[SignIn, Issued]:
        """Send a code; asking again sends a new one and ends the old. Of two who ask at once, both are told of the same code.

        Raises: NotFound, WrongStep, StrategyNotPossible, Conflict.
        """
        sign_in = await self.get(caller, id)
        require(sign_in, SignInStatus.NEEDS_FIRST_FACTOR, self.clock.now())
        if strategy not in CODE_STRATEGIES:
            raise StrategyNotPossible(param="strategy") if strategy == PASSWORD else StrategyNotBuilt(param="strategy")
        user = await self._user_of(sign_in)
        async with self.sign_in_protection.held(caller.instance, answers_too=True):
            address = self.codes.address_for(caller.instance, sign_in, user, strategy, email_address_id)
            try:
                async with self.store.transaction() as tx:
                    moved = await self.codes.send(tx, caller, sign_in, user, strategy, address)
            except Conflict:
                moved = await self.get(caller, id)
                require(moved, SignInStatus.NEEDS_FIRST_FACTOR, self.clock.now())
                if moved.verification_id == sign_in.verification_id or not await self.codes.is_sent(
                    moved, strategy, address
                ):
                    raise
        return moved, Issued(_client_of(caller))

    async def attempt_first_factor(self, caller: Caller, id: str, proof: Proof) -> tuple[SignIn, Issued]:
        """Check one proof and move the sign-in on.

        Raises: NotFound, WrongStep, WrongPassword, WrongCode, VerificationFailed, VerificationExpired, UserLocked, Conflict.
        """
        sign_in = await self.get(caller, id)
        require(sign_in, SignInStatus.NEEDS_FIRST_FACTOR, self.clock.now())
        user = await self._user_of(sign_in)
        async with self.sign_in_protection.held(caller.instance, typed=proof.password):
            if proof.strategy == PASSWORD:
                return await self._attempt_password(caller, sign_in, user, proof.password)
            if proof.strategy in CODE_STRATEGIES:
                return await self._attempt_code(caller, sign_in, user, proof)
        raise StrategyNotBuilt(param="strategy")

    async def _attempt_password(
        self, caller: Caller, sign_in: SignIn, user: User | None, password: str | None
    ) -> tuple[SignIn, Issued]:
        if not password:
            raise FieldMissing("password")
        upgraded = await self.sign_in_protection.check_password(caller, user, password)
        assert user is not None
        async with self.sign_in_protection.proven(caller, user, by_password=True), self.store.transaction() as tx:
            return await self._finish(
                tx, caller, Issued(_client_of(caller)), sign_in, user, PASSWORD, upgraded=upgraded
            )

    async def _attempt_code(
        self, caller: Caller, sign_in: SignIn, user: User | None, proof: Proof
    ) -> tuple[SignIn, Issued]:
        if not proof.code:
            raise FieldMissing("code")
        if sign_in.verification_id is None or sign_in.strategy != proof.strategy:
            raise StrategyNotPossible("Ask for a code first.", param="strategy")
        challenge = await self.codes.check(caller, user, sign_in.verification_id, proof.code)
        assert user is not None
        refuse_banned(user)
        now = self.clock.now()
        async with self.sign_in_protection.proven(caller, user, by_password=False), self.store.transaction() as tx:
            await self.codes.codes.consume(tx, caller.instance, challenge)
            if proof.strategy == RESET_CODE:
                moved = after_first_factor(sign_in, owed_after(by_reset_code=True, has_second_factor=False), now)
                await tx.sign_ins.move(sign_in, moved)
                return moved, await rotate(
                    tx, _client_of(caller), now
                )  # what is proven is the prover's alone (R-FLOW-01)
            admitted = None if challenge.admitted_at is None else challenge.owner_id
            return await self._finish(
                tx, caller, Issued(_client_of(caller)), sign_in, user, EMAIL_CODE, admitted=admitted
            )

    async def reset_password(
        self, caller: Caller, id: str, password: str | None, *, sign_out_others: bool = True
    ) -> tuple[SignIn, Issued]:
        """Set the new password after a proven reset code, then complete. Raises: WrongStep, PasswordTooShort …"""
        sign_in = await self.get(caller, id)
        require(sign_in, SignInStatus.NEEDS_NEW_PASSWORD, self.clock.now())
        if not password:
            raise FieldMissing("password")
        user = await self._user_of(sign_in)
        if user is None:
            raise NotFound("This account is gone.")
        stored = await self.accounts.passwords.new(caller.instance, user, password)
        async with self.store.transaction() as tx:
            # the reset code proves the address, whatever happens to sessions: R-PWD-11
            user = await self.accounts.passwords.replace(
                tx, caller.instance, user, stored, sign_out_others=sign_out_others, keep=None, keep_sign_in=sign_in.id
            )
            return await self._finish(tx, caller, Issued(_client_of(caller)), sign_in, user, RESET_CODE)

    async def facts(self, instance: Instance, sign_in: SignIn) -> SignInFacts:
        user = await self._user_of(sign_in)
        verification = None
        if sign_in.verification_id is not None:
            verification = await self.store.verifications.find(instance.id, sign_in.verification_id)
        if is_strict(instance) and sign_in.status is not SignInStatus.COMPLETE:
            factors = offered_to_anyone(sign_in.identifier or "", self.codes.codes.key)
            return SignInFacts(sign_in, None, verification, factors)
        return SignInFacts(sign_in, user, verification, offered(user, sign_in.identifier) if user else [])

    # -- shared by the steps

    async def _finish(
        self,
        tx: Groups,
        caller: Caller,
        issued: Issued,
        sign_in: SignIn,
        user: User,
        strategy: str,
        *,
        upgraded: StoredPassword | None = None,
        ticket: Ticket | None = None,
        admitted: str | None = None,
    ) -> tuple[SignIn, Issued]:
        moved = _moved_on(replace(sign_in, strategy=strategy), self.clock.now())
        device = await self.sign_in_protection.devices.named(caller, user, tx=tx)
        counted = admitted or device  # tries of a browser that a link admitted are not those of strangers
        await self.sign_in_protection.forgive(tx, caller, user, device=counted, by_password=strategy == PASSWORD)
        if upgraded is not None and user.password is not None:
            await tx.users.upgrade_password(user.id, user.password, upgraded)
        session, rotated = await self.session_start.start_session(
            tx,
            caller,
            issued,
            user,
            strategy,
            known_device=device is not None,
            actor=ticket.actor if ticket else None,
            longest=ticket.session_max if ticket else None,
        )
        done = with_session(moved, session.id)
        await tx.sign_ins.move(sign_in, done)
        return done, rotated

    async def _user_of(self, sign_in: SignIn) -> User | None:
        if sign_in.user_id is None:
            return None
        return await self.store.users.find(sign_in.instance_id, sign_in.user_id)

    async def _refuse_signed_in(self, caller: Caller) -> None:
        if caller.client is None or not caller.instance.settings.sessions.single_session_mode:
            return
        view = await self.clients.view(caller.client)
        if view.sessions:
            raise SessionExists()

    async def _refuse_twice(self, caller: Caller, user: User) -> None:
        for session in (await self.clients.view(caller.client)).sessions if caller.client else ():
            if session.user_id == user.id:
                raise IdentifierAlreadySignedIn(param="identifier", meta={"session_id": session.id})


def _wants_password(given: SignInInput) -> bool:
    return given.password is not None and given.strategy in (None, PASSWORD)


def _moved_on(sign_in: SignIn, now: Instant) -> SignIn:
    """The sign-in after the step it waits for. Nobody has a second factor yet, so nothing more is owed."""
    if sign_in.status is SignInStatus.NEEDS_NEW_PASSWORD:
        return after_new_password(sign_in, (), now)
    return after_first_factor(sign_in, owed_after(by_reset_code=False, has_second_factor=False), now)


def _client_of(caller: Caller) -> Client:
    if caller.client is None:
        raise NotFound("This browser has no sign-in. Start again.")
    return caller.client
