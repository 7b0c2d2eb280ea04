"""Pure rules for a user's primary addresses, and for the last address, which cannot be removed."""

from dataclasses import replace

from sojourn.errors import FieldError, LastIdentifier, NotFound
from sojourn.users.user import Identifier, IdentifierKind, User


def with_primary(user: User, kind: IdentifierKind, id: str) -> User:
    """The user with this address as the primary one of its kind. Raises: NotFound, FieldError (not verified)."""
    chosen = user.identifier(id)
    if chosen is None or chosen.kind is not kind:
        raise NotFound("This user has no such address.")
    if not chosen.is_verified and id != primary_id(user, kind):
        raise FieldError("An address must be verified before it can be the primary one.", param=f"primary_{kind}_id")
    return _set(user, kind, chosen)


def with_verified(user: User, verified: Identifier) -> User:
    """The user after an address was verified: it becomes the primary one if no verified one is."""
    current = user.identifier(primary_id(user, verified.kind))
    user = replace(user, identifiers=_replaced(user, verified))
    return _set(user, verified.kind, verified) if current is None or not current.is_verified else user


def without(user: User, gone: Identifier, *, kept_unverified: bool = False) -> User:
    """The user without an address or its verification; the oldest other verified one becomes primary in its place."""
    if kept_unverified:
        left = _replaced(user, replace(gone, verified_at=None, verification_strategy=None))
    else:
        left = tuple(identifier for identifier in user.identifiers if identifier.id != gone.id)
    user = replace(user, identifiers=left)
    if primary_id(user, gone.kind) != gone.id:
        return user
    heir = next(
        (identifier for identifier in user.identifiers if identifier.kind is gone.kind and identifier.is_verified), None
    )
    return _set(user, gone.kind, heir)


def as_only_one(user: User, address: Identifier) -> User:
    """The user with `address` as the only one of its kind, and the primary one if it is verified or reserved. Raises:
    LastIdentifier if an unusable address would replace a usable one (R-OTP-06).
    """
    if user.identifier(address.id) is None:
        user = replace(user, identifiers=(*user.identifiers, address))
    for other in user.identifiers:
        if other.kind is not address.kind or other.id == address.id:
            continue
        if _counts(other) and is_last(user, other):
            raise LastIdentifier(
                "The last proven address of an account stays until another is proven or reserved.",
                param="identification_status",
            )
        user = without(user, other)
    return _set(user, address.kind, address if _counts(address) else None)


def is_last(user: User, address: Identifier) -> bool:
    """True if the user could not be identified or reached without this address (R-OTP-06). Codes and resets are sent
    by e-mail, so the only verified e-mail address counts as the last one.
    """
    others = [identifier for identifier in user.identifiers if identifier.id != address.id]
    if address.kind is IdentifierKind.EMAIL_ADDRESS and _counts(address):
        return not any(identifier.kind is IdentifierKind.EMAIL_ADDRESS and _counts(identifier) for identifier in others)
    return not user.username and not any(_counts(identifier) for identifier in others)


def primary_id(user: User, kind: IdentifierKind) -> str | None:
    return user.primary_email_address_id if kind is IdentifierKind.EMAIL_ADDRESS else user.primary_phone_number_id


def _replaced(user: User, changed: Identifier) -> tuple[Identifier, ...]:
    """The user's addresses in their order, with one of them as it is now."""
    return tuple(changed if identifier.id == changed.id else identifier for identifier in user.identifiers)


def _counts(identifier: Identifier) -> bool:
    return identifier.is_held


def _set(user: User, kind: IdentifierKind, chosen: Identifier | None) -> User:
    id = chosen.id if chosen else None
    if kind is IdentifierKind.EMAIL_ADDRESS:
        return replace(user, primary_email_address_id=id)
    return replace(user, primary_phone_number_id=id)
