"""How a session was signed in, the setting and the batch that ended it, and its last use as lists sort it.

Existing rows, and those that the previous release writes, have 0 as `seen_at`; the worker fills them in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("strategy", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("end_rule", sa.Text(), nullable=True))
    op.add_column("sessions", sa.Column("batch_id", sa.String(64), nullable=True))
    op.add_column("sessions", sa.Column("seen_at", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "session_batches",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("which", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("done", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_session_batches_created", "session_batches", ["instance_id", "created_at"])
