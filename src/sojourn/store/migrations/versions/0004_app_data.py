"""App data of one visitor, signed in or not: the `request.session` of frameworks."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "app_data",
        sa.Column("instance_id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("key", sa.String(64), primary_key=True, nullable=False),
        sa.Column("user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("expire_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_app_data_user", "app_data", ["user_id"])
    op.create_index("ix_app_data_over", "app_data", ["expire_at"])
