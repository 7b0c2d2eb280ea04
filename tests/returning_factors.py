"""Factors that tests bring whose proof comes back as a query: a letter with a link, and an account at a provider."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sojourn.errors import Conflict, WrongCode
from sojourn.factors.factor import Attempt, Challenge, Factor, FactorTools, Proven
from sojourn.factors.hash_pool import Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.strategy import Guess, Level, Proof, Purpose, Strategy
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import verification_id
from sojourn.instances.instance import Instance
from sojourn.store.interface import Groups
from sojourn.users.user import User

LETTER = "link_letter"
PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class Returning(Factor):
    """Keeps the states of its challenges, as a letter or the address of a provider would hold them; the newest is last."""

    sent: list[str] = field(default_factory=list[str])
    tools: FactorTools | None = None

    def connected(self, tools: FactorTools) -> "Returning":
        return replace(self, tools=tools)

    def connected_tools(self) -> FactorTools:
        assert self.tools is not None
        return self.tools

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        tools = self.connected_tools()
        now = tools.clock.now()
        challenge = Verification(
            verification_id(), attempt.instance.id, attempt.owner_id, attempt.strategy.name,
            VerificationStatus.UNVERIFIED, proof_hash=None, tries=0, max_tries=5, created_at=now,
            expire_at=now + timedelta(minutes=10),
        )  # fmt: skip

        async def record(tx: Groups) -> Verification:
            await tx.verifications.start(challenge)
            self.sent.append(tools.states.made(challenge, attempt.purpose).reveal())
            return challenge

        return Challenge(record)

    async def consume(self, tx: Groups, challenge: Verification) -> None:
        now = self.connected_tools().clock.now()
        if await tx.verifications.consume(challenge.instance_id, challenge.id, None, now) is None:
            raise Conflict("This link has just been used.")


@dataclass(frozen=True, slots=True)
class LinkLetters(Returning):
    """A letter with a link; the state is the whole proof."""

    level: Level = Level.FIRST

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        purposes = frozenset({Purpose.SIGN_IN, Purpose.SIGN_UP})
        levels = frozenset({self.level})
        return [
            Strategy(
                name=LETTER, field="state", is_challenged=True, guess=Guess.NONE, purposes=purposes, levels=levels,
                label="Send me a letter with a link",
            )
        ]  # fmt: skip

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return [Offer(LETTER)]

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        challenge = attempt.challenge
        if challenge is None or proof.query.get("torn") or (attempt.user is None and attempt.address is None):
            raise WrongCode()
        user_id = attempt.user.id if attempt.user else None
        return Proven(user_id=user_id, consume=lambda tx: self.consume(tx, challenge))


@dataclass(frozen=True, slots=True)
class Provider(Returning):
    """An account elsewhere: the code that comes back with the state names its subject."""

    def credential_kinds(self) -> Collection[str]:
        return [PROVIDER]

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        return [Strategy(name=PROVIDER, field="state", is_challenged=True, identifies=True, guess=Guess.NONE)]

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        return []

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        challenge, subject = attempt.challenge, proof.query.get("code", "")
        found = await self.connected_tools().store.credentials.find_by_key(attempt.instance.id, PROVIDER, subject)
        if challenge is None or found is None:
            raise WrongCode()
        return Proven(user_id=found.user_id, consume=lambda tx: self.consume(tx, challenge))

    async def link(self, user: User, subject: str) -> None:
        tools = self.connected_tools()
        assert await tools.store.credentials.create(tools.credentials.made(user, PROVIDER, {}, key=subject))
