"""The filters and orders of a user list, as conditions; names come from here, values are always bound (R-INP-07)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Column, ColumnElement, String, cast, exists, false, func, not_, or_, select
from sqlalchemy.sql.elements import UnaryExpression

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.interface import UserFilter
from sojourn.store.sql.group import Condition
from sojourn.store.sql.tables import identifiers, users
from sojourn.users.user import IdentifierKind

_NEVER_NULL = ("created_at", "updated_at", "web3wallet")
"""Orders by a column that every user has a value in; nobody has a wallet, so those are ordered by age."""


def conditions(instance_id: InstanceId, where: UserFilter) -> list[Condition]:
    found: list[Condition] = [users.c.instance_id == instance_id]
    if where.email_addresses:
        found.append(_owns(IdentifierKind.EMAIL_ADDRESS, identifiers.c.canonical.in_(_folded(where.email_addresses))))
    if where.phone_numbers:
        found.append(_owns(IdentifierKind.PHONE_NUMBER, identifiers.c.canonical.in_(where.phone_numbers)))
    if where.usernames:
        found.append(users.c.username_key.in_(_folded(where.usernames)))
    found += _listed(users.c.id, where.user_ids) + _listed(users.c.external_id, where.external_ids)
    if where.query:
        found.append(_anywhere(where.query, where.query_as_stored))
    if where.email_address_query:
        spelled = _spelled(where.email_address_query, where.query_as_stored)
        found.append(_owns(IdentifierKind.EMAIL_ADDRESS, spelled))
    if where.phone_number_query:
        found.append(_owns(IdentifierKind.PHONE_NUMBER, _contains(identifiers.c.value, where.phone_number_query)))
    if where.username_query:
        found.append(_contains(users.c.username, where.username_query))
    if where.name_query:
        found.append(_named(where.name_query))
    if where.banned is not None:
        found.append(users.c.banned.is_(where.banned))
    if where.locked is not None:
        is_locked = users.c.locked_at.is_not(None) & (
            users.c.locked_until.is_(None) | (users.c.locked_until > where.now.millis)
        )
        found.append(is_locked if where.locked else not_(is_locked))
    return found + _times(where)


def _times(where: UserFilter) -> list[Condition]:
    pairs: list[tuple[Column[int], Instant | None, Instant | None]] = [
        (users.c.last_active_at, where.last_active_at_after, where.last_active_at_before),
        (users.c.last_sign_in_at, where.last_sign_in_at_after, where.last_sign_in_at_before),
        (users.c.created_at, where.created_at_after, where.created_at_before),
    ]
    found: list[Condition] = []
    for column, after, before in pairs:
        if after is not None:
            found.append(column >= _storable(after))
        if before is not None:
            found.append(column < _storable(before))
    return found


def _storable(at: Instant) -> int:
    """The nearest time that a column holds: 64 bits."""
    return max(-(2**63), min(at.millis, 2**63 - 1))


def _listed(column: Column[str], wanted: Sequence[str]) -> list[Condition]:
    """Members with a leading `-` exclude; `+` or nothing includes."""
    without = [each[1:] for each in wanted if each.startswith("-")]
    within = [each.removeprefix("+") for each in wanted if not each.startswith("-")]
    found: list[Condition] = []
    if within:
        found.append(column.in_(within))
    if without:
        found.append(or_(column.is_(None), column.not_in(without)))
    return found


def _anywhere(query: str, as_stored: str | None) -> Condition:
    return or_(
        _contains(users.c.username, query),
        _named(query),
        _contains(users.c.id, query),
        users.c.external_id == query,
        exists(select(identifiers.c.id).where(identifiers.c.user_id == users.c.id, _spelled(query, as_stored))),
    )


def _spelled(query: str, as_stored: str | None) -> Condition:
    found = _contains(identifiers.c.value, query)
    return found if as_stored is None else or_(found, _contains(identifiers.c.value, as_stored))


def _named(query: str) -> Condition:
    full = func.coalesce(users.c.first_name, "") + " " + func.coalesce(users.c.last_name, "")
    return _contains(full, query)


def _owns(kind: IdentifierKind, condition: Condition) -> Condition:
    return exists(
        select(identifiers.c.id).where(identifiers.c.user_id == users.c.id, identifiers.c.kind == kind.value, condition)
    )


def _contains(column: ColumnElement[str], part: str) -> Condition:
    escaped = part.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if "\x00" in escaped:
        return false()
    return func.lower(cast(column, String)).like(f"%{escaped}%", escape="\\")


def _folded(texts: Sequence[str]) -> list[str]:
    return [text.strip().casefold() for text in texts]


def ordering(where: UserFilter) -> list[UnaryExpression[object] | ColumnElement[object]]:
    columns: Mapping[str, ColumnElement[object]] = {
        "created_at": users.c.created_at,
        "updated_at": users.c.updated_at,
        "first_name": users.c.first_name,
        "last_name": users.c.last_name,
        "username": users.c.username,
        "last_active_at": users.c.last_active_at,
        "last_sign_in_at": users.c.last_sign_in_at,
        "email_address": _primary(users.c.primary_email_address_id),
        "phone_number": _primary(users.c.primary_phone_number_id),
        "web3wallet": users.c.created_at,
    }
    column = columns[where.order_by]
    chosen = column.desc() if where.descending else column.asc()
    if where.order_by not in _NEVER_NULL:  # where a word about nulls would only keep the index from being used
        chosen = chosen.nulls_last()
    return [chosen, users.c.id.desc() if where.descending else users.c.id.asc()]


def _primary(column: Column[str]) -> ColumnElement[object]:
    return select(identifiers.c.canonical).where(identifiers.c.id == column).scalar_subquery()
