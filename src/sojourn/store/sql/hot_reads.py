"""The hot reads, written once in Core and compiled when the store opens (design section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Dialect,
    Integer,
    LargeBinary,
    ScalarSelect,
    Select,
    String,
    bindparam,
    case,
    literal_column,
    or_,
    select,
    union_all,
)

from sojourn.store.sql.database import Prepared, Row
from sojourn.store.sql.group import reading
from sojourn.store.sql.instance_wall import spanning, within
from sojourn.store.sql.rows.clients import client_row, clients, dev_browser_row, dev_browsers
from sojourn.store.sql.rows.instances import secret_key_row, secret_keys
from sojourn.store.sql.rows.sessions import IS_LIVE, session_row, sessions
from sojourn.store.sql.rows.users import identifier_row, identifiers, user_row, users
from sojourn.users.user import User

_INSTANCE = bindparam("instance_id", type_=String)
_ID = bindparam("id", type_=String)
_HASH = bindparam("hash", type_=LargeBinary)
_NOW = bindparam("now", type_=BigInteger)

_OWNING = (*user_row.columns, *identifier_row.columns)
"""The user joined with its identifiers, one row each; cheaper than a second statement. `joined_user` reads it."""

_EARLIER = (sessions.c.earlier_first_factor_at, sessions.c.earlier_second_factor_at)
"""The factor times of a session before its last step-up."""

_OF_CLIENT = (sessions.c.client_id == clients.c.id) & (sessions.c.instance_id == clients.c.instance_id)
_ITS_USER = (users.c.id == sessions.c.user_id) & (users.c.instance_id == sessions.c.instance_id)
_OWNED = (identifiers.c.user_id == users.c.id) & within(identifiers, users.c.instance_id)

_OLDEST_FIRST = (identifiers.c.created_at, identifiers.c.id)


@dataclass(frozen=True, slots=True)
class HotReads:
    client: Prepared
    client_by_secret: Prepared
    client_facts: Prepared
    session: Prepared
    sessions_of_client: Prepared
    last_session_of_client: Prepared
    sessions_of_user: Prepared
    known_device: Prepared
    mint: Prepared
    mint_with_user: Prepared
    user: Prepared
    user_held: Prepared
    user_by_identifier: Prepared
    user_by_username: Prepared
    secret_key: Prepared
    dev_browser: Prepared

    @classmethod
    def compiled(cls, dialect: Dialect) -> "HotReads":
        now = clients.c.secret_hash == _HASH
        before = clients.c.previous_secret_hash == _HASH
        one_user = (
            select(*_OWNING)
            .outerjoin_from(users, identifiers, _OWNED)
            .where(users.c.instance_id == _INSTANCE)
            .order_by(*_OLDEST_FIRST)
        )
        ended_since = sessions.c.updated_at > bindparam("since", type_=BigInteger)
        minted = _minted()
        statements = {
            "client": reading(client_row).where(clients.c.id == _ID, clients.c.instance_id == _INSTANCE),
            # two selects, one index each: with OR, SQLite reads every client of the instance
            "client_by_secret": union_all(
                *(reading(client_row).where(clients.c.instance_id == _INSTANCE, holds) for holds in (now, before))
            ),
            "client_facts": select(*client_row.columns, *session_row.columns, *_OWNING)
            .select_from(clients)
            .outerjoin(sessions, _OF_CLIENT & IS_LIVE)
            .outerjoin(users, _ITS_USER)
            .outerjoin(identifiers, _OWNED)
            .where(clients.c.instance_id == _INSTANCE, now),  # sorted by the reader: nearly always it is one row
            "session": reading(session_row).where(sessions.c.id == _ID, sessions.c.instance_id == _INSTANCE),
            "sessions_of_client": reading(session_row)
            .where(sessions.c.client_id == _ID, within(sessions, _INSTANCE), IS_LIVE)
            .order_by(sessions.c.created_at, sessions.c.id),
            "last_session_of_client": reading(session_row)
            .where(sessions.c.client_id == _ID, within(sessions, _INSTANCE))
            .order_by(sessions.c.last_active_at.desc(), sessions.c.id)
            .limit(literal_column("1")),
            "sessions_of_user": reading(session_row)
            .where(sessions.c.user_id == _ID, sessions.c.instance_id == _INSTANCE, IS_LIVE)
            .order_by(sessions.c.last_active_at.desc(), sessions.c.id),
            "known_device": select(sessions.c.id)
            .where(sessions.c.client_id == _ID, within(sessions, _INSTANCE))
            .where(sessions.c.user_id == bindparam("user_id", type_=String))
            .where(sessions.c.actor.is_(None), or_(IS_LIVE, ended_since))
            .limit(literal_column("1")),
            "mint": minted,
            "mint_with_user": minted.add_columns(*_OWNING).outerjoin(identifiers, _OWNED).order_by(*_OLDEST_FIRST),
            "user": one_user.where(users.c.id == _ID),
            # FOR NO KEY UPDATE: rows that reference the user can still be inserted
            "user_held": one_user.where(users.c.id == _ID).with_for_update(of=users, key_share=True),
            "user_by_identifier": one_user.where(users.c.id == _owner()),
            "user_by_username": one_user.where(users.c.username_key == bindparam("key", type_=String)),
            "secret_key": spanning("secret key by its hash", reading(secret_key_row)).where(
                secret_keys.c.secret_hash == _HASH, secret_keys.c.revoked_at.is_(None)
            ),
            "dev_browser": reading(dev_browser_row).where(
                dev_browsers.c.token_hash == _HASH, dev_browsers.c.instance_id == _INSTANCE
            ),
        }
        return cls(**{name: Prepared.of(statement, dialect) for name, statement in statements.items()})


def _minted() -> Select[Any]:
    """Selects all that a token is minted from; by the previous secret, within its grace, as the session was before (R-FLOW-01)."""
    now = clients.c.secret_hash == _HASH
    is_older = sessions.c.generation < clients.c.generation
    was_held = or_(is_older, sessions.c.earlier_generation < clients.c.generation)
    before = clients.c.previous_secret_hash == _HASH
    shortly = before & (clients.c.previous_secret_until > _NOW) & was_held
    has_grown_since = case((or_(now, is_older), _number(0)), else_=_number(1))
    return (
        select(*session_row.columns, users.c.banned, has_grown_since, *_EARLIER)
        .select_from(sessions)
        .join(clients, _OF_CLIENT)
        .join(users, _ITS_USER)
        .where(sessions.c.id == _ID, sessions.c.instance_id == _INSTANCE, IS_LIVE, or_(now, shortly))
    )


def _owner() -> ScalarSelect[str]:
    owned = identifiers.alias("named")
    return (
        select(owned.c.user_id)
        .where(
            owned.c.instance_id == _INSTANCE,
            owned.c.kind == bindparam("kind", type_=String),
            owned.c.canonical == bindparam("canonical", type_=String),
        )
        .scalar_subquery()
    )


def joined_user(rows: Sequence[Row], start: int = 0) -> User | None:
    """The user in rows that contain the `_OWNING` columns from position `start` on."""
    if not rows:
        return None
    end = start + len(user_row.columns)
    owned = [row[end:] for row in rows if row[end] is not None]
    return user_row.decode_with(rows[0][start:end], tuple(map(identifier_row.decode, owned)))


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), type_=Integer)
