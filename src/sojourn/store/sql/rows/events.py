"""The audit log: tables and codecs."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table, UniqueConstraint

from sojourn.events.event import Event
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import bytes_column, id_column, metadata, reference, text_column, time_column

events = Table(
    "events", metadata,
    reference("instance_id"), Column("sequence", BigInteger, nullable=False), id_column(), text_column("kind", optional=False),
    time_column("at"), text_column("actor", optional=False), reference("user_id", optional=True), text_column("target"),
    text_column("ip_address"), text_column("user_agent"), text_column("details", optional=False), bytes_column("chain_hash"),
    UniqueConstraint("instance_id", "sequence", name="uq_events_sequence"),
    Index("ix_events_user", "user_id", "instance_id", "sequence"),
)  # fmt: skip

unchained_events = Table(
    "unchained_events", metadata,
    Column("ordinal", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    reference("instance_id"), id_column(primary=False), text_column("kind", optional=False),
    time_column("at"), text_column("actor", optional=False), reference("user_id", optional=True), text_column("target"),
    text_column("ip_address"), text_column("user_agent"), text_column("details", optional=False),
    UniqueConstraint("id", name="uq_unchained_events_id"),
)  # fmt: skip
"""Newly recorded entries of the audit log; the worker moves committed ones to `events`."""

event_heads = Table(
    "event_heads", metadata,
    id_column("instance_id"), Column("sequence", BigInteger, nullable=False), bytes_column("chain_hash"),
)  # fmt: skip

event_row = Codec(events, Event)
unchained_event_row = Codec(unchained_events, Event)
