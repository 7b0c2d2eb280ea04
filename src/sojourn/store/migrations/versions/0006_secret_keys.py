"""What a secret key may do, and when it was last used. The keys there are may do everything, as before."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("secret_keys", sa.Column("scope", sa.Text(), server_default=sa.text("'full'"), nullable=False))
    op.add_column("secret_keys", sa.Column("last_used_at", sa.BigInteger(), nullable=True))
