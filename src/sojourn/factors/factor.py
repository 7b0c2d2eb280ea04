"""What a user can prove themselves with, as a sign-in offers it."""

import hashlib
import hmac
from dataclasses import dataclass

from sojourn.ids import IdentifierId
from sojourn.users.identifiers import safe_identifier
from sojourn.users.user import User

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


def offered(user: User) -> list[Factor]:
    """First factors of the user, the preferred one first. A reset needs a password to replace and an address to send to."""
    addresses = [each for each in user.email_addresses if each.is_verified]
    factors = [Factor(PASSWORD)] if user.password else []
    for strategy in (EMAIL_CODE, RESET_CODE) if user.password else (EMAIL_CODE,):
        factors += [
            Factor(strategy, each.id, safe_identifier(each.value), each.id == user.primary_email_address_id)
            for each in addresses
        ]
    return factors


def offered_to_anyone(identifier: str, key: bytes) -> list[Factor]:
    """What strict protection offers for every identifier, known or not: same strategies, an id that repeats (R-ENU-01)."""
    id = decoy_id(identifier, key)
    masked = safe_identifier(identifier)
    return [Factor(PASSWORD), Factor(EMAIL_CODE, id, masked, True), Factor(RESET_CODE, id, masked, True)]


def decoy_id(identifier: str, key: bytes) -> IdentifierId:
    digest = hmac.new(key, b"decoy identifier\0" + identifier.encode(), hashlib.sha256).hexdigest()
    return IdentifierId(f"idn_{digest[:27]}")
