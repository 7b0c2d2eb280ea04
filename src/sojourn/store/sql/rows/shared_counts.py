"""Rate-limit counts shared by all nodes: the table."""

from sqlalchemy import ARRAY, DDL, BigInteger, Column, Index, String, Table, Text, event

from sojourn.store.sql.rows.schema import id_column, metadata, time_column

shared_counts = Table(
    "shared_counts", metadata,
    id_column("instance_id"), Column("name", String(64), primary_key=True, nullable=False), id_column("key"),
    Column("moments", Text().with_variant(ARRAY(BigInteger), "postgresql"), nullable=False), time_column("expire_at"),
    Index("ix_shared_counts_over", "expire_at"),
)  # fmt: skip
"""Used on PostgreSQL only, as an unlogged table: a crash may empty it, and no commit waits for the disk."""
event.listen(
    shared_counts, "after_create", DDL("ALTER TABLE shared_counts SET UNLOGGED").execute_if(dialect="postgresql")
)
