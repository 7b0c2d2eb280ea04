"""Second factors that tests bring: codes that are typed, and codes that are sent first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import Conflict, WrongCode
from sojourn.factors.factor import Attempt, Challenge, Factor, FactorTools, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Level, Proof, Strategy
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import verification_id
from sojourn.instances.instance import Instance
from sojourn.store.interface import Groups
from sojourn.users.user import User

SENT = "123456"
"""The code that is always sent."""


@dataclass(frozen=True, slots=True)
class StepCodes(Factor):
    """Codes that are numbers, each greater than the one before, as those of an authenticator app are."""

    name: str = "step_code"
    tools: FactorTools | None = None

    def connected(self, tools: FactorTools) -> "StepCodes":
        return replace(self, tools=tools)

    def credential_kinds(self) -> Collection[str]:
        return [self.name]

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=self.name, levels=frozenset({Level.SECOND}), label="A code of steps")]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer(self.name) for each in person.credentials if each.kind == self.name]

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        tools, user = self.tools, attempt.user
        if tools is None or user is None or not (proof.code or "").isdecimal():
            raise WrongCode()
        step = int(proof.code or "")
        credential = next(each for each in attempt.credentials if each.kind == self.name)

        async def consume(tx: Groups) -> None:
            if await tx.credentials.use(user.instance_id, credential.id, tools.clock.now(), counter=step) is None:
                raise Conflict("This code has just been used.")

        return Proven(user_id=user.id, consume=consume)

    async def enrol(self, user: User) -> None:
        assert self.tools is not None
        assert await self.tools.store.credentials.create(self.tools.credentials.made(user, self.name, {}))


@dataclass(frozen=True, slots=True)
class SentCodes(Factor):
    """A code that goes to a phone, which is always the same."""

    name: str = "sent_code"
    tools: FactorTools | None = None

    def connected(self, tools: FactorTools) -> "SentCodes":
        return replace(self, tools=tools)

    def credential_kinds(self) -> Collection[str]:
        return [self.name]

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=self.name, levels=frozenset({Level.SECOND}), is_challenged=True)]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer(self.name) for each in person.credentials if each.kind == self.name]

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        assert self.tools is not None
        now = self.tools.clock.now()
        sent = Verification(
            verification_id(), attempt.instance.id, attempt.owner_id, self.name, VerificationStatus.UNVERIFIED,
            proof_hash=SENT.encode(), tries=0, max_tries=5, created_at=now, expire_at=now + timedelta(minutes=10),
        )  # fmt: skip

        async def record(tx: Groups) -> Verification:
            await tx.verifications.start(sent)
            return sent

        return Challenge(record)

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        tools, user, sent = self.tools, attempt.user, attempt.challenge
        if tools is None or user is None or sent is None or proof.code != SENT:
            raise WrongCode()

        async def consume(tx: Groups) -> None:
            found = await tx.verifications.consume(sent.instance_id, sent.id, sent.proof_hash, tools.clock.now())
            if found is None:
                raise Conflict("This code has just been used.")

        return Proven(user_id=user.id, consume=consume)

    async def enrol(self, user: User) -> None:
        assert self.tools is not None
        assert await self.tools.store.credentials.create(self.tools.credentials.made(user, self.name, {}))
