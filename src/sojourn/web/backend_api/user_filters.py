"""Converts the published filters of `GET /users` to the store's filter."""

from dataclasses import replace
from typing import cast, get_args

import msgspec

from sojourn.errors import FieldError
from sojourn.store.interface import UserFilter, UserOrder
from sojourn.users.identifiers import normal_email, normal_phone, normal_username, trimmed
from sojourn.web.parsing.field_types import Limit, Millis, Offset, Texts, millis_instant

_ORDERS = frozenset(cast("tuple[str, ...]", get_args(UserOrder)))


class UserCountQuery(msgspec.Struct, kw_only=True):
    """`+` and `-` before an id include and exclude; unsupported kinds (wallets, providers) match no user."""

    email_address: Texts = ()
    phone_number: Texts = ()
    external_id: Texts = ()
    username: Texts = ()
    web3_wallet: Texts = ()
    user_id: Texts = ()
    organization_id: Texts = ()
    query: str | None = None
    email_address_query: str | None = None
    phone_number_query: str | None = None
    username_query: str | None = None
    name_query: str | None = None
    banned: bool | None = None
    last_active_at_before: Millis | None = None
    last_active_at_after: Millis | None = None
    last_active_at_since: Millis | None = None
    created_at_before: Millis | None = None
    created_at_after: Millis | None = None
    last_sign_in_at_before: Millis | None = None
    last_sign_in_at_after: Millis | None = None
    provider: str | None = None
    provider_user_id: Texts = ()

    def where(self) -> UserFilter | None:
        """None if no user can match: the filter names a kind that no user has."""
        organizations = [id for id in map(_signed, self.organization_id) if not id.startswith("-")]
        if self.web3_wallet or organizations or self.provider or self.provider_user_id:
            return None
        since = max((moment for moment in (self.last_active_at_after, self.last_active_at_since) if moment is not None),
                    default=None)  # fmt: skip
        return UserFilter(
            email_addresses=[_email(address) for address in self.email_address],
            phone_numbers=[_phone(number) for number in self.phone_number],
            external_ids=[_signed(id) for id in self.external_id],
            usernames=[_username(name) for name in self.username],
            user_ids=[_signed(id) for id in self.user_id],
            query=self.query,
            email_address_query=self.email_address_query,
            phone_number_query=self.phone_number_query,
            username_query=self.username_query,
            name_query=self.name_query,
            banned=self.banned,
            last_active_at_before=millis_instant(self.last_active_at_before),
            last_active_at_after=millis_instant(since),
            last_sign_in_at_before=millis_instant(self.last_sign_in_at_before),
            last_sign_in_at_after=millis_instant(self.last_sign_in_at_after),
            created_at_before=millis_instant(self.created_at_before),
            created_at_after=millis_instant(self.created_at_after),
        )


class UserListQuery(UserCountQuery, kw_only=True):
    limit: Limit = 10
    offset: Offset = 0
    starting_after: str | None = None
    order_by: str = "-created_at"

    def where(self) -> UserFilter | None:
        """Raises: FieldError for an invalid order."""
        found = super().where()
        field, descending = self._order()
        return None if found is None else replace(found, order_by=field, descending=descending)

    def cursor(self) -> str:
        """The ID after which the page begins. Raises: FieldError if a cursor would skip or repeat users."""
        if self._order()[0] != "created_at":
            raise FieldError("starting_after needs the order created_at.", param="order_by")
        if self.offset:
            raise FieldError("Give starting_after or offset, not both.", param="offset")
        return self.starting_after or ""

    def _order(self) -> tuple[UserOrder, bool]:
        """The field, and True for descending order. A `+` in a query arrives as a space."""
        text = self.order_by.strip()
        field = text.lstrip("+-") if text[:1] in "+-" else text
        if field not in _ORDERS:
            raise FieldError(f"order_by must be one of {', '.join(sorted(_ORDERS))}.", param="order_by")
        return cast("UserOrder", field), text.startswith("-")


def _signed(text: str) -> str:
    """The ID, with a leading `-` if it excludes. A `+`, which arrives as a space, is dropped."""
    return text.strip().removeprefix("+")


def _email(text: str) -> str:
    """The form in which addresses are compared; text that is not an address stays unchanged and matches no user."""

    try:
        return normal_email(text, param="email_address").canonical
    except FieldError:
        return text


def _phone(text: str) -> str:
    number = trimmed(text)
    try:
        return normal_phone(number if number.startswith("+") else f"+{number}", param="phone_number").canonical
    except FieldError:
        return text


def _username(text: str) -> str:
    try:
        return normal_username(text, param="username").canonical
    except FieldError:
        return text
