"""Numbers the generations of a client's secret; sessions and development browsers store the generation from which on
they are open (R-SES-08). Sessions begun by the previous release have no generation, so no previous secret can mint for
them.
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
