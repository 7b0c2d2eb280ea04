"""Verifications: the table and its codec."""

from sqlalchemy import Index, Table, text

from sojourn.factors.verification import Verification
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import (
    bytes_column,
    counter,
    id_column,
    metadata,
    reference,
    text_column,
    time_column,
)

_LINKED = text("link_hash IS NOT NULL")

verifications = Table(
    "verifications", metadata,
    id_column(), reference("instance_id"), reference("owner_id"), text_column("strategy", optional=False), text_column("status", optional=False),
    bytes_column("proof_hash", optional=True), counter("tries"), counter("max_tries"), time_column("created_at"),
    time_column("expire_at"), reference("identifier_id", optional=True), time_column("verified_at", optional=True),
    bytes_column("link_hash", optional=True), time_column("admitted_at", optional=True),
    Index("ix_verifications_owner", "owner_id"),
    Index("ix_verifications_link", "link_hash", sqlite_where=_LINKED, postgresql_where=_LINKED),
    Index("ix_verifications_over", "expire_at"),
)  # fmt: skip

verification_row = Codec(verifications, Verification)
