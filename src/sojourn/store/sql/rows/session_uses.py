"""The uses of sessions, and the counts of refusals: the tables."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from sojourn.store.sql.rows.schema import bytes_column, id_column, metadata, reference, time_column

session_uses = Table(
    "session_uses", metadata,
    id_column(), reference("instance_id"), reference("user_id"), bytes_column("usage"), time_column("expire_at"),
    Index("ix_session_uses_user", "user_id", "instance_id"), Index("ix_session_uses_over", "expire_at"),
)  # fmt: skip
"""`id` is that of the session."""

refusals = Table(
    "refusals", metadata,
    id_column("instance_id"), Column("hour", BigInteger, primary_key=True, autoincrement=False, nullable=False),
    Column("reason", String(64), primary_key=True, nullable=False), Column("count", Integer, nullable=False), time_column("expire_at"),
    Index("ix_refusals_over", "expire_at"),
)  # fmt: skip
"""`hour` counts since 1970."""
