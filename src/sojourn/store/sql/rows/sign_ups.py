"""Sign-ups: the table and its codec."""

from sqlalchemy import Index, Table

from sojourn.sign_ups.sign_up import SignUp
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import flag, id_column, metadata, reference, text_column, time_column

sign_ups = Table(
    "sign_ups", metadata,
    id_column(), reference("instance_id"), reference("client_id"), text_column("status", optional=False), time_column("created_at"),
    time_column("updated_at"), time_column("abandon_at"), text_column("email_address"), text_column("email_canonical"),
    time_column("email_verified_at", optional=True), flag("email_taken"), reference("verification_id", optional=True),
    text_column("username"), text_column("username_key"), text_column("first_name"), text_column("last_name"),
    text_column("password_hasher"), text_column("password_digest"), text_column("password_pepper"),
    text_column("unsafe_metadata", optional=False), text_column("locale"), reference("created_user_id", optional=True),
    reference("created_session_id", optional=True), text_column("external_id"), flag("custom_action"),
    Index("ix_sign_ups_user", "created_user_id"),
    Index("ix_sign_ups_over", "abandon_at"),
)  # fmt: skip

sign_up_row = Codec(sign_ups, SignUp)
