"""Batches of ended sessions: the table and its codec."""

from sqlalchemy import Index, Table

from sojourn.sessions.batch import SessionBatch
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import counter, id_column, metadata, reference, text_column, time_column

session_batches = Table(
    "session_batches", metadata,
    id_column(), reference("instance_id"), text_column("status", optional=False), text_column("cause", optional=False),
    text_column("actor", optional=False), text_column("which", optional=False), counter("total"), counter("done"),
    time_column("created_at"), time_column("updated_at"), time_column("finished_at", optional=True),
    Index("ix_session_batches_created", "instance_id", "created_at"),
)  # fmt: skip

session_batch_row = Codec(session_batches, SessionBatch)
