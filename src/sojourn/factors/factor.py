"""The factor: the Protocol of every way to authenticate a user, built in or added by an app.

A flow (a sign-in, a sign-up, the check of an address) finds a factor by the strategy that a request names and hands it
an `Attempt`. The flow counts tries, delays refusals, and writes the consequences of a proof; the factor sends and
compares.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from sojourn.errors import Json
from sojourn.events.outbox import Outbox
from sojourn.factors.credential import Credential
from sojourn.factors.credentials import Credentials
from sojourn.factors.hash_pool import HashPool, Slot
from sojourn.factors.offer import Offer, Person
from sojourn.factors.states import States
from sojourn.factors.strategy import Level, Proof, Purpose, Strategy
from sojourn.factors.verification import Verification
from sojourn.ids import IdentifierId, UserId, VerificationId
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Groups, Store
from sojourn.tokens.sealing import Sealer
from sojourn.users.user import User

__all__ = ["Attempt", "Factor", "FactorTools", "Proven"]

EnvironmentPart = Mapping[str, Json]
"""A factor's part of `/v1/environment`, as a tree: objects are merged, lists joined, other values set."""


@dataclass(frozen=True, slots=True)
class FactorTools:
    """The parts of an engine that factors work with."""

    store: Store
    clock: Clock
    sealer: Sealer
    outbox: Outbox
    hash_pool: HashPool
    credentials: Credentials
    states: States


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The address that a sign-up or a check of an address is about.

    `value` is the recipient of mail, in its stored spelling; with None no mail is sent. `is_taken`: the address belongs to
    another user, who gets a notice instead of a code (R-ENU-03).
    """

    value: str | None
    canonical: str
    id: IdentifierId | None = None
    is_taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The context that a flow passes to a factor: the user, the identifier and the purpose of the proof.

    `owner_id` is the sign-in, sign-up or address that a challenge belongs to. `user` is None for an unknown user: the challenge
    is then a decoy, and every proof is wrong, in the same time (R-ENU-01, R-ENU-02). `credentials` are the usable ones of the
    user, of the kinds that the engine's factors name. `chosen` is the id of an offer's identifier.
    `device` names a known device, and `needs_link` is set once unknown devices have used up the tries of the account: a mail
    must carry a link that admits this browser (R-OTP-08). `verification_id` is the challenge that waits for an answer, and
    `challenge` that one in a check, its try counted.
    """

    instance: Instance
    purpose: Purpose
    strategy: Strategy
    owner_id: str
    level: Level = Level.FIRST
    user: User | None = None
    identifier: str | None = None
    credentials: Sequence[Credential] = ()
    chosen: str | None = None
    address: Address | None = None
    device: str | None = None
    needs_link: bool = False
    verification_id: VerificationId | None = None
    challenge: Verification | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that awaits an answer. `record` writes it, with its mail, in the flow's transaction.

    Raises, when recorded: TooManyRequests.
    """

    record: Callable[[Groups], Awaitable[Verification]]
    identifier_id: IdentifierId | None = None
    """The address to which it is sent."""


async def _nothing(_: Groups) -> None:
    """Does nothing, for a reusable proof such as a password."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The actor and the maximum lifetime of an impersonation session (R-AUZ-06)."""

    actor: Mapping[str, Json] | None = None
    max_lifetime: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A correct proof, and what it proves: a user, or the address of the attempt. `consume` uses it up in the flow's
    transaction: one guarded statement decides a race, and the loser gets an error. `terms` limit the session, if the
    proof sets them.
    """

    user_id: UserId | None = None
    consume: Callable[[Groups], Awaitable[None]] = _nothing
    terms: Terms | None = None


class Factor(Protocol):
    """Derive from it to inherit what most factors do: send nothing, and add nothing to the environment.

    Methods that are not `async` are pure. No transaction is open in `challenge` and `check`, so they may be slow or use the
    network.
    """

    def connected(self, tools: FactorTools) -> "Factor":
        """The factor connected to one engine; called once, when the engine opens."""
        return self

    def credential_kinds(self) -> Collection[str]:
        """The kinds of credentials that the factor needs; if empty, none are read."""
        return ()

    def strategies(self, instance: Instance) -> Sequence[Strategy]:
        """The strategies that are enabled in the instance; others are rejected as unknown."""
        ...

    def environment(self, instance: Instance) -> EnvironmentPart:
        return {}

    def offers(self, instance: Instance, person: Person) -> Sequence[Offer]:
        """The offers of this factor to the user."""
        ...

    def decoys(self, instance: Instance, identifier: str) -> Sequence[Offer]:
        """Offers under strict protection for every identifier, known or not: the same each time (R-ENU-01)."""
        return ()

    async def challenge(self, attempt: Attempt) -> Challenge | None:
        """Send the challenge, or a decoy; None for strategies without one. Raises: StrategyNotPossible."""
        return None

    async def check(self, attempt: Attempt, proof: Proof, slot: Slot | None) -> Proven:
        """Compare the proof; the flow has counted the try. `slot` is a slot of the hash pool, for strategies that hash.
        For an attempt without a user it must take the same time, and raise. Raises: WrongCode, WrongPassword,
        PasswordCompromised: any of them is a failed try.
        """
        ...
