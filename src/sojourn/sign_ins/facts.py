"""The input of a new sign-in, and the data for responses about one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.factors.offer import Offer
from sojourn.factors.strategy import Proof
from sojourn.factors.verification import Verification
from sojourn.sign_ins.sign_in import SignIn
from sojourn.users.user import User


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInInput:
    """The input of a create. `strategy` None with an identifier only identifies the user."""

    strategy: str | None = None
    identifier: str | None = None
    password: str | None = None
    ticket: str | None = None

    @property
    def proof(self) -> Proof:
        return Proof(strategy=self.strategy, password=self.password, ticket=self.ticket)


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """The data for the response about a sign-in."""

    sign_in: SignIn
    user: User | None
    verification: Verification | None
    factors: Sequence[Offer]
    second_verification: Verification | None = None
    second_factors: Sequence[Offer] | None = None
