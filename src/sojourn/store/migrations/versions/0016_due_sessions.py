"""When the clock may end a session at the earliest. Rows of before, and those that the release before writes, are due at once."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("due_at", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
