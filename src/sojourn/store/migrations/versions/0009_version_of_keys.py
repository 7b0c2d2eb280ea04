"""Adds a version number of an instance's signing keys, so that every process notices a change within a second
(R-KEY-03).
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("instances", sa.Column("keys_version", sa.Integer(), server_default=sa.text("0"), nullable=False))
