"""The step after a successful proof: the next required factor, or the session."""

from dataclasses import dataclass, replace

from sojourn.factors.factor import Terms
from sojourn.factors.factor_set import FactorSet
from sojourn.factors.strategy import Guess, Level
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.clients import begin_attempt, rotate
from sojourn.sign_ins.session_start import SessionStart
from sojourn.sign_ins.sign_in import (
    SignIn,
    SignInStatus,
    after_first_factor,
    after_new_password,
    after_second_factor,
    owed_after,
    with_session,
)
from sojourn.sign_ins.sign_in_protection import Checked, SignInProtection
from sojourn.store.interface import Groups
from sojourn.users.user import User

_NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Steps:
    clock: Clock
    factors: FactorSet
    sign_in_protection: SignInProtection
    session_start: SessionStart

    async def after_proof(
        self, tx: Groups, caller: Caller, issued: Issued, sign_in: SignIn, checked: Checked, *, is_new: bool = False
    ) -> tuple[SignIn, Issued]:
        """The sign-in after a factor, in the transaction that uses the proof up; `is_new`: this transaction began it.

        An impersonator cannot have the user's second factor, so impersonation requires none (R-AUZ-06). Raises: as
        `_finished`.
        """
        strategy, user, terms = checked.attempt.strategy, checked.user, checked.proven.terms or _NO_TERMS
        now = self.clock.now()
        if checked.attempt.level is Level.FIRST:
            has_second = terms.actor is None and await self._has_second_factor(tx, caller.instance, user)
            owed = owed_after(by_reset_code=strategy.resets_password, has_second_factor=has_second)
            moved = after_first_factor(replace(sign_in, strategy=strategy.name), owed, now)
        else:
            moved = after_second_factor(replace(sign_in, second_strategy=strategy.name), (), now)
        if moved.status is not SignInStatus.COMPLETE:
            if is_new:
                issued = await begin_attempt(tx, issued, now, sign_in_id=sign_in.id)
            return await self._owing(tx, caller, issued, sign_in, moved, user, strategy.guess)
        return await self._finished(
            tx, caller, issued, sign_in, moved, user, strategy.guess, admitted=checked.admitted, terms=terms
        )

    async def after_new_password(
        self, tx: Groups, caller: Caller, issued: Issued, sign_in: SignIn, user: User
    ) -> tuple[SignIn, Issued]:
        """The sign-in after its user has set a new password, which never replaces the second factor (R-FLOW-05).

        Raises: as `_finished`.
        """
        owes_second = sign_in.second_strategy is None and await self._has_second_factor(tx, caller.instance, user)
        owed = owed_after(by_reset_code=False, has_second_factor=owes_second)
        moved = after_new_password(sign_in, owed, self.clock.now())
        if moved.status is not SignInStatus.COMPLETE:
            return await self._owing(tx, caller, issued, sign_in, moved, user, Guess.NONE)
        return await self._finished(tx, caller, issued, sign_in, moved, user, Guess.NONE)

    async def _has_second_factor(self, tx: Groups, instance: Instance, user: User) -> bool:
        person = await self.factors.person(tx, user, None, self.clock.now())
        return bool(self.factors.offers(instance, person, Level.SECOND))

    async def _owing(
        self, tx: Groups, caller: Caller, issued: Issued, before: SignIn, moved: SignIn, user: User, guess: Guess
    ) -> tuple[SignIn, Issued]:
        """Move to the owed step, with a new client secret (R-FLOW-01).

        Only a complete sign-in resets the count of the account lock: otherwise an attacker with the password could guess the
        second factor without limit (R-LIM-05).
        """
        if guess is Guess.PASSWORD:
            await self.sign_in_protection.password_lockout.passed(tx, caller.instance, user)
        await tx.sign_ins.move(before, moved)
        if issued.secret is not None:  # already new in this transaction
            return moved, issued
        return moved, await rotate(tx, issued.client, self.clock.now())

    async def _finished(
        self,
        tx: Groups,
        caller: Caller,
        issued: Issued,
        before: SignIn,
        complete: SignIn,
        user: User,
        guess: Guess,
        *,
        admitted: str | None = None,
        terms: Terms = _NO_TERMS,
    ) -> tuple[SignIn, Issued]:
        """Raises: Conflict, SecretReplaced, UserBanned."""
        device = await self.sign_in_protection.devices.named(caller, user, tx=tx)
        counted = admitted or device  # a browser that a link admitted does not count as unknown
        await self.sign_in_protection.forgive(tx, caller, user, device=counted, guess=guess)
        session, rotated = await self.session_start.start_session(
            tx,
            caller,
            issued,
            user,
            complete.strategy or "",
            known_device=device is not None,
            actor=terms.actor,
            max_lifetime=terms.max_lifetime,
            by_second_factor=complete.second_strategy is not None,
        )
        done = with_session(complete, session.id)
        await tx.sign_ins.move(before, done)
        return done, rotated
