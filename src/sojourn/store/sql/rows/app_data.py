"""Data of apps: the table."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from sojourn.store.sql.rows.schema import id_column, metadata, text_column, time_column

app_data = Table(
    "app_data", metadata,
    id_column("instance_id"), id_column("key"),
    Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
    text_column("data", optional=False), time_column("updated_at"), time_column("expire_at"),
    Index("ix_app_data_user", "user_id"),
    Index("ix_app_data_over", "expire_at"),
)  # fmt: skip
