"""E-mail codes as a factor of sign-ins, password resets, sign-ups and address verification."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sojourn.errors import StrategyNotPossible, TooManyRequests, WrongCode
from sojourn.factors.email_code import CodeMail, EmailCodes
from sojourn.factors.factor import Address, Attempt, Challenge, EnvironmentPart, Factor, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person, address_decoy, address_offers, possible_addresses
from sojourn.factors.strategy import EMAIL_CODE, RESET_CODE, Proof, Purpose, Strategy
from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.instances.protection import is_strict
from sojourn.store.interface import Groups
from sojourn.users.user import User

_STRATEGIES = (
    Strategy(
        name=EMAIL_CODE,
        purposes=frozenset({Purpose.SIGN_IN, Purpose.SIGN_UP, Purpose.VERIFY}),
        is_challenged=True,
        label="E-mail me a code instead",
    ),
    Strategy(
        name=RESET_CODE,
        purposes=frozenset({Purpose.SIGN_IN, Purpose.RESET}),
        is_challenged=True,
        create_names=frozenset({"reset_password_code"}),  # the name in the published createSignIn operation
    ),
)


@dataclass(frozen=True, slots=True)
class EmailCodeFactor(Factor):
    codes: EmailCodes

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return _STRATEGIES

    def environment(self, instance: Instance) -> EnvironmentPart:
        return {
            "auth_config": {"first_factors": [EMAIL_CODE], "email_address_verification_strategies": [EMAIL_CODE]},
            "user_settings": {
                "attributes": {
                    "email_address": {
                        "used_for_first_factor": True,
                        "first_factors": [EMAIL_CODE],
                        "verifications": [EMAIL_CODE],
                    }
                }
            },
        }

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        """A reset needs a password to replace and an address to send to."""
        by_code = address_offers(person, EMAIL_CODE)
        return [*by_code, *address_offers(person, RESET_CODE)] if person.user.password else by_code

    def decoys(self, instance: Instance, identifier: str) -> Sequence[Offer]:
        return [address_decoy(identifier, strategy.name, self.codes.key) for strategy in _STRATEGIES]

    # -- send

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        if attempt.address is not None:
            return Challenge(partial(self._to_prove, attempt, attempt.address), attempt.address.id)
        address = self._address_for(attempt)
        return Challenge(partial(self._to_sign_in, attempt, address), address.id if address else None)

    def _address_for(self, attempt: Attempt) -> Address | None:
        """The stored address to send to (R-INP-02): the chosen one, or else the typed one, or else the primary one. The
        ID offered in strict protection matches no row and is ignored. None means a decoy. Raises: StrategyNotPossible.
        """
        user = attempt.user
        if user is None:
            return None
        has_strategy = user.password is not None or not attempt.strategy.resets_password
        possible = possible_addresses(user, attempt.identifier) if has_strategy else []
        if attempt.chosen is not None and not is_strict(attempt.instance):
            possible = [address for address in possible if address.id == attempt.chosen]
        if possible:
            return Address(value=possible[0].value, canonical=possible[0].canonical, id=possible[0].id)
        if is_strict(attempt.instance):
            return None
        raise StrategyNotPossible(param="strategy")

    async def _to_prove(self, attempt: Attempt, address: Address, tx: Groups) -> Verification:
        """Start a code that verifies a claimed address."""
        await self.codes.allow(tx, attempt.instance, address.canonical)
        return await self.codes.start(
            tx,
            attempt.instance,
            attempt.owner_id,
            attempt.strategy.name,
            address.value,
            identifier_id=address.id,
            mail="account_exists" if address.is_taken else "verification_code",
        )

    async def _to_sign_in(self, attempt: Attempt, address: Address | None, tx: Groups) -> Verification:
        instance, user = attempt.instance, attempt.user
        typed = attempt.identifier or attempt.owner_id
        await self.codes.allow(tx, instance, typed, device=attempt.device)
        if user is not None and address is not None and not self.codes.is_test(instance, address.value or ""):
            address = address if await self._account_has_left(tx, attempt, user) else None
        mail: CodeMail = "reset_password_code" if attempt.strategy.resets_password else "verification_code"
        return await self.codes.start(
            tx,
            instance,
            attempt.owner_id,
            attempt.strategy.name,
            address.value if address else None,
            identifier_id=address.id if address else None,
            mail=mail,
            link=user is not None and await self._needs_link(tx, attempt, typed, user),
        )

    async def _needs_link(self, tx: Groups, attempt: Attempt, typed: str, user: User) -> bool:
        """True if unknown browsers have used up the tries or codes that the owner needs in a new browser."""
        if attempt.device is not None or user.is_locked_by_administrator:
            return False  # the user cannot end this lock
        left = [await self.codes.has_left(tx, attempt.instance, key) for key in (typed, user.id)]
        return attempt.needs_link or not all(left)

    async def _account_has_left(self, tx: Groups, attempt: Attempt, user: User) -> bool:
        """Count one code against the budget of the whole account, so that a second address does not add codes.

        In strict protection an empty budget raises no error, because an error would reveal that the address exists. Raises:
        TooManyRequests.
        """
        try:
            await self.codes.allow(tx, attempt.instance, user.id, device=attempt.device)
        except TooManyRequests:
            if not is_strict(attempt.instance):
                raise
            return False
        return True

    # -- check

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        """Raises: WrongCode."""
        challenge, is_nobody = attempt.challenge, attempt.user is None and attempt.address is None
        if challenge is None or is_nobody or not self.codes.fits(challenge, proof.code or ""):
            raise WrongCode()
        fitting = challenge

        async def consume(tx: Groups) -> None:
            await self.codes.consume(tx, attempt.instance, fitting)

        return Proven(user_id=attempt.user.id if attempt.user else None, consume=consume)
