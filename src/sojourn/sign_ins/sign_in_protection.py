"""Protection of sign-ins: lockout, uniform timing and uniform responses (R-LIM-03, R-ENU-01, R-ENU-02)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from sojourn.errors import (
    PasswordCompromised,
    PasswordDisabled,
    SojournError,
    StrategyNotPossible,
    UserBanned,
    UserLocked,
    VerificationExpired,
    WrongCode,
    WrongPassword,
)
from sojourn.events.audit_log import AuditLog
from sojourn.factors.challenges import Challenges
from sojourn.factors.factor import Attempt, Factor, Proven
from sojourn.factors.hash_pool import HashPool, Slot
from sojourn.factors.offer import Person
from sojourn.factors.strategy import Guess, Level, Proof, Strategy
from sojourn.ids import VerificationId
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sign_ins.floor import Floor
from sojourn.sign_ins.guesses import GuessesByKind
from sojourn.store.interface import Groups, Store
from sojourn.users.account_status import refuse_banned
from sojourn.users.device_tries import DeviceTries
from sojourn.users.lockout import Lockout
from sojourn.users.password_lockout import PasswordLockout
from sojourn.users.user import User

_WRONG = (WrongPassword, WrongCode, PasswordCompromised)
"""A failed try."""

_REFUSALS = (*_WRONG, UserLocked, UserBanned, StrategyNotPossible, PasswordDisabled)
"""The errors of a wrong guess; in strict protection they are indistinguishable."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A correct proof, its user, and the attempt with its challenge."""

    user: User
    proven: Proven
    attempt: Attempt

    @property
    def admitted(self) -> str | None:
        """The counter for tries of a browser that a link confirmed, apart from those of unknown browsers."""
        challenge = self.attempt.challenge
        return None if challenge is None or challenge.admitted_at is None else challenge.owner_id


@dataclass(frozen=True, slots=True)
class SignInProtection:
    store: Store
    clock: Clock
    hash_pool: HashPool
    devices: KnownDevices
    device_tries: DeviceTries
    audit: AuditLog
    lockout: Lockout
    password_lockout: PasswordLockout
    challenges: Challenges
    guesses: GuessesByKind
    floor: Floor
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    @asynccontextmanager
    async def held(
        self, instance: Instance, *, answers_too: bool = False, typed: str | None = None
    ) -> AsyncGenerator[None]:
        """Delay a refusal until the floor, so that its duration reveals nothing (R-ENU-02). `answers_too` also delays a
        success that proves nothing, such as a code request. A success that authenticates the user reveals the account
        anyway and is not delayed.
        """
        began = asyncio.get_running_loop().time()
        try:
            yield
        except SojournError:
            await self._until_the_floor(instance, began, typed)
            raise
        if answers_too:
            await self._until_the_floor(instance, began, typed)

    async def _until_the_floor(self, instance: Instance, began: float, typed: str | None) -> None:
        if is_strict(instance):
            floor = await self.floor.now(instance, typed)
            spent = asyncio.get_running_loop().time() - began
            await self.pause(max(0.0, floor.total_seconds() - spent))

    async def check(self, caller: Caller, factor: Factor, attempt: Attempt, proof: Proof) -> Checked:
        """Check a proof at the same cost for known and unknown users; the try is counted first.

        Raises: WrongPassword, WrongCode, UserLocked, UserBanned, StrategyNotPossible, PasswordDisabled, PasswordCompromised, all of
        them as the strategy's `refusal` in strict protection; VerificationFailed, VerificationExpired, AlreadyVerified.
        """
        try:
            return await self._check(caller, factor, attempt, proof)
        except _REFUSALS as error:
            await self._record_failure(caller, attempt, error)
            if attempt.level is Level.SECOND:  # after the first factor, the caller knows the account
                raise
            if (
                attempt.strategy.is_challenged
            ):  # the owner of a correct code may see the error; a lock would reveal the account
                if isinstance(error, UserLocked) and is_strict(caller.instance):
                    raise attempt.strategy.refusal() from error
                raise
            if is_strict(caller.instance):
                raise attempt.strategy.refusal() from error
            raise

    async def check_identifying(self, caller: Caller, factor: Factor, attempt: Attempt, proof: Proof) -> Proven:
        """Check a proof that identifies the user; before that there is no account whose tries could be counted.

        Raises: as the factor.
        """
        try:
            return await factor.check(attempt, proof, None)
        except SojournError as error:
            await self._record_failure(caller, attempt, error)
            raise

    async def _check(self, caller: Caller, factor: Factor, attempt: Attempt, proof: Proof) -> Checked:
        instance, guesses = caller.instance, self.guesses[attempt.strategy.guess]
        # the slot is reserved before the count, so a request without a slot does not count as a try (R-PWD-12)
        async with self._slot(attempt.strategy) as slot:
            if attempt.verification_id is not None:
                attempt = await self.challenged(attempt, attempt.verification_id, proof)
            user = attempt.user
            if user is None or not _is_offered(factor, attempt, user):
                await self._check_nobody(factor, attempt, proof, slot)
                raise StrategyNotPossible(param=attempt.strategy.field)
            device = await guesses.device(caller, user, attempt.challenge)
            try:
                spent = await guesses.spend(instance, user, device)
            except (UserLocked, PasswordDisabled, WrongCode):
                with suppress(*_WRONG):
                    await factor.check(replace(attempt, user=None), proof, slot)
                raise
            outcome = await _outcome(factor.check(attempt, proof, slot))
        if isinstance(outcome, Proven) and outcome.user_id != user.id:
            outcome = attempt.strategy.refusal()
        if isinstance(outcome, SojournError):
            await guesses.failed(instance, user, device, spent)
            raise outcome
        await guesses.passed(instance, user, device)
        refuse_banned(user)
        return Checked(user, outcome, attempt)

    async def challenged(self, attempt: Attempt, id: VerificationId, proof: Proof) -> Attempt:
        """The attempt with its challenge, a try of which is counted; a state has only one, and one purpose (R-OAU-01, R-OAU-08).

        Raises: VerificationFailed, VerificationExpired, AlreadyVerified.
        """
        if attempt.strategy.field != "state":
            return replace(attempt, challenge=await self.challenges.spend(attempt.instance, id))
        challenge = await self.challenges.spend_state(attempt.instance, proof.state or "", attempt.purpose)
        if challenge.id != id:
            raise VerificationExpired()
        return replace(attempt, challenge=challenge)

    async def _check_nobody(self, factor: Factor, attempt: Attempt, proof: Proof, slot: Slot | None) -> None:
        """Take as long as a check for a known user. Raises: the strategy's error for a wrong proof, if there is no user."""
        try:
            await factor.check(replace(attempt, user=None), proof, slot)
        except _WRONG:
            if attempt.user is None:
                raise
            return
        if attempt.user is None:
            raise attempt.strategy.refusal()  # a factor that accepts an unknown user is not trusted

    @asynccontextmanager
    async def _slot(self, strategy: Strategy) -> AsyncGenerator[Slot | None]:
        if not strategy.hashes:
            yield None
            return
        async with self.hash_pool.reserved() as slot:
            yield slot

    async def refuse_locked(self, caller: Caller, user: User) -> None:
        """Refuse a locked user whose proof cannot be guessed, such as a ticket: the lock applies to every strategy (R-FLOW-04).

        Raises: UserLocked.
        """
        now = self.lockout.clock.now()
        if not user.is_locked(now):
            return
        if user.is_locked_by_administrator or await self.devices.named(caller, user) is None:
            raise UserLocked(user.locked_until.since(now) if user.locked_until else None)

    async def forgive(self, tx: Groups, caller: Caller, user: User, *, device: str | None, guess: Guess) -> None:
        """A proven factor resets its own counter only (R-LIM-05)."""
        if guess is Guess.PASSWORD:
            await self.password_lockout.passed(tx, caller.instance, user)
        if device is not None:
            await self.device_tries.forgive(tx, caller.instance, user, device)
        else:
            await tx.users.reset_sign_in_tries(caller.instance.id, user.id)

    async def forgive_unwritten(self, caller: Caller, user: User, guess: Guess) -> None:
        """Undo the count of a correct proof whose consequences could not be written (R-PWD-12)."""
        if guess is Guess.NONE:
            return
        with suppress(SojournError):
            device = await self.devices.named(caller, user)
            await self.forgive(self.store, caller, user, device=device, guess=guess)

    async def _record_failure(self, caller: Caller, attempt: Attempt, error: SojournError) -> None:
        async with self.store.transaction() as tx:
            await self.audit.record(
                tx,
                caller.instance,
                "sign_in.failed",
                user_id=attempt.user.id if attempt.user else None,
                actor="anonymous",
                device=caller.device,
                details={"strategy": attempt.strategy.name, "reason": error.code},
            )


def _is_offered(factor: Factor, attempt: Attempt, user: User) -> bool:
    """A challenge that was sent may be answered; any other strategy must be among the user's offers."""
    if attempt.challenge is not None:
        return True
    offers = factor.offers(attempt.instance, Person(user, attempt.identifier, attempt.credentials))
    return any(offer.strategy == attempt.strategy.name for offer in offers)


async def _outcome(checking: Awaitable[Proven]) -> Proven | SojournError:
    try:
        return await checking
    except _WRONG as error:
        return error
