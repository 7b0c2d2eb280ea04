"""The console: an instance of its own kind, its administrators and the invitations to it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("instances", sa.Column("kind", sa.Text(), nullable=False, server_default=sa.text("'application'")))
    op.create_table(
        "administrators",
        sa.Column(
            "user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=True),
    )
    op.create_table(
        "console_invitations",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email_address", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
        sa.Column("invited_by", sa.Text(), nullable=False),
        sa.UniqueConstraint("secret_hash", name="uq_console_invitations_secret_hash"),
    )
