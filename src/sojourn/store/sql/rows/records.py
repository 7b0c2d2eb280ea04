"""Configuration records: the table and its codec."""

from sqlalchemy import Column, Table, Text, UniqueConstraint

from sojourn.store.interface import Record
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import id_column, metadata, reference, text_column, time_column

records = Table(
    "records", metadata,
    id_column(), reference("instance_id"), text_column("kind", optional=False), Column("key", Text, nullable=False),
    text_column("body", optional=False), time_column("created_at"), time_column("updated_at"),
    UniqueConstraint("instance_id", "kind", "key", name="uq_records_key"),
)  # fmt: skip

record_row = Codec(records, Record)
