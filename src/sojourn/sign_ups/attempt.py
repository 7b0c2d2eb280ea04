"""Sign-ups: create, fill in, verify. What is still missing is decided in `sign_up.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from msgspec import UNSET, UnsetType

from sojourn.errors import (
    Conflict,
    FieldError,
    FieldMissing,
    IdentifierTaken,
    Json,
    NotFound,
    SessionExists,
    SignUpRestricted,
    StrategyNotBuilt,
    StrategyNotPossible,
    VerificationExpired,
)
from sojourn.factors.factor import Address, Attempt
from sojourn.factors.factor_set import Chosen
from sojourn.factors.hash_pool import HashPool
from sojourn.factors.password_policy import check_bounds, check_new_password
from sojourn.factors.strategy import Proof, Purpose, Strategy
from sojourn.factors.verification import Verification
from sojourn.ids import InstanceId, SignUpId, VerificationId, identifier_id, user_id, well_formed
from sojourn.instances.access_lists import AccessLists
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock, Instant
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client
from sojourn.sessions.clients import Clients, begin_attempt, rotate
from sojourn.sign_ins.session_start import SessionStart
from sojourn.sign_ins.sign_in_protection import SignInProtection
from sojourn.sign_ups.sign_up import SignUp, SignUpStatus, after_code, begun, completed, is_ready, require_open
from sojourn.store.interface import Groups, Store, UserFilter
from sojourn.users.accounts import checked_metadata
from sojourn.users.address_verification import AddressProofs
from sojourn.users.identifiers import normal_email, normal_name, normal_username
from sojourn.users.new_user import checked_external_id
from sojourn.users.user import Identifier, IdentifierKind, User


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpInput:
    """The input of a create or update; None means not given. A browser can set nothing else (R-INP-04)."""

    email_address: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    password: str | None = None
    unsafe_metadata: Mapping[str, Json] | None = None
    locale: str | None = None
    strategy: str | None = None


@dataclass(frozen=True, slots=True)
class SignUpFacts:
    """The data for the response about a sign-up; `strategies` can verify its address."""

    sign_up: SignUp
    verification: Verification | None
    strategies: Sequence[str]


@dataclass(frozen=True, slots=True)
class SignUps:
    store: Store
    clock: Clock
    clients: Clients
    proofs: AddressProofs
    sign_in_protection: SignInProtection
    session_start: SessionStart
    hash_pool: HashPool
    access_lists: AccessLists

    async def create(self, caller: Caller, given: SignUpInput) -> tuple[SignUp, Issued]:
        """Begin a sign-up, replacing the client's current one, and complete it if nothing is missing.

        Raises: SessionExists, SignUpRestricted, NotAllowedAccess, IdentifierTaken (never in strict protection), FieldError …
        """
        if caller.instance.settings.sign_up.mode == "restricted":
            raise SignUpRestricted()
        if caller.client is not None and caller.instance.settings.sessions.single_session_mode:
            if (await self.clients.view(caller.client)).sessions:
                raise SessionExists()
        self._check_strategy(caller.instance, given.strategy)
        now = self.clock.now()
        async with self.sign_in_protection.held(caller.instance, answers_too=True):
            issued = self.clients.proposed(caller)
            sign_up = await self._filled_in(caller.instance, begun(caller.instance.id, issued.client.id, now), given)
            async with self.store.transaction() as tx:
                await self.clients.write(tx, issued)
                await tx.sign_ups.create(sign_up)
                issued = await begin_attempt(tx, issued, now, sign_up_id=sign_up.id)
                return await self._finish_if_ready(tx, caller, issued, sign_up)

    async def get(self, caller: Caller, id: str) -> SignUp:
        """Raises: NotFound, also for another client's sign-up (R-FLOW-03)."""
        found = await self.store.sign_ups.find(caller.instance.id, SignUpId(id)) if well_formed(id) else None
        if found is None or caller.client is None or found.client_id != caller.client.id:
            raise NotFound("This browser has no sign-up with that id. Start again.")
        return found

    async def update(self, caller: Caller, id: str, given: SignUpInput) -> tuple[SignUp, Issued]:
        """Fill in or replace fields; a new address needs a new code. Raises: as `create`, Conflict."""
        sign_up = await self._open(caller, id)
        self._check_strategy(caller.instance, given.strategy)
        async with self.sign_in_protection.held(caller.instance, answers_too=True):
            filled = await self._filled_in(caller.instance, sign_up, given)
            async with self.store.transaction() as tx:
                await tx.sign_ups.move(sign_up, filled)
                return await self._finish_if_ready(tx, caller, self._issued(caller), filled)

    async def prepare_verification(self, caller: Caller, id: str, strategy: str) -> tuple[SignUp, Issued]:
        """Send a code to the address; a repeated request sends a new one. Two concurrent requests send one code.

        Raises: StrategyNotPossible, FieldMissing, Conflict.
        """
        sign_up = await self._open(caller, id)
        chosen = self.proofs.find(caller.instance, Purpose.SIGN_UP, strategy)
        if sign_up.email_address is None:
            raise FieldMissing("email_address")
        attempt = await self._attempt(caller.instance, sign_up, chosen.strategy)
        async with self.sign_in_protection.held(caller.instance, answers_too=True):
            challenge = await chosen.factor.challenge(attempt)
            if challenge is None:
                raise StrategyNotBuilt(param="strategy")
            try:
                async with self.store.transaction() as tx:
                    verification = await challenge.record(tx)
                    moved = replace(sign_up, verification_id=verification.id, updated_at=self.clock.now())
                    await tx.sign_ups.move(sign_up, moved)
            except Conflict:
                moved = await self._open(caller, id)
                if (
                    moved.verification_id in (None, sign_up.verification_id)
                    or moved.email_canonical != sign_up.email_canonical
                ):
                    raise
        return moved, self._issued(caller)

    async def attempt_verification(
        self, caller: Caller, id: str, strategy: str, code: str | None
    ) -> tuple[SignUp, Issued]:
        """Check the code, and complete the sign-up if nothing else is missing.

        Raises: WrongCode, VerificationFailed, VerificationExpired.
        """
        sign_up = await self._open(caller, id)
        chosen = self.proofs.find(caller.instance, Purpose.SIGN_UP, strategy)
        if sign_up.verification_id is None:
            raise StrategyNotPossible("Request a code first.", param="strategy")
        proof = Proof(strategy=strategy, code=code)
        if not proof.of(chosen.strategy.field):
            raise FieldMissing(chosen.strategy.field)
        return await self._try(caller, sign_up, sign_up.verification_id, chosen, proof)

    async def resume(self, caller: Caller, state: str, query: Mapping[str, str]) -> tuple[SignUp, Issued]:
        """Go on with a proof of the address that came as a query, such as a link in a mail: once, in the browser that began.

        Raises: as `SignIns.resume`.
        """
        challenge = await self.proofs.challenges.of_state(caller.instance, state, (Purpose.SIGN_UP,))
        sign_up = await self._open(caller, challenge.owner_id)
        if sign_up.verification_id != challenge.id:
            raise VerificationExpired()
        chosen = self.proofs.find(caller.instance, Purpose.SIGN_UP, challenge.strategy)
        proof = Proof(strategy=challenge.strategy, state=state, query=query)
        return await self._try(caller, sign_up, challenge.id, chosen, proof)

    async def _try(
        self, caller: Caller, sign_up: SignUp, id: VerificationId, chosen: Chosen, proof: Proof
    ) -> tuple[SignUp, Issued]:
        async with self.sign_in_protection.held(caller.instance):
            attempt = await self._attempt(caller.instance, sign_up, chosen.strategy)
            attempt = await self.sign_in_protection.challenged(attempt, id, proof)
            proven = await chosen.factor.check(attempt, proof, None)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            await proven.consume(tx)
            moved = after_code(sign_up, now)
            await tx.sign_ups.move(sign_up, moved)
            done, issued = await self._finish_if_ready(tx, caller, self._issued(caller), moved)
            if (
                done.status is not SignUpStatus.COMPLETE
            ):  # the verified sign-up belongs only to the browser that proved it (R-FLOW-01)
                issued = await rotate(tx, issued.client, now)
            return done, issued

    # -- what a server with the secret key sees and says

    async def find(self, instance: Instance, id: str) -> SignUp:
        """A sign-up of any browser. Raises: NotFound."""
        found = await self.store.sign_ups.find(instance.id, SignUpId(id)) if well_formed(id) else None
        if found is None:
            raise NotFound("No sign-up with that id exists here.")
        return found

    async def annotate(
        self,
        instance: Instance,
        id: str,
        *,
        external_id: str | None | UnsetType = UNSET,
        custom_action: bool | UnsetType = UNSET,
    ) -> SignUp:
        """Set what the browser cannot; the new user gets the external id. UNSET leaves it, None clears it.

        Raises: NotFound, WrongStep (complete), VerificationExpired (abandoned), IdentifierTaken, FieldError, Conflict.
        """
        before = await self.find(instance, id)
        require_open(before, self.clock.now())
        external_id = checked_external_id(external_id, before.external_id)
        if external_id and await self.store.users.count(instance.id, UserFilter(external_ids=[f"+{external_id}"])):
            raise IdentifierTaken("A user with that external id exists.", param="external_id")
        now = max(
            self.clock.now(), Instant(before.updated_at.millis + 1)
        )  # `updated_at` must change, so that of two concurrent writers one loses
        action = before.custom_action if isinstance(custom_action, UnsetType) else custom_action
        after = replace(before, external_id=external_id, custom_action=action, updated_at=now)
        async with self.store.transaction() as tx:
            await tx.sign_ups.move(before, after)
        return after

    async def current(self, instance: Instance, client: Client) -> SignUpFacts | None:
        """The client's attempt, while it can still go on."""
        found = await self.store.sign_ups.find(instance.id, client.sign_up_id) if client.sign_up_id else None
        over = (SignUpStatus.COMPLETE, SignUpStatus.ABANDONED)
        return None if found is None or found.status_at(self.clock.now()) in over else await self.facts(instance, found)

    async def facts(self, instance: Instance, sign_up: SignUp) -> SignUpFacts:
        id, sent = sign_up.verification_id, self.proofs.factors.strategies(instance, purpose=Purpose.SIGN_UP)
        strategies = [strategy.name for strategy in sent if strategy.is_challenged]
        found = None if id is None else await self.store.verifications.find(instance.id, id)
        return SignUpFacts(sign_up, found, strategies)

    # -- shared by the steps

    def _check_strategy(self, instance: Instance, strategy: str | None) -> None:
        """Raises: StrategyNotBuilt."""
        if strategy is not None:
            self.proofs.factors.find(instance, strategy, Purpose.SIGN_UP)

    async def _open(self, caller: Caller, id: str) -> SignUp:
        sign_up = await self.get(caller, id)
        require_open(sign_up, self.clock.now())
        return sign_up

    async def _filled_in(self, instance: Instance, sign_up: SignUp, given: SignUpInput) -> SignUp:
        """The sign-up with the given fields checked and set; every field is checked before any is stored."""
        rules = instance.settings.sign_up
        filled = replace(sign_up, updated_at=self.clock.now())
        if given.email_address is not None:
            filled = await self._with_email(instance, filled, given.email_address)
        if given.username is not None and rules.username != "off":
            name = normal_username(given.username, param="username")
            if await self.store.users.find_by_username(instance.id, name.canonical) is not None:
                raise IdentifierTaken("That username is taken. Please try another.", param="username")
            filled = replace(filled, username=name.name, username_key=name.canonical)
        if given.first_name is not None and rules.first_name != "off":
            filled = replace(filled, first_name=normal_name(given.first_name, param="first_name"))
        if given.last_name is not None and rules.last_name != "off":
            filled = replace(filled, last_name=normal_name(given.last_name, param="last_name"))
        if given.unsafe_metadata is not None:
            filled = replace(filled, unsafe_metadata=checked_metadata(given.unsafe_metadata, "unsafe_metadata"))
        if given.locale is not None:
            filled = replace(filled, locale=given.locale[:35])
        if given.password is not None:
            if rules.password == "off":
                raise FieldError("Passwords are not used by this application.", param="password")
            check_bounds(given.password, param="password")
            check = partial(
                check_new_password,
                given.password,
                param="password",
                min_length=instance.settings.protection.password_min_length,
                context=[instance.settings.application_name, filled.email_address or "", filled.username or ""],
            )
            async with self.hash_pool.reserved() as slot:
                await slot.aside(check)  # the list of common passwords is loaded at first use
                filled = replace(filled, password=await slot.hash(given.password))
        return filled

    async def _with_email(self, instance: Instance, sign_up: SignUp, typed: str) -> SignUp:
        email = normal_email(typed, param="email_address")
        if email.canonical == sign_up.email_canonical:
            return sign_up
        await self.access_lists.check_new_address(instance, email.canonical)
        owner = await self._owner(instance.id, email.canonical)
        # without a code in between, a taken address cannot be concealed, so every mode reports it
        can_hide = is_strict(instance) and instance.settings.sign_up.verify_email
        if owner is not None and not can_hide:
            raise IdentifierTaken("That email address is taken. Please try another.", param="email_address")
        return replace(
            sign_up,
            email_address=email.address,
            email_canonical=email.canonical,
            email_taken=owner is not None,
            email_verified_at=None,
            verification_id=None,
        )

    async def _finish_if_ready(
        self, tx: Groups, caller: Caller, issued: Issued, sign_up: SignUp
    ) -> tuple[SignUp, Issued]:
        rules = caller.instance.settings.sign_up
        if not is_ready(sign_up, rules):
            return sign_up, issued
        proven_by = await self._proven_by(tx, sign_up)
        user = self._new_user(sign_up, proven_by)
        await tx.users.create(user)
        session, rotated = await self.session_start.start_session(
            tx, caller, issued, user, proven_by or self._given_at_once(caller.instance), known_device=True
        )
        done = completed(sign_up, rules, self.clock.now(), user_id=user.id, session_id=session.id)
        await tx.sign_ups.move(sign_up, done)
        await self.session_start.sessions.audit.record(
            tx, caller.instance, "user.created", user_id=user.id, target=user.id, device=caller.device
        )
        return done, rotated

    async def _proven_by(self, tx: Groups, sign_up: SignUp) -> str | None:
        """The strategy that has proven the address."""
        if sign_up.email_verified_at is None or sign_up.verification_id is None:
            return None
        found = await tx.verifications.find(sign_up.instance_id, sign_up.verification_id)
        return found.strategy if found else None

    def _given_at_once(self, instance: Instance) -> str:
        """The strategy of a sign-up that has proven no address."""
        strategies = self.proofs.factors.strategies(instance, purpose=Purpose.SIGN_UP)
        return next((strategy.name for strategy in strategies if not strategy.is_challenged), "")

    def _new_user(self, sign_up: SignUp, proven_by: str | None) -> User:
        now = self.clock.now()
        id = user_id()
        email = Identifier(
            id=identifier_id(),
            instance_id=sign_up.instance_id,
            user_id=id,
            kind=IdentifierKind.EMAIL_ADDRESS,
            value=sign_up.email_address or "",
            canonical=sign_up.email_canonical or "",
            verified_at=sign_up.email_verified_at,
            verification_strategy=proven_by,
            reserved=sign_up.email_verified_at is None,
            created_at=now,
            updated_at=now,
        )
        return User(
            id=id,
            instance_id=sign_up.instance_id,
            created_at=now,
            updated_at=now,
            username=sign_up.username,
            username_key=sign_up.username_key,
            first_name=sign_up.first_name,
            last_name=sign_up.last_name,
            external_id=sign_up.external_id,
            primary_email_address_id=email.id,
            password=sign_up.password,
            password_changed_at=now if sign_up.password else None,
            unsafe_metadata=sign_up.unsafe_metadata,
            locale=sign_up.locale,
            identifiers=(email,),
        )

    async def _owner(self, instance_id: InstanceId, canonical: str) -> User | None:
        """The user who has the address. An unverified claim does not stop its owner from signing up with it (R-ADV-01)."""
        found = await self.store.users.find_by_identifier(instance_id, IdentifierKind.EMAIL_ADDRESS, canonical)
        return found if found is not None and found.holds(IdentifierKind.EMAIL_ADDRESS, canonical) else None

    async def _attempt(self, instance: Instance, sign_up: SignUp, strategy: Strategy) -> Attempt:
        """The attempt to verify the sign-up's address; the owner of a taken address gets a notice instead (R-ENU-03)."""
        value = await self._owner_address(sign_up) if sign_up.email_taken else sign_up.email_address
        address = Address(value=value, canonical=sign_up.email_canonical or "", is_taken=sign_up.email_taken)
        return Attempt(
            instance=instance, purpose=Purpose.SIGN_UP, strategy=strategy, owner_id=sign_up.id, address=address
        )

    async def _owner_address(self, sign_up: SignUp) -> str | None:
        """The stored spelling of the address, never the submitted one (R-INP-02)."""
        canonical = sign_up.email_canonical or ""
        owner = await self._owner(sign_up.instance_id, canonical)
        owned = (
            next((address for address in owner.email_addresses if address.canonical == canonical), None)
            if owner
            else None
        )
        return owned.value if owned else None

    def _issued(self, caller: Caller) -> Issued:
        if caller.client is None:
            raise NotFound("This browser has no sign-up. Start again.")
        return Issued(caller.client)
