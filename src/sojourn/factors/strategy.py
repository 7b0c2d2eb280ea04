"""Strategies: the ways to authenticate, each with its wire name and the rules that a flow applies to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from sojourn.errors import SojournError, WrongCode

__all__ = ["Proof", "Strategy"]

PASSWORD = "password"
EMAIL_CODE = "email_code"
RESET_CODE = "reset_password_email_code"
TICKET = "ticket"


class Level(StrEnum):
    """The step of a sign-in for which a proof is given."""

    FIRST = "first_factor"
    SECOND = "second_factor"


class Purpose(StrEnum):
    """The purpose of a proof. A flow takes only strategies that name its own.

    No flow asks for `REVERIFY` (the signed-in user, once more) or `CLIENT_TRUST` (a browser that the account does not know) yet.
    """

    SIGN_IN = "sign_in"
    RESET = "reset"
    SIGN_UP = "sign_up"
    VERIFY = "verify"
    REVERIFY = "reverify"
    CLIENT_TRUST = "client_trust"


class Guess(StrEnum):
    """How tries of a strategy are counted, besides the lockout of the account (R-LIM-03).

    `PASSWORD` counts towards the end of the password, `CODE` towards the hundred wrong codes of a year (R-OTP-08). `NONE` counts
    nothing, because 256 random bits cannot be guessed.
    """

    PASSWORD = "password"
    CODE = "code"
    NONE = "none"


Field = Literal["password", "code", "ticket", "state"]
"""The field of a form that carries the proof; a `state` comes as a query instead, and no form has it (`States`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The form fields of a proof. `strategy` None: the request names none. `query` came with the `state`, which is checked."""

    strategy: str | None = None
    password: str | None = None
    code: str | None = None
    ticket: str | None = None
    state: str | None = None
    query: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    def of(self, field: Field) -> str | None:
        return {"password": self.password, "code": self.code, "ticket": self.ticket, "state": self.state}[field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """`name` is the wire name; `purposes` and `levels` say where it may be used, and `field` where its proof stands.

    `is_challenged`: something is sent before it can be tried; with the field `state` it is a link or the address of a
    provider, and the challenge is used up by one try. `identifies`: its proof alone says who it is. `hashes`: its
    check takes a slot of the hash pool, which is reserved before the try is counted (R-PWD-12). `refusal` makes the one error
    that every refusal reads as in strict protection (R-ENU-01). `label` names it on hosted pages without scripts, where it has
    a button; None gives it none. `create_names` are further names for it that only the creation of a sign-in takes.
    """

    name: str
    field: Field = "code"
    levels: frozenset[Level] = frozenset({Level.FIRST})
    purposes: frozenset[Purpose] = frozenset({Purpose.SIGN_IN})
    guess: Guess = Guess.CODE
    is_challenged: bool = False
    identifies: bool = False
    hashes: bool = False
    refusal: Callable[[], SojournError] = WrongCode
    label: str | None = None
    create_names: frozenset[str] = frozenset()

    @property
    def resets_password(self) -> bool:
        return Purpose.RESET in self.purposes

    def is_answered_by(self, proof: Proof) -> bool:
        """True if nothing must be sent before the proof can be checked."""
        return not self.is_challenged and proof.of(self.field) is not None
