"""Clients and development browsers: tables and codecs."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from sojourn.sessions.client import Client
from sojourn.store.interface import DevBrowser
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

clients = Table(
    "clients", metadata,
    id_column(), reference("instance_id"), bytes_column("secret_hash"), time_column("created_at"), time_column("updated_at"),
    time_column("signed_in_changed_at"), time_column("expire_at"), bytes_column("previous_secret_hash", optional=True),
    time_column("previous_secret_until", optional=True), reference("last_active_session_id", optional=True),
    reference("sign_in_id", optional=True), reference("sign_up_id", optional=True), text_column("last_authentication_strategy"),
    counter("generation"), text_column("earlier_secrets"),
    UniqueConstraint("secret_hash", name="uq_clients_secret_hash"),
    Index("ix_clients_previous", "previous_secret_hash"),
    Index("ix_clients_created", "instance_id", "created_at"),
    Index("ix_clients_over", "expire_at"),
)  # fmt: skip

dev_browsers = Table(
    "dev_browsers", metadata,
    Column("token_hash", LargeBinary, primary_key=True, nullable=False), reference("instance_id"),
    reference("client_id", optional=True), time_column("created_at"),
    Column("generation", Integer), time_column("replaced_until", optional=True),
    Index("ix_dev_browsers_client", "client_id"),
)  # fmt: skip

client_row = Codec(clients, Client)
dev_browser_row = Codec(dev_browsers, DevBrowser)
