"""Filters and sort orders of a user list as SQL conditions.

Names are constants of this file, values are always bound (R-INP-07).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Dialect, Select, and_, exists, not_, or_, select
from sqlalchemy.sql.elements import UnaryExpression

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.interface import UserFilter
from sojourn.store.sql.group import Condition
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.late_indexes import BANNED, BY_ACTIVITY, BY_SIGN_IN, BY_UPDATED, DELETING, LOCKED, SEARCH
from sojourn.store.sql.rows.users import identifiers, users
from sojourn.store.sql.text_search import EMAIL, EVERYWHERE, PHONE, TextSearch
from sojourn.users.user import IdentifierKind

NEVER_NULL = ("created_at", "updated_at", "web3wallet")
"""Sort orders whose column is never NULL. There are no wallets here, so that order falls back to age."""

ORDERED_BY: Mapping[str, str] = {
    "created_at": "", "web3wallet": "", "updated_at": BY_UPDATED, "last_sign_in_at": BY_SIGN_IN, "last_active_at": BY_ACTIVITY,
}  # fmt: skip
"""The sort orders that have an index, with its name; the first index is part of the table since the first schema."""


@dataclass(frozen=True, slots=True)
class Part:
    """One filter. `condition` is true for matching users, and `ids` finds exactly those by an index. `few` means that
    there are at most as many as the filter names. `index` is the late index that `ids` needs. `column` is the column of
    a range filter; sorting by it scans only that range.
    """

    condition: Condition
    ids: Sequence[Select[tuple[str]]] = ()
    few: bool = False
    index: str = ""
    column: str = ""


def parts(instance_id: InstanceId, where: UserFilter, search: TextSearch) -> list[Part]:
    """The filters other than the instance, the most selective first."""
    return [
        *_named_ones(instance_id, where),
        *_searches(instance_id, where, search),
        *_flags(instance_id, where),
        *_times(instance_id, where),
    ]


def _named_ones(instance_id: InstanceId, where: UserFilter) -> list[Part]:
    found: list[Part] = []
    if where.email_addresses:
        found.append(_owning(instance_id, IdentifierKind.EMAIL_ADDRESS, _folded(where.email_addresses)))
    if where.phone_numbers:
        found.append(_owning(instance_id, IdentifierKind.PHONE_NUMBER, where.phone_numbers))
    if where.usernames:
        found.append(_among(instance_id, users.c.username_key, _folded(where.usernames)))
    return (
        found
        + _listed(instance_id, users.c.id, where.user_ids)
        + _listed(instance_id, users.c.external_id, where.external_ids)
    )


def _searches(instance_id: InstanceId, where: UserFilter, search: TextSearch) -> list[Part]:
    asked = (
        (where.username_query, "username", None), (where.phone_number_query, PHONE, None),
        (where.email_address_query, EMAIL, where.email_address_query_as_stored), (where.name_query, "name", None),
    )  # fmt: skip
    found = [
        Part(search.condition([field], text, stored), search.ids(instance_id, [field], text, stored), index=SEARCH)
        for text, field, spelled in asked
        if text
        for stored in [{field: spelled} if spelled else {}]
    ]
    if where.query:
        spelled = {EMAIL: where.query_as_stored, PHONE: where.query_as_phone}
        stored = {field: text for field, text in spelled.items() if text}
        is_it = users.c.external_id == where.query
        by_id = select(users.c.id).where(users.c.instance_id == instance_id, is_it)
        ids = [*search.ids(instance_id, EVERYWHERE, where.query, stored), by_id]
        found.append(Part(or_(search.condition(EVERYWHERE, where.query, stored), is_it), ids, index=SEARCH))
    return found


def _flags(instance_id: InstanceId, where: UserFilter) -> list[Part]:
    found: list[Part] = []
    if where.banned is not None:
        is_banned = users.c.banned.is_(where.banned)
        ids = [select(users.c.id).where(users.c.instance_id == instance_id, is_banned)] if where.banned else []
        found.append(Part(is_banned, ids, index=BANNED))
    if where.locked is not None:
        until = or_(users.c.locked_until.is_(None), users.c.locked_until > where.now.millis)
        is_locked = users.c.locked_at.is_not(None) & until
        ids = [select(users.c.id).where(users.c.instance_id == instance_id, is_locked)] if where.locked else []
        found.append(Part(is_locked if where.locked else not_(is_locked), ids, index=LOCKED))
    if where.deleting is not None:
        is_deleting = users.c.delete_at.is_not(None)
        ids = [select(users.c.id).where(users.c.instance_id == instance_id, is_deleting)] if where.deleting else []
        found.append(Part(is_deleting if where.deleting else users.c.delete_at.is_(None), ids, index=DELETING))
    if where.verified is not None:
        is_verified = exists().where(
            identifiers.c.user_id == users.c.id,
            within(identifiers, users.c.instance_id),
            identifiers.c.kind == IdentifierKind.EMAIL_ADDRESS.value,
            identifiers.c.verified_at.is_not(None),
        )
        found.append(Part(is_verified if where.verified else ~is_verified))
    return found


def _times(instance_id: InstanceId, where: UserFilter) -> list[Part]:
    bounds: list[tuple[Column[int], Instant | None, Instant | None]] = [
        (users.c.last_active_at, where.last_active_at_after, where.last_active_at_before),
        (users.c.last_sign_in_at, where.last_sign_in_at_after, where.last_sign_in_at_before),
        (users.c.created_at, where.created_at_after, where.created_at_before),
    ]
    found: list[Part] = []
    for column, after, before in bounds:
        bounded = [] if after is None else [column >= _storable(after)]
        bounded += [] if before is None else [column < _storable(before)]
        if bounded:
            ids = select(users.c.id).where(users.c.instance_id == instance_id, *bounded)
            found.append(Part(and_(*bounded), [ids], index=ORDERED_BY[column.name], column=column.name))
    if where.after is not None:
        at, id = _storable(where.after.created_at), where.after.id
        before, beside = (
            (users.c.created_at < at, users.c.id < id)
            if where.descending
            else (users.c.created_at > at, users.c.id > id)
        )
        edge = users.c.created_at <= at if where.descending else users.c.created_at >= at
        found.append(Part(and_(edge, or_(before, beside)), column="created_at"))
    return found


def _storable(at: Instant) -> int:
    """The nearest time that fits into a 64-bit column."""
    return max(-(2**63), min(at.millis, 2**63 - 1))


def _listed(instance_id: InstanceId, column: Column[str], wanted: Sequence[str]) -> list[Part]:
    """A leading `-` excludes the member; `+` or no sign includes it."""
    without = [member[1:] for member in wanted if member.startswith("-")]
    within = [member.removeprefix("+") for member in wanted if not member.startswith("-")]
    found: list[Part] = []
    if within:
        found.append(_among(instance_id, column, within))
    if without:
        found.append(Part(or_(column.is_(None), column.not_in(without))))
    return found


def _among(instance_id: InstanceId, column: Column[str], values: Sequence[str]) -> Part:
    is_one = column.in_(values)
    return Part(is_one, [select(users.c.id).where(users.c.instance_id == instance_id, is_one)], few=True)


def _owning(instance_id: InstanceId, kind: IdentifierKind, canonical: Sequence[str]) -> Part:
    named = (
        identifiers.c.instance_id == instance_id,
        identifiers.c.kind == kind.value,
        identifiers.c.canonical.in_(canonical),
    )
    ids = select(identifiers.c.user_id).where(*named)
    return Part(users.c.id.in_(ids), [ids], few=True)


def _folded(texts: Sequence[str]) -> list[str]:
    return [text.strip().casefold() for text in texts]


def ordering(where: UserFilter, dialect: Dialect) -> list[UnaryExpression[object] | ColumnElement[object]]:
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
    # without NULLs, or with NULLs last anyway, NULLS LAST would only prevent the use of the index
    if where.order_by not in NEVER_NULL and not (where.descending and dialect.name == "sqlite"):
        chosen = chosen.nulls_last()
    return [chosen, users.c.id.desc() if where.descending else users.c.id.asc()]


def _primary(column: Column[str]) -> ColumnElement[object]:
    its_own = (identifiers.c.id == column, within(identifiers, users.c.instance_id))
    return select(identifiers.c.canonical).where(*its_own).scalar_subquery()
