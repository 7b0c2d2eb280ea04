"""Offers: the factors that a user can authenticate with, as a sign-in lists them."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sojourn.factors.credential import Credential
from sojourn.ids import IdentifierId
from sojourn.users.identifiers import safe_identifier
from sojourn.users.user import Identifier, IdentifierKind, User

__all__ = ["Offer", "Person"]


@dataclass(frozen=True, slots=True)
class Offer:
    """`strategy` is the wire name; the other fields are set for factors that send something to an address or a number.

    `identifier_kind` says which of the two `identifier_id` names, and so the wire name of that id: `email_address_id`,
    `phone_number_id`.
    """

    strategy: str
    identifier_id: IdentifierId | None = None
    identifier_kind: IdentifierKind = IdentifierKind.EMAIL_ADDRESS
    safe_identifier: str | None = None
    primary: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The recipient of offers: a user, the canonical identifier that was typed, and the currently usable credentials."""

    user: User
    identifier: str | None = None
    credentials: Sequence[Credential] = ()


def address_offers(person: Person, strategy: str) -> list[Offer]:
    """An offer for each address that a code may go to.

    The typed address comes first, in full, so that components send there; the others are masked. Of addresses whose masks
    are equal only the first is offered, because a person cannot tell them apart; the others are reached by typing them.
    """
    user, shown = person.user, dict[str, Offer]()
    for address in possible_addresses(user, person.identifier):
        text = address.canonical if address.canonical == person.identifier else safe_identifier(address.value)
        shown.setdefault(
            text, Offer(strategy, address.id, address.kind, text, address.id == user.primary_email_address_id)
        )
    return list(shown.values())


def address_decoy(identifier: str, strategy: str, key: bytes) -> Offer:
    """Offers under strict protection for every identifier, known or not, with a deterministic ID (R-ENU-01).

    A typed address is shown in full, as `address_offers` shows it.
    """
    shown = identifier if "@" in identifier else safe_identifier(identifier)
    return Offer(strategy, decoy_id(identifier, key), IdentifierKind.EMAIL_ADDRESS, shown, True)


def possible_addresses(user: User, identifier: str | None) -> list[Identifier]:
    """Addresses to which a code may be sent: verified ones, the typed one first, then the primary one."""
    verified = [address for address in user.email_addresses if address.is_verified]
    return sorted(
        verified, key=lambda address: (address.canonical != identifier, address.id != user.primary_email_address_id)
    )


def decoy_id(identifier: str, key: bytes) -> IdentifierId:
    digest = hmac.new(key, b"decoy identifier\0" + identifier.encode(), hashlib.sha256).hexdigest()
    return IdentifierId(f"idn_{digest[:27]}")
