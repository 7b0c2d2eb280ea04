"""The picture that a user has chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("users", sa.Column("image_id", sa.String(64), nullable=True))
    op.create_table(
        "images",
        sa.Column("id", sa.String(64), primary_key=True, nullable=False),
        sa.Column("instance_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("user_id", name="uq_images_user"),
    )
