"""Sessions: the table and its codec."""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, literal_column, text

from sojourn.sessions.session import LIVE, Session
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import flag, id_column, metadata, reference, text_column, time_column

# Sessions have no foreign keys, and every statement on one names its ID, user or client, so the table can be
# hash-partitioned or distributed without a code change.
sessions = Table(
    "sessions", metadata,
    id_column(), reference("instance_id"), reference("client_id"), reference("user_id"), text_column("status", optional=False),
    time_column("created_at"), time_column("updated_at"), time_column("expire_at"), time_column("last_active_at"), time_column("inactivity"),
    time_column("first_factor_at", optional=True), time_column("second_factor_at", optional=True), text_column("actor"),
    text_column("ip_address"), text_column("user_agent"), text_column("browser_name"), text_column("browser_version"), text_column("device_type"),
    flag("is_mobile"), text_column("city"), text_column("country"),
    text_column("public_data", optional=False), text_column("private_data", optional=False),
    reference("last_active_organization_id", optional=True),
    Column("generation", Integer), Column("earlier_generation", Integer),
    time_column("earlier_first_factor_at", optional=True), time_column("earlier_second_factor_at", optional=True),
    text_column("end_cause"), time_column("ended_at", optional=True), text_column("ended_by"),
    text_column("strategy"), text_column("end_rule"), reference("batch_id", optional=True),
    # the last use as lists sort it: moved only with every fifth minute, so that it can have an index; exact once ended
    Column("seen_at", BigInteger, nullable=False, server_default=text("0")),
    # the session does not expire before this time; uses do not change it, so it can have an index
    Column("due_at", BigInteger, nullable=False, server_default=text("0")),
    Index("ix_sessions_client", "client_id", "instance_id"),
    Index("ix_sessions_user", "user_id", "instance_id"),
    Index("ix_sessions_created", "instance_id", "created_at"),
    Index("ix_sessions_status_expire", "status", "expire_at"),
)  # fmt: skip

session_row = Codec(sessions, Session)

IS_LIVE = sessions.c.status.in_([literal_column(f"'{status.value}'", type_=String) for status in sorted(LIVE)])
"""Literals as in the partial indexes, which parameters would not use."""

HAS_ENDED = sessions.c.ended_at.is_not(None)
"""As in the partial indexes of ended sessions."""
