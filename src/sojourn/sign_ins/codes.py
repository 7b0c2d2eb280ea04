"""E-mail codes of sign-ins: which address one goes to, how many go out, and who may try one (R-OTP-01, R-OTP-08)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import StrategyNotPossible, TooManyRequests, UserLocked, VerificationExpired, WrongCode
from sojourn.factors.email_code import EmailCodes
from sojourn.factors.factor import RESET_CODE, possible_addresses
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import IdentifierId, VerificationId
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sign_ins.sign_in import SignIn
from sojourn.sign_ins.sign_in_protection import SignInProtection
from sojourn.store.interface import Groups, Store, Tries
from sojourn.users.code_tries import CodeTries
from sojourn.users.device_tries import DeviceTries
from sojourn.users.user import User

Address = tuple[IdentifierId, str]

LINK_LIFE = timedelta(days=1)
"""How long a mail's link makes the browser that opens it known: as long as strangers can use up the codes of a day. It admits an attempt for as long as its code lives."""


@dataclass(frozen=True, slots=True)
class SignInCodes:
    store: Store
    clock: Clock
    codes: EmailCodes
    sign_in_protection: SignInProtection
    code_tries: CodeTries
    device_tries: DeviceTries

    # -- send

    async def send(
        self, tx: Groups, caller: Caller, sign_in: SignIn, user: User | None, strategy: str, address: Address | None
    ) -> SignIn:
        """Start a challenge and mail its code, or only seem to (R-ENU-01). Raises: TooManyRequests, Conflict."""
        instance, known = caller.instance, await self._known_by(caller, user)
        await self.codes.allow(tx, instance, sign_in.identifier or sign_in.id, device=known)
        if user is not None and address is not None and not self.codes.is_test(instance, address[1]):
            address = address if await self._account_has_left(tx, instance, user, known) else None
        verification = await self.codes.start(
            tx,
            instance,
            sign_in.id,
            strategy,
            address[1] if address else None,
            identifier_id=address[0] if address else None,
            mail="reset_password_code" if strategy == RESET_CODE else "verification_code",
            link=user is not None and not known and await self._needs_link(tx, instance, sign_in, user),
        )
        moved = replace(sign_in, strategy=strategy, verification_id=verification.id, updated_at=self.clock.now())
        await tx.sign_ins.move(sign_in, moved)
        return moved

    async def _needs_link(self, tx: Groups, instance: Instance, sign_in: SignIn, user: User) -> bool:
        """Whether strangers have used up what the owner in a new browser needs: tries, or the codes that can be asked for."""
        if user.is_locked_by_administrator:
            return False  # that lock is not for the owner to open
        left = [await self.codes.has_left(tx, instance, each) for each in (sign_in.identifier or sign_in.id, user.id)]
        return not all(left) or await self.code_tries.needs_link(tx, instance, user)

    async def _account_has_left(self, tx: Groups, instance: Instance, user: User, known: str | None) -> bool:
        """Spend one of the codes of the whole account, so that a second address brings no more of them.

        In strict protection nobody is told when there are none left: that would tell whose address it is. Raises:
        TooManyRequests.
        """
        try:
            await self.codes.allow(tx, instance, user.id, device=known)
        except TooManyRequests:
            if not is_strict(instance):
                raise
            return False
        return True

    async def is_sent(self, sign_in: SignIn, strategy: str, address: Address | None) -> bool:
        """Whether the code that the sign-in waits for is of this kind and went to this address."""
        if sign_in.verification_id is None or sign_in.strategy != strategy:
            return False
        sent = await self.store.verifications.find(sign_in.instance_id, sign_in.verification_id)
        return sent is not None and sent.identifier_id in (None, address[0] if address else None)

    def address_for(
        self, instance: Instance, sign_in: SignIn, user: User | None, strategy: str, chosen: str | None
    ) -> Address | None:
        """The stored address to send to (R-INP-02): the chosen one, else the typed one, else the primary one.

        The id offered in strict protection names no row and chooses nothing. None is a decoy's. Raises: StrategyNotPossible.
        """
        if user is None:
            return None
        has_strategy = strategy != RESET_CODE or user.password is not None
        possible = possible_addresses(user, sign_in.identifier) if has_strategy else []
        if chosen is not None and not is_strict(instance):
            possible = [each for each in possible if each.id == chosen]
        if possible:
            return possible[0].id, possible[0].value
        if is_strict(instance):
            return None
        raise StrategyNotPossible(param="strategy")

    # -- check

    async def check(self, caller: Caller, user: User | None, id: VerificationId, code: str) -> Verification:
        """Try a code: the challenge that it fits, to be consumed. A try that may not be checked is answered as a wrong one.

        Raises: WrongCode, VerificationFailed, VerificationExpired, AlreadyVerified, UserLocked (never in strict protection).
        """
        challenge = await self.codes.spend(caller.instance, id)
        if user is None:
            raise WrongCode()
        device = await self._device(caller, user, challenge)
        spent = await self._counted(caller.instance, user, device)
        if not self.codes.fits(challenge, code):
            if device is None:
                await self.code_tries.failed(caller.instance, user, spent)
            raise WrongCode()
        if device is None:
            await self.code_tries.passed(caller.instance, user)
        else:
            await self.device_tries.passed(caller.instance, user, device)
        return challenge

    # -- admit

    async def asked_by_link(self, instance: Instance, token: str) -> tuple[Instant, bool]:
        """When the code was asked for whose mail carries this link, and whether its attempt can still be admitted.

        Raises: VerificationExpired (used, over or unknown).
        """
        challenge = await self.store.verifications.find_by_link(instance.id, Secret(token).stored_form())
        now = self.clock.now()
        if challenge is None or challenge.admitted_at is not None or challenge.created_at <= now.before(LINK_LIFE):
            raise VerificationExpired()
        return challenge.created_at, challenge.status_at(now) is VerificationStatus.UNVERIFIED

    async def recognise(self, caller: Caller, token: str) -> Secret:
        """The mark that makes the browser which opens the link a known device, with codes and tries of its own (R-LIM-03).

        It signs nobody in. Once, and not if the link has admitted another browser. Raises: VerificationExpired.
        """
        instance, since = caller.instance, self.clock.now().before(LINK_LIFE)
        taken = await self.store.verifications.take_link(instance.id, Secret(token).stored_form(), since)
        address = None
        if taken is not None and taken.identifier_id is not None:
            address = await self.store.users.find_identifier(instance.id, taken.identifier_id)
        user = None if address is None else await self.store.users.find(instance.id, address.user_id)
        if taken is None or user is None or address is None or not address.is_held:
            raise VerificationExpired()
        if user.devices_forgotten_at is not None and taken.created_at <= user.devices_forgotten_at:
            raise VerificationExpired()  # from before a reset (R-PWD-11)
        return self.sign_in_protection.devices.marked(caller, user)

    async def admit(self, instance: Instance, token: str) -> None:
        """Let the browser that began the attempt try its code, whatever strangers have tried before.

        Once, and not for another attempt (R-OTP-02, R-OTP-08). Raises: VerificationExpired.
        """
        if await self.store.verifications.admit(instance.id, Secret(token).stored_form(), self.clock.now()) is None:
            raise VerificationExpired()

    # -- shared

    async def _counted(self, instance: Instance, user: User, device: str | None) -> Tries:
        try:
            if device is not None:
                return await self.device_tries.spend(instance, user, device, of_password=False)
            return await self.code_tries.spend(instance, user)
        except UserLocked as error:
            if is_strict(instance):
                raise WrongCode() from error
            raise

    async def _device(self, caller: Caller, user: User, challenge: Verification) -> str | None:
        """What this browser's tries are counted by; None is a stranger, who shares the account's."""
        if user.is_locked_by_administrator:
            return None
        if challenge.admitted_at is not None:
            return challenge.owner_id
        return await self._known_by(caller, user)

    async def _known_by(self, caller: Caller, user: User | None) -> str | None:
        """The name of a known device that may still type codes of its own; beyond a year's wrong ones it is a stranger's."""
        device = None if user is None else await self.sign_in_protection.devices.named(caller, user)
        if user is None or device is None:
            return None
        return device if await self.device_tries.has_codes_left(self.store, caller.instance, user, device) else None
