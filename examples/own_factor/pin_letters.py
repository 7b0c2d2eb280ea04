"""A factor of an app's own: a PIN that is printed and sent in a letter, and that signs its owner in once."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import Conflict, WrongCode
from sojourn.factors.credential import Credential
from sojourn.factors.factor import Attempt, Factor, FactorTools, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Proof, Strategy
from sojourn.instances.instance import Instance
from sojourn.secret import Secret, random_code
from sojourn.store.interface import Groups
from sojourn.users.user import User

NAME = "pin_letter"
LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class PinLetters(Factor):
    tools: FactorTools | None = None

    def connected(self, tools: FactorTools) -> "PinLetters":
        return replace(self, tools=tools)

    def credential_kinds(self) -> Collection[str]:
        return [NAME]

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=NAME, label="I have a letter with a PIN")]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer(NAME)] if any(_is_letter(credential) for credential in person.credentials) else []

    def decoys(self, instance: Instance, identifier: str) -> Sequence[Offer]:
        return [Offer(NAME)]

    async def issue(self, user: User) -> Secret:
        """The PIN to print. An earlier letter is worth nothing from now on."""
        tools, pin = self._tools(), random_code(12)
        letter = tools.credentials.made(
            user, NAME, {"pin": self._hashed(pin, user.id)}, expire_at=tools.clock.now() + LIFE
        )
        async with tools.store.transaction() as tx:
            await tx.credentials.delete_kind(user.instance_id, user.id, NAME)
            if not await tx.credentials.create(letter):
                raise Conflict("This account is gone.")
        return pin

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        """The flow has counted this try already, for strangers and for known devices apart."""
        tools, user = self._tools(), attempt.user
        typed = self._hashed(Secret((proof.code or "").replace(" ", "")), user.id if user else "")
        letter = next((credential for credential in attempt.credentials if _is_letter(credential)), None)
        if user is None or letter is None:
            raise WrongCode()
        if not hmac.compare_digest(typed, str(tools.credentials.body(letter)["pin"])):
            raise WrongCode()

        async def consume(tx: Groups) -> None:
            if await tx.credentials.use(user.instance_id, letter.id, tools.clock.now(), once=True) is None:
                raise Conflict("This PIN has just been used.")

        return Proven(user_id=user.id, consume=consume)

    def _hashed(self, pin: Secret, user_id: str) -> str:
        return Secret(f"{user_id}:{pin.reveal()}").keyed_form(self._tools().sealer.derived(b"pin letters")).hex()

    def _tools(self) -> FactorTools:
        if self.tools is None:
            raise RuntimeError("PinLetters is not connected: take it from engine.factors.of(PinLetters)")
        return self.tools


def _is_letter(credential: Credential) -> bool:
    return credential.kind == NAME and credential.last_used_at is None
