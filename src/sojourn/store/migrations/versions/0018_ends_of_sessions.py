"""Why, when and by whom a session was ended, on its row."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("end_cause", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("ended_at", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("ended_by", sa.Text(), nullable=True))
