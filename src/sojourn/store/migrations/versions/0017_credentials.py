"""Credentials of users, and the second factor of a sign-in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("key", sa.String(256), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("expire_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("instance_id", "kind", "key", name="uq_credentials_key"),
    )
    op.create_index("ix_credentials_user", "credentials", ["user_id", "instance_id", "kind"])
    expires = sa.text("expire_at IS NOT NULL")
    op.create_index("ix_credentials_over", "credentials", ["expire_at"], sqlite_where=expires, postgresql_where=expires)
    op.add_column("sign_ins", sa.Column("second_strategy", sa.Text(), nullable=True))
    op.add_column("sign_ins", sa.Column("second_verification_id", sa.String(64), nullable=True))
