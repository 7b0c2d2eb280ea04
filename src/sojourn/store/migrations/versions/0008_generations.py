"""A client counts its secrets; sessions and development browsers say from which of them on they are open (R-SES-08).

Sessions that the previous release begins have no generation: no previous secret mints for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("clients", sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("dev_browsers", sa.Column("generation", sa.Integer(), nullable=True))
    op.add_column("dev_browsers", sa.Column("replaced_until", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("generation", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("earlier_generation", sa.Integer(), nullable=True))
    op.add_column("sessions", sa.Column("earlier_first_factor_at", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("earlier_second_factor_at", sa.BigInteger(), nullable=True))
