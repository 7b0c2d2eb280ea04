"""Tickets, and the nonces of handshakes: tables and codecs."""

from sqlalchemy import Column, Index, LargeBinary, Table, UniqueConstraint

from sojourn.sign_ins.ticket import Ticket
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

tickets = Table(
    "tickets", metadata,
    id_column(), reference("instance_id"), text_column("kind", optional=False), user_reference(), bytes_column("secret_hash"),
    text_column("status", optional=False), time_column("created_at"), time_column("updated_at"), time_column("expire_at"), text_column("actor"),
    time_column("session_max", optional=True),
    UniqueConstraint("secret_hash", name="uq_tickets_secret_hash"),
    Index("ix_tickets_user", "user_id"),
)  # fmt: skip

nonces = Table(
    "nonces", metadata,
    Column("nonce_hash", LargeBinary, primary_key=True, nullable=False), reference("instance_id"),
    text_column("directives", optional=False), time_column("expire_at"),
    Index("ix_nonces_over", "expire_at"),
)  # fmt: skip

ticket_row = Codec(tickets, Ticket)
