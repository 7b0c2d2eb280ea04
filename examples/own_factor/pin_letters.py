"""A factor of an app's own: a PIN that is printed and sent in a letter.

Its owner confirms it once, when the letter has arrived, and then keeps it: it signs them in once.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import ConfigError, Conflict, WrongCode
from sojourn.factors.credential import Credential
from sojourn.factors.enrollment import Confirmation, Enrollable, Enrollment
from sojourn.factors.factor import Attempt, Factor, FactorTools, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Proof, Strategy
from sojourn.instances.instance import Instance
from sojourn.secret import Secret, random_code
from sojourn.store.interface import Groups
from sojourn.users.user import User

NAME = "pin_letter"


@dataclass(frozen=True, slots=True)
class PinLetters(Factor, Enrollable):
    """`life` is how long a PIN works from the day its letter is written. Raises: ConfigError."""

    life: timedelta = timedelta(days=30)
    tools: FactorTools | None = None

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= self.life <= timedelta(days=365):
            raise ConfigError(f"PinLetters.life is {self.life}: a PIN works for 1 to 365 days")

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

    # -- the letter: written and confirmed

    async def begin(self, user: User, label: str | None = None) -> Enrollment:
        """Shows the PIN to print. An earlier letter is worth nothing from now on."""
        tools, pin = self._tools(), random_code(12)
        body, until = {"pin": self._hashed(pin, user.id)}, tools.clock.now() + self.life
        letter = tools.credentials.made(user, NAME, body, label=label, expire_at=until, is_verified=False)

        async def record(tx: Groups) -> Sequence[Credential]:
            earlier = await tx.credentials.delete_kind(user.instance_id, user.id, NAME)
            if not await tx.credentials.create(letter):
                raise Conflict("This account no longer exists.")
            return earlier

        return Enrollment(letter, record, {"pin": pin.reveal()})

    async def confirm(self, user: User, credential: Credential, proof: Proof) -> Confirmation:
        """`engine.enrollments` has found the letter, and counted this try already."""
        if not self._fits(credential, proof.code):
            raise WrongCode()

        async def record(tx: Groups) -> Credential:
            confirmed = await tx.credentials.verify(user.instance_id, credential.id, self._tools().clock.now())
            if confirmed is None:
                raise Conflict("This letter was confirmed before, or has expired.")
            return confirmed

        return Confirmation(record)

    # -- the proof

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        """The flow has counted this try already, for strangers and for known devices apart."""
        tools, user = self._tools(), attempt.user
        letter = next((credential for credential in attempt.credentials if _is_letter(credential)), None)
        if not self._fits(letter, proof.code) or user is None or letter is None:
            raise WrongCode()

        async def consume(tx: Groups) -> None:
            if await tx.credentials.use(user.instance_id, letter.id, tools.clock.now(), once=True) is None:
                raise Conflict("This PIN has just been used.")

        return Proven(user_id=user.id, consume=consume)

    def _fits(self, letter: Credential | None, typed: str | None) -> bool:
        """Hashes for nobody too, so that it takes as long."""
        pin = self._hashed(Secret((typed or "").replace(" ", "")), letter.user_id if letter else "")
        return letter is not None and hmac.compare_digest(pin, str(self._tools().credentials.body(letter)["pin"]))

    def _hashed(self, pin: Secret, user_id: str) -> str:
        return Secret(f"{user_id}:{pin.reveal()}").keyed_form(self._tools().sealer.derived(b"pin letters")).hex()

    def _tools(self) -> FactorTools:
        if self.tools is None:
            raise RuntimeError("PinLetters is not connected: take it from engine.factors.of(PinLetters)")
        return self.tools


def _is_letter(credential: Credential) -> bool:
    return credential.kind == NAME and credential.last_used_at is None
