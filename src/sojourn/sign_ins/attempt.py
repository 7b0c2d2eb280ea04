"""Sign-ins: create, prepare, attempt. Statuses and moves are in `sign_in.py`, the guard against guessing in `sign_in_protection.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sojourn.errors import (
    Conflict,
    FieldMissing,
    IdentifierAlreadySignedIn,
    NotFound,
    SessionExists,
    SojournError,
    StrategyNotBuilt,
    StrategyNotPossible,
    UnknownIdentifier,
    VerificationExpired,
)
from sojourn.factors.credential import Credential
from sojourn.factors.factor import Attempt, Challenge, Factor
from sojourn.factors.factor_set import Chosen, FactorSet
from sojourn.factors.offer import Person
from sojourn.factors.strategy import Level, Proof, Purpose, Strategy
from sojourn.factors.verification import Verification
from sojourn.ids import InstanceId, SignInId, UserId, VerificationId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client
from sojourn.sessions.clients import Clients, begin_attempt
from sojourn.sign_ins.codes import SignInCodes
from sojourn.sign_ins.facts import SignInFacts, SignInInput
from sojourn.sign_ins.guesses import CodeGuesses
from sojourn.sign_ins.identifying import Identifying, identifier_of
from sojourn.sign_ins.sign_in import (
    SignIn,
    SignInStatus,
    after_identifier,
    begun,
    challenge_of,
    require,
    waiting_for,
    with_challenge,
)
from sojourn.sign_ins.sign_in_protection import Checked, SignInProtection
from sojourn.sign_ins.steps import Steps
from sojourn.store.interface import Groups, Store
from sojourn.users.account_status import refuse_banned
from sojourn.users.accounts import Accounts
from sojourn.users.user import User

__all__ = ["Proof", "SignInFacts", "SignInInput", "SignIns"]


@dataclass(frozen=True, slots=True)
class SignIns:
    store: Store
    clock: Clock
    clients: Clients
    factors: FactorSet
    codes: SignInCodes
    code_guesses: CodeGuesses
    sign_in_protection: SignInProtection
    steps: Steps
    accounts: Accounts
    identifying: Identifying

    # -- create

    async def create(self, caller: Caller, given: SignInInput) -> tuple[SignIn, Issued]:
        """Begin a sign-in, replacing the client's current one; with a proof that needs no challenge, move it on at once.

        Raises: SessionExists, UnknownIdentifier (never in strict protection), WrongPassword, UserLocked, FieldMissing …
        """
        await self._refuse_signed_in(caller)
        chosen = self.factors.named_by(caller.instance, given.proof)
        if chosen is not None and chosen.strategy.identifies:
            begin = self._unidentified if chosen.strategy.is_challenged else self._by_proof_alone
            return await begin(caller, chosen, given.proof)
        if not given.identifier:
            raise FieldMissing("identifier")
        is_proven = chosen is not None and chosen.strategy.is_answered_by(given.proof)
        async with self.sign_in_protection.held(caller.instance, answers_too=not is_proven, typed=given.password):
            return await self._begin(caller, given, given.identifier, chosen)

    async def _begin(
        self, caller: Caller, given: SignInInput, typed: str, chosen: Chosen | None
    ) -> tuple[SignIn, Issued]:
        user, identifier = await self.identifying.who(caller.instance, typed)
        if user is None and not is_strict(caller.instance):
            raise UnknownIdentifier(param="identifier")
        if user is not None and not is_strict(caller.instance):
            await self._refuse_twice(caller, user)
        issued = self.clients.proposed(caller)
        now, user_id = self.clock.now(), user.id if user else None
        sign_in = begun(caller.instance.id, issued.client.id, now, identifier=identifier, user_id=user_id)
        if chosen is not None and chosen.strategy.is_answered_by(given.proof):
            # checked before anything is written, so that a wrong proof leaves no attempt
            attempt = await self._attempt(caller, sign_in, user, chosen.strategy)
            checked = await self.sign_in_protection.check(caller, chosen.factor, attempt, given.proof)
            return await self._proven(caller, issued, sign_in, checked, is_new=True)
        challenge = None
        if chosen is not None and chosen.strategy.is_challenged:
            challenge = await self._challenge(caller, chosen, sign_in, user)
        async with self.store.transaction() as tx:
            await self.clients.write(tx, issued)
            await tx.sign_ins.create(sign_in)
            issued = await begin_attempt(tx, issued, now, sign_in_id=sign_in.id)
            if challenge is not None and chosen is not None:
                sign_in = await self._sent(tx, sign_in, chosen.strategy, challenge)
        return sign_in, issued

    async def _by_proof_alone(self, caller: Caller, chosen: Chosen, proof: Proof) -> tuple[SignIn, Issued]:
        """Begin with a proof that identifies the user, such as a ticket."""
        if not proof.of(chosen.strategy.field):
            raise FieldMissing(chosen.strategy.field)
        issued, now = self.clients.proposed(caller), self.clock.now()
        attempt = Attempt(
            instance=caller.instance, purpose=Purpose.SIGN_IN, strategy=chosen.strategy, owner_id=issued.client.id
        )
        checked = await self._identified(caller, chosen.factor, attempt, proof)
        identifier, user_id = identifier_of(checked.user), checked.user.id
        sign_in = begun(caller.instance.id, issued.client.id, now, identifier=identifier, user_id=user_id)
        return await self._proven(caller, issued, sign_in, checked, is_new=True)

    async def _unidentified(self, caller: Caller, chosen: Chosen, _: Proof) -> tuple[SignIn, Issued]:
        """Begin with a challenge whose answer will identify the user, such as a provider's."""
        issued, now = self.clients.proposed(caller), self.clock.now()
        sign_in = begun(caller.instance.id, issued.client.id, now, identifier=None, user_id=None)
        challenge = await self._challenge(caller, chosen, sign_in, None)
        async with self.store.transaction() as tx:
            await self.clients.write(tx, issued)
            await tx.sign_ins.create(sign_in)
            issued = await begin_attempt(tx, issued, now, sign_in_id=sign_in.id)
            return await self._sent(tx, sign_in, chosen.strategy, challenge), issued

    async def _identified(self, caller: Caller, factor: Factor, attempt: Attempt, proof: Proof) -> Checked:
        """Raises: NotFound for a user who was deleted, UserBanned, UserLocked."""
        proven = await self.sign_in_protection.check_identifying(caller, factor, attempt, proof)
        user = await self.accounts.get(caller.instance, proven.user_id or UserId(""))
        refuse_banned(user)
        await self.sign_in_protection.refuse_locked(caller, user)
        return Checked(user, proven, attempt)

    # -- steps

    async def get(self, caller: Caller, id: str) -> SignIn:
        """Raises: NotFound, also for another client's sign-in (R-FLOW-03)."""
        found = await self.store.sign_ins.find(caller.instance.id, SignInId(id)) if well_formed(id) else None
        if found is None or caller.client is None or found.client_id != caller.client.id:
            raise NotFound("This browser has no sign-in with that id. Start again.")
        return found

    async def prepare_first_factor(
        self, caller: Caller, id: str, strategy: str, identifier_id: str | None
    ) -> tuple[SignIn, Issued]:
        """Send a code; a repeated request sends a new one and ends the old. Two concurrent requests send one code.

        Raises: NotFound, WrongStep, StrategyNotPossible, Conflict.
        """
        return await self._prepare(caller, id, Level.FIRST, strategy, identifier_id)

    async def prepare_second_factor(
        self, caller: Caller, id: str, strategy: str, identifier_id: str | None
    ) -> tuple[SignIn, Issued]:
        """As `prepare_first_factor`, once that factor is proven."""
        return await self._prepare(caller, id, Level.SECOND, strategy, identifier_id)

    async def _prepare(
        self, caller: Caller, id: str, level: Level, strategy: str, identifier_id: str | None
    ) -> tuple[SignIn, Issued]:
        sign_in = await self.get(caller, id)
        require(sign_in, waiting_for(level), self.clock.now())
        chosen = self._find(caller.instance, strategy, level)
        if not chosen.strategy.is_challenged:
            raise StrategyNotPossible(param="strategy")
        user = await self._user_of(sign_in)
        async with self.sign_in_protection.held(caller.instance, answers_too=True):
            challenge = await self._challenge(caller, chosen, sign_in, user, identifier_id, level)
            try:
                async with self.store.transaction() as tx:
                    moved = await self._sent(tx, sign_in, chosen.strategy, challenge, level)
            except Conflict:
                moved = await self.get(caller, id)
                require(moved, waiting_for(level), self.clock.now())
                before, after = challenge_of(sign_in, level), challenge_of(moved, level)
                if after == before or not await self._is_sent(moved.instance_id, after, strategy, challenge):
                    raise
        return moved, Issued(_client_of(caller))

    async def _challenge(
        self,
        caller: Caller,
        chosen: Chosen,
        sign_in: SignIn,
        user: User | None,
        identifier_id: str | None = None,
        level: Level = Level.FIRST,
    ) -> Challenge:
        """Raises: StrategyNotPossible."""
        attempt = await self._attempt(caller, sign_in, user, chosen.strategy, level)
        device = await self.code_guesses.known_by(caller, user)
        attempt = replace(attempt, chosen=identifier_id, device=device)
        needs_link = await self.code_guesses.needs_link(attempt)
        challenge = await chosen.factor.challenge(replace(attempt, needs_link=needs_link))
        if challenge is None:
            raise StrategyNotPossible(param="strategy")
        return challenge

    async def _sent(
        self, tx: Groups, sign_in: SignIn, strategy: Strategy, challenge: Challenge, level: Level = Level.FIRST
    ) -> SignIn:
        """Raises: TooManyRequests, Conflict."""
        verification = await challenge.record(tx)
        now, identifies = self.clock.now(), strategy.identifies
        moved = with_challenge(sign_in, level, strategy.name, verification.id, now, identifies=identifies)
        await tx.sign_ins.move(sign_in, moved)
        return moved

    async def _is_sent(
        self, instance_id: InstanceId, waiting: tuple[str | None, VerificationId | None], strategy: str, to: Challenge
    ) -> bool:
        """True if the pending code of the sign-in is of this strategy and was sent to this address."""
        sent = await self._challenge_of(instance_id, waiting[1])
        return sent is not None and waiting[0] == strategy and sent.identifier_id in (None, to.identifier_id)

    async def attempt_first_factor(self, caller: Caller, id: str, proof: Proof) -> tuple[SignIn, Issued]:
        """Check one proof and move the sign-in on.

        Raises: NotFound, WrongStep, WrongPassword, WrongCode, VerificationFailed, VerificationExpired, UserLocked, Conflict.
        """
        return await self._try(caller, id, Level.FIRST, proof)

    async def attempt_second_factor(self, caller: Caller, id: str, proof: Proof) -> tuple[SignIn, Issued]:
        """As `attempt_first_factor`, once that factor is proven; tries count towards the same lock."""
        return await self._try(caller, id, Level.SECOND, proof)

    async def _try(self, caller: Caller, id: str, level: Level, proof: Proof) -> tuple[SignIn, Issued]:
        sign_in = await self.get(caller, id)
        require(sign_in, waiting_for(level), self.clock.now())
        chosen = self._find(caller.instance, proof.strategy, level)
        user, strategy = await self._user_of(sign_in), chosen.strategy
        async with self.sign_in_protection.held(caller.instance, typed=proof.password):
            if not proof.of(strategy.field):
                raise FieldMissing(strategy.field)
            attempt = await self._attempt(caller, sign_in, user, strategy, level)
            if strategy.is_challenged and attempt.verification_id is None:
                raise StrategyNotPossible("Request a code first.", param="strategy")
            checked = await self.sign_in_protection.check(caller, chosen.factor, attempt, proof)
            return await self._proven(caller, Issued(_client_of(caller)), sign_in, checked)

    async def resume(self, caller: Caller, state: str, query: Mapping[str, str]) -> tuple[SignIn, Issued]:
        """Go on with a proof that came as a query: the callback of a provider, or a link in a mail (R-OAU-01, R-FLOW-07).

        Only in the browser that began, and once: whatever the proof is worth, it uses the state up. Raises: VerificationExpired
        (unknown, expired, replaced, or of another purpose), VerificationFailed (used), NotFound (of another browser), and as
        `attempt_first_factor`.
        """
        challenges, purposes = self.sign_in_protection.challenges, (Purpose.SIGN_IN, Purpose.RESET)
        challenge = await challenges.of_state(caller.instance, state, purposes)
        sign_in = await self.get(caller, challenge.owner_id)
        level = Level.FIRST if sign_in.verification_id == challenge.id else Level.SECOND
        if challenge_of(sign_in, level)[1] != challenge.id:
            raise VerificationExpired()
        proof = Proof(strategy=challenge.strategy, state=state, query=query)
        if sign_in.status is not SignInStatus.NEEDS_IDENTIFIER:
            return await self._try(caller, sign_in.id, level, proof)
        require(sign_in, SignInStatus.NEEDS_IDENTIFIER, self.clock.now())
        chosen = self.factors.find(caller.instance, proof.strategy, Purpose.SIGN_IN)
        attempt = await self._attempt(caller, sign_in, None, chosen.strategy)
        attempt = await self.sign_in_protection.challenged(attempt, challenge.id, proof)
        checked = await self._identified(caller, chosen.factor, attempt, proof)
        return await self._proven(caller, Issued(_client_of(caller)), sign_in, checked)

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
            raise NotFound("This account no longer exists.")
        stored = await self.accounts.passwords.new(caller.instance, user, password)
        async with self.store.transaction() as tx:
            # the reset code verifies the address in any case (R-PWD-11)
            user = await self.accounts.passwords.replace(
                tx, caller.instance, user, stored, sign_out_others=sign_out_others, keep=None, keep_sign_in=sign_in.id
            )
            return await self.steps.after_new_password(tx, caller, Issued(_client_of(caller)), sign_in, user)

    async def current(self, instance: Instance, client: Client) -> SignInFacts | None:
        """The client's attempt, while it can still go on."""
        found = await self.store.sign_ins.find(instance.id, client.sign_in_id) if client.sign_in_id else None
        over = (SignInStatus.COMPLETE, SignInStatus.ABANDONED)
        return None if found is None or found.status_at(self.clock.now()) in over else await self.facts(instance, found)

    async def facts(self, instance: Instance, sign_in: SignIn) -> SignInFacts:
        user = await self._user_of(sign_in)
        verification = await self._challenge_of(sign_in.instance_id, sign_in.verification_id)
        second = await self._challenge_of(sign_in.instance_id, sign_in.second_verification_id)
        person = None
        if user is not None:
            person = await self.factors.person(self.store, user, sign_in.identifier, self.clock.now())
        owed = None
        if person is not None and sign_in.status is SignInStatus.NEEDS_SECOND_FACTOR:
            owed = self.factors.offers(instance, person, Level.SECOND)  # the first factor is proven
        if is_strict(instance) and sign_in.status is not SignInStatus.COMPLETE:
            decoys = self.factors.decoys(instance, sign_in.identifier or "")
            return SignInFacts(sign_in, None, verification, decoys, second, owed)
        offers = self.factors.offers(instance, person) if person else []
        return SignInFacts(sign_in, user, verification, offers, second, owed)

    async def _challenge_of(self, instance_id: InstanceId, id: VerificationId | None) -> Verification | None:
        return None if id is None else await self.store.verifications.find(instance_id, id)

    # -- shared by the steps

    def _find(self, instance: Instance, strategy: str | None, level: Level) -> Chosen:
        """The strategy of a step of a sign-in whose user is known. Raises: StrategyNotBuilt."""
        chosen = self.factors.find(instance, strategy, Purpose.SIGN_IN, level)
        if chosen.strategy.identifies:
            raise StrategyNotBuilt(param="strategy")
        return chosen

    async def _attempt(
        self, caller: Caller, sign_in: SignIn, user: User | None, strategy: Strategy, level: Level = Level.FIRST
    ) -> Attempt:
        credentials: Sequence[Credential] = ()
        if user is not None:
            person = await self.factors.person(self.store, user, sign_in.identifier, self.clock.now())
            credentials = person.credentials
        sent, verification_id = challenge_of(sign_in, level)
        return Attempt(
            instance=caller.instance,
            purpose=Purpose.RESET if strategy.resets_password else Purpose.SIGN_IN,
            strategy=strategy,
            owner_id=sign_in.id,
            level=level,
            user=user,
            identifier=sign_in.identifier,
            credentials=credentials,
            verification_id=verification_id if strategy.is_challenged and sent == strategy.name else None,
        )

    async def _proven(
        self, caller: Caller, issued: Issued, sign_in: SignIn, checked: Checked, *, is_new: bool = False
    ) -> tuple[SignIn, Issued]:
        """Use the proof up and move the sign-in on, in one transaction; a new sign-in is written by it too.

        A proof that was used before is refused, and resets no count of tries.
        """
        is_right = False
        try:
            async with self.store.transaction() as tx:
                if is_new:
                    await self.clients.write(tx, issued)
                    await tx.sign_ins.create(sign_in)
                await checked.proven.consume(tx)
                is_right = True
                if sign_in.status is SignInStatus.NEEDS_IDENTIFIER:  # the proof has identified the user
                    before, user = sign_in, checked.user
                    sign_in = after_identifier(before, identifier_of(user) or user.id, user.id, self.clock.now())
                    await tx.sign_ins.move(before, sign_in)
                return await self.steps.after_proof(tx, caller, issued, sign_in, checked, is_new=is_new)
        except SojournError:
            if is_right and not self._owes_second(checked):
                await self.sign_in_protection.forgive_unwritten(caller, checked.user, checked.attempt.strategy.guess)
            raise

    def _owes_second(self, checked: Checked) -> bool:
        """True if the proof was of the first factor only: it forgives no try, also when it could not be written (R-LIM-05)."""
        attempt, person = checked.attempt, Person(checked.user, checked.attempt.identifier, checked.attempt.credentials)
        return attempt.level is Level.FIRST and bool(self.factors.offers(attempt.instance, person, Level.SECOND))

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


def _client_of(caller: Caller) -> Client:
    if caller.client is None:
        raise NotFound("This browser has no sign-in. Start again.")
    return caller.client
