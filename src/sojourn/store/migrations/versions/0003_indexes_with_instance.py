"""Indexes on user and client ID that include the instance, and an index for clients that will not return."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name, table, columns in (
        ("ix_sessions_client", "sessions", ["client_id", "instance_id"]),
        ("ix_sessions_user", "sessions", ["user_id", "instance_id"]),
        ("ix_events_user", "events", ["user_id", "instance_id", "sequence"]),
    ):
        op.drop_index(name, table)
        op.create_index(name, table, columns)
    op.create_index("ix_clients_over", "clients", ["expire_at"])
    op.create_index("ix_dev_browsers_client", "dev_browsers", ["client_id"])
