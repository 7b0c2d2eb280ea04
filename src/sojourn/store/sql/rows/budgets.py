"""Budgets, kept across restarts: the table."""

from sqlalchemy import Column, Index, String, Table

from sojourn.store.sql.rows.schema import id_column, metadata, text_column, time_column

budgets = Table(
    "budgets", metadata,
    id_column("instance_id"), Column("name", String(64), primary_key=True, nullable=False),
    Column("key", String(256), primary_key=True, nullable=False), text_column("moments", optional=False), time_column("expire_at"),
    Index("ix_budgets_over", "expire_at"),
)  # fmt: skip
