"""The earliest time at which a session may expire or be abandoned.

Existing rows, and those that the previous release writes, are due at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("due_at", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
