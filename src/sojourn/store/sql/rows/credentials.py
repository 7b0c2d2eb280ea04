"""Credentials: the table and its codec."""

from sqlalchemy import BigInteger, Column, Index, String, Table, UniqueConstraint, text

from sojourn.factors.credential import Credential
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import (
    bytes_column,
    id_column,
    metadata,
    reference,
    text_column,
    time_column,
    user_reference,
)

_EXPIRES = text("expire_at IS NOT NULL")

# not joined into reads of the client or session: credentials are loaded by a statement of their own
credentials = Table(
    "credentials", metadata,
    id_column(), reference("instance_id"), user_reference(), Column("kind", String(64), nullable=False), Column("key", String(256)),
    text_column("label"), bytes_column("body"), Column("counter", BigInteger, nullable=False, server_default=text("0")),
    time_column("verified_at", optional=True), time_column("last_used_at", optional=True), time_column("expire_at", optional=True),
    time_column("created_at"), time_column("updated_at"),
    UniqueConstraint("instance_id", "kind", "key", name="uq_credentials_key"),
    Index("ix_credentials_user", "user_id", "instance_id", "kind"),
    Index("ix_credentials_over", "expire_at", sqlite_where=_EXPIRES, postgresql_where=_EXPIRES),
)  # fmt: skip

credential_row = Codec(credentials, Credential)
