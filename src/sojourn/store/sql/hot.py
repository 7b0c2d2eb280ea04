"""The hot reads, written once in Core and compiled when the store opens (design section 4)."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, ColumnElement, Dialect, LargeBinary, String, bindparam, literal_column, or_, select

from sojourn.sessions.session import LIVE
from sojourn.store.sql import codecs
from sojourn.store.sql.database import Prepared
from sojourn.store.sql.group import reading
from sojourn.store.sql.tables import clients, dev_browsers, identifiers, secret_keys, sessions, users

_INSTANCE = bindparam("instance_id", type_=String)
_ID = bindparam("id", type_=String)
_HASH = bindparam("hash", type_=LargeBinary)
_NOW = bindparam("now", type_=BigInteger)
_LIVE = sorted(status.value for status in LIVE)


@dataclass(frozen=True, slots=True)
class HotReads:
    client_by_secret: Prepared
    session: Prepared
    sessions_of_client: Prepared
    mint: Prepared
    user: Prepared
    user_held: Prepared
    identifiers_of_user: Prepared
    secret_key: Prepared
    dev_browser: Prepared

    @classmethod
    def compiled(cls, dialect: Dialect) -> "HotReads":
        holds_secret = or_(
            clients.c.secret_hash == _HASH,
            (clients.c.previous_secret_hash == _HASH) & (clients.c.previous_secret_until > _NOW),
        )
        statements = {
            "client_by_secret": reading(codecs.client).where(clients.c.instance_id == _INSTANCE, holds_secret),
            "session": reading(codecs.session).where(sessions.c.id == _ID, sessions.c.instance_id == _INSTANCE),
            "sessions_of_client": reading(codecs.session)
            .where(sessions.c.client_id == _ID, sessions.c.status.in_([_literal(each) for each in _LIVE]))
            .order_by(sessions.c.created_at, sessions.c.id),
            "mint": select(*codecs.session.columns, *codecs.client.columns, *codecs.user.columns)
            .join(clients, clients.c.id == sessions.c.client_id)
            .join(users, users.c.id == sessions.c.user_id)
            .where(
                sessions.c.id == _ID,
                sessions.c.instance_id == _INSTANCE,
                sessions.c.status.in_([_literal(each) for each in _LIVE]),
                holds_secret,
            ),
            "user": reading(codecs.user).where(users.c.id == _ID, users.c.instance_id == _INSTANCE),
            "user_held": reading(codecs.user)
            .where(users.c.id == _ID, users.c.instance_id == _INSTANCE)
            .with_for_update(),
            "identifiers_of_user": reading(codecs.identifier)
            .where(identifiers.c.user_id == _ID)
            .order_by(identifiers.c.created_at, identifiers.c.id),
            "secret_key": reading(codecs.secret_key).where(
                secret_keys.c.secret_hash == _HASH, secret_keys.c.revoked_at.is_(None)
            ),
            "dev_browser": reading(codecs.dev_browser).where(
                dev_browsers.c.token_hash == _HASH, dev_browsers.c.instance_id == _INSTANCE
            ),
        }
        return cls(**{name: Prepared.of(statement, dialect) for name, statement in statements.items()})


def _literal(text: str) -> ColumnElement[str]:
    return literal_column(f"'{text}'", type_=String)
