"""The password as a factor of sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.errors import Json, PasswordCompromised, StrategyNotPossible, WrongPassword, WrongPasswordOrIdentifier
from sojourn.factors.factor import Attempt, Challenge, EnvironmentPart, Factor, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.password_policy import MAX_LENGTH
from sojourn.factors.strategy import PASSWORD, Guess, Proof, Purpose, Strategy
from sojourn.instances.instance import Instance
from sojourn.store.interface import Groups

_SPECIAL = "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"

_STRATEGY = Strategy(
    name=PASSWORD,
    field="password",
    purposes=frozenset({Purpose.SIGN_IN, Purpose.SIGN_UP}),
    guess=Guess.PASSWORD,
    hashes=True,
    refusal=lambda: WrongPasswordOrIdentifier(param="password"),
    label="Sign in",
)


@dataclass(frozen=True, slots=True)
class PasswordFactor(Factor):
    """Checks every password at the current cost, and rehashes a correct password that is stored in an older form."""

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [_STRATEGY]

    def environment(self, instance: Instance) -> EnvironmentPart:
        is_on = instance.settings.sign_up.password != "off"
        return {
            "auth_config": {"first_factors": [PASSWORD] if is_on else []},
            "user_settings": {"password_settings": _password_settings()},
        }

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer(PASSWORD)] if person.user.password else []

    def decoys(self, instance: Instance, identifier: str) -> Sequence[Offer]:
        return [Offer(PASSWORD)]

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        return None

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        if slot is None:  # the flow reserves a slot for every strategy that hashes
            raise StrategyNotPossible(param="strategy")
        user = attempt.user
        if user is None or user.password is None:
            await slot.spend()
            raise WrongPassword(param="password")
        stored = user.password
        verified = await slot.verify(stored, proof.password or "")
        if not verified.ok:
            raise WrongPassword(param="password")
        if user.password_compromised_at is not None:
            raise PasswordCompromised(param="password")

        async def upgrade(tx: Groups) -> None:
            if verified.upgraded is not None:
                await tx.users.upgrade_password(user.instance_id, user.id, stored, verified.upgraded)

        return Proven(user_id=user.id, consume=upgrade)


def _password_settings() -> dict[str, Json]:
    return {
        "disable_hibp": True,
        "disable_password_reverification": True,
        "max_length": MAX_LENGTH,
        "require_special_char": False,
        "require_numbers": False,
        "require_uppercase": False,
        "require_lowercase": False,
        "show_zxcvbn": True,  # otherwise components show every password of the right length as valid, even one just rejected
        "min_zxcvbn_strength": 1,
        "enforce_hibp_on_sign_in": False,
        "allowed_special_characters": _SPECIAL,
    }
