"""Administrators of the console, and the invitations to it: tables and codecs."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from sojourn.console.administrator import Administrator, Invitation
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import bytes_column, id_column, metadata, reference, text_column, time_column

administrators = Table(
    "administrators", metadata,
    Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, nullable=False),
    reference("instance_id"), text_column("role", optional=False), time_column("created_at"), time_column("updated_at"),
    text_column("invited_by"),
)  # fmt: skip

console_invitations = Table(
    "console_invitations", metadata,
    id_column(), reference("instance_id"), bytes_column("secret_hash"), text_column("role", optional=False), text_column("email_address"),
    text_column("status", optional=False), time_column("created_at"), time_column("updated_at"), time_column("expire_at"),
    text_column("invited_by", optional=False),
    UniqueConstraint("secret_hash", name="uq_console_invitations_secret_hash"),
)  # fmt: skip

administrator_row = Codec(administrators, Administrator)
invitation_row = Codec(console_invitations, Invitation)
