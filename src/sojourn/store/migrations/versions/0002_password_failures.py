"""Counts failures in a row per password, and an index finds the peppers in use without reading all users."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("password_failures", sa.Integer(), server_default=sa.text("0"), nullable=False))
    peppered = sa.text("password_pepper IS NOT NULL")
    op.create_index("ix_users_pepper", "users", ["password_pepper"], sqlite_where=peppered, postgresql_where=peppered)
