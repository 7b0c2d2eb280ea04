"""What a user can prove themselves with, as a sign-in offers it."""

import hashlib
import hmac
from dataclasses import dataclass, replace

from sojourn.ids import IdentifierId
from sojourn.users.identifiers import safe_identifier
from sojourn.users.user import Identifier, User

PASSWORD = "password"
EMAIL_CODE = "email_code"
RESET_CODE = "reset_password_email_code"
TICKET = "ticket"

CODE_STRATEGIES = frozenset({EMAIL_CODE, RESET_CODE})


@dataclass(frozen=True, slots=True)
class Factor:
    """`strategy` is the wire name; the other fields are set for factors that send something to an address."""

    strategy: str
    email_address_id: IdentifierId | None = None
    safe_identifier: str | None = None
    primary: bool = False


def offered(user: User, identifier: str | None) -> list[Factor]:
    """First factors of the user who typed the identifier. A reset needs a password to replace and an address to send to.

    The typed address comes first, in full, so that components send there; the others are masked. Of addresses whose masks
    are equal only the first is offered, because a person cannot tell them apart; the others are reached by typing them.
    """
    shown: dict[str, Factor] = {}
    for each in possible_addresses(user, identifier):
        text = each.canonical if each.canonical == identifier else safe_identifier(each.value)
        shown.setdefault(text, Factor(EMAIL_CODE, each.id, text, each.id == user.primary_email_address_id))
    by_code = list(shown.values())
    if not user.password:
        return by_code
    return [Factor(PASSWORD), *by_code, *(replace(each, strategy=RESET_CODE) for each in by_code)]


def possible_addresses(user: User, identifier: str | None) -> list[Identifier]:
    """Addresses that a code may go to: verified ones, the typed one first, then the primary one."""
    verified = [each for each in user.email_addresses if each.is_verified]
    return sorted(verified, key=lambda each: (each.canonical != identifier, each.id != user.primary_email_address_id))


def offered_to_anyone(identifier: str, key: bytes) -> list[Factor]:
    """What strict protection offers for every identifier, known or not: same strategies, an id that repeats (R-ENU-01).

    A typed address is shown in full, as `offered` shows it.
    """
    id = decoy_id(identifier, key)
    shown = identifier if "@" in identifier else safe_identifier(identifier)
    return [Factor(PASSWORD), Factor(EMAIL_CODE, id, shown, True), Factor(RESET_CODE, id, shown, True)]


def decoy_id(identifier: str, key: bytes) -> IdentifierId:
    digest = hmac.new(key, b"decoy identifier\0" + identifier.encode(), hashlib.sha256).hexdigest()
    return IdentifierId(f"idn_{digest[:27]}")
