"""The step after a successful proof: the next required factor, or the session."""

from dataclasses import dataclass, replace

from sojourn.factors.factor import Terms
from sojourn.factors.strategy import Guess, Strategy
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.clients import rotate
from sojourn.sign_ins.session_start import SessionStart
from sojourn.sign_ins.sign_in import (
    SignIn,
    SignInStatus,
    after_first_factor,
    after_new_password,
    owed_after,
    with_session,
)
from sojourn.sign_ins.sign_in_protection import SignInProtection
from sojourn.store.interface import Groups
from sojourn.users.user import User

_NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Steps:
    clock: Clock
    sign_in_protection: SignInProtection
    session_start: SessionStart

    async def after_proof(
        self,
        tx: Groups,
        caller: Caller,
        issued: Issued,
        sign_in: SignIn,
        user: User,
        strategy: Strategy,
        *,
        admitted: str | None = None,
        terms: Terms | None = None,
    ) -> tuple[SignIn, Issued]:
        """The sign-in after its first factor, in the transaction that uses the proof up. Raises: as `_finished`.

        `admitted` is what the tries of a browser are counted by that a link has admitted.
        """
        now = self.clock.now()
        owed = owed_after(by_reset_code=strategy.resets_password, has_second_factor=False)
        moved = after_first_factor(replace(sign_in, strategy=strategy.name), owed, now)
        if moved.status is not SignInStatus.COMPLETE:
            await tx.sign_ins.move(sign_in, moved)
            return moved, await rotate(tx, issued.client, now)  # what is proven is the prover's alone (R-FLOW-01)
        return await self._finished(
            tx, caller, issued, sign_in, moved, user, strategy.guess, admitted=admitted, terms=terms or _NO_TERMS
        )

    async def after_new_password(
        self, tx: Groups, caller: Caller, issued: Issued, sign_in: SignIn, user: User
    ) -> tuple[SignIn, Issued]:
        """The sign-in once its user has a new password. Raises: as `_finished`."""
        moved = after_new_password(sign_in, (), self.clock.now())
        return await self._finished(tx, caller, issued, sign_in, moved, user, Guess.NONE)

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
        counted = admitted or device  # tries of a browser that a link admitted are not those of strangers
        await self.sign_in_protection.forgive(tx, caller, user, device=counted, guess=guess)
        session, rotated = await self.session_start.start_session(
            tx,
            caller,
            issued,
            user,
            complete.strategy or "",
            known_device=device is not None,
            actor=terms.actor,
            longest=terms.longest,
        )
        done = with_session(complete, session.id)
        await tx.sign_ins.move(before, done)
        return done, rotated
