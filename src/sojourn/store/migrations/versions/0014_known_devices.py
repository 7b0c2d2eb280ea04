"""The time at which a user's known devices were last forgotten (R-LIM-03)."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("users", sa.Column("devices_forgotten_at", sa.BigInteger(), nullable=True))
