"""Messages that wait to be sent: the table and its codec."""

from sqlalchemy import Column, Index, Table, Text

from sojourn.store.interface import OutboxMessage
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import (
    bytes_column,
    counter,
    id_column,
    metadata,
    reference,
    text_column,
    time_column,
)

outbox = Table(
    "outbox", metadata,
    id_column(), reference("instance_id"), text_column("kind", optional=False), Column("to", Text, nullable=False),
    bytes_column("sealed_body"), time_column("created_at"), time_column("next_try_at"), counter("tries"),
    Index("ix_outbox_due", "next_try_at"),
)  # fmt: skip

message_row = Codec(outbox, OutboxMessage)
