"""Sign-ins: the table and its codec."""

from sqlalchemy import Index, Table

from sojourn.sign_ins.sign_in import SignIn
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import id_column, metadata, reference, text_column, time_column

sign_ins = Table(
    "sign_ins", metadata,
    id_column(), reference("instance_id"), reference("client_id"), text_column("status", optional=False), text_column("identifier"),
    reference("user_id", optional=True), time_column("created_at"), time_column("updated_at"), time_column("abandon_at"), text_column("strategy"),
    reference("verification_id", optional=True), reference("created_session_id", optional=True),
    text_column("second_strategy"), reference("second_verification_id", optional=True),
    Index("ix_sign_ins_user", "user_id"),
    Index("ix_sign_ins_over", "abandon_at"),
)  # fmt: skip

sign_in_row = Codec(sign_ins, SignIn)
