"""Instances with their keys: tables and codecs."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from sojourn.instances.instance import Instance
from sojourn.store.interface import SecretKey, StoredSigningKey
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import bytes_column, id_column, metadata, reference, text_column, time_column

instances = Table(
    "instances", metadata,
    id_column(), text_column("environment", optional=False), text_column("publishable_key", optional=False),
    text_column("public_url", optional=False), text_column("settings", optional=False), time_column("created_at"), time_column("updated_at"),
    Column("keys_version", Integer, nullable=False, server_default=text("0")),
    Column("kind", Text, nullable=False, server_default=text("'application'")),
)  # fmt: skip

secret_keys = Table(
    "secret_keys", metadata,
    id_column(), reference("instance_id"), bytes_column("secret_hash"), time_column("created_at"), time_column("revoked_at", optional=True),
    Column("scope", Text, nullable=False, server_default=text("'full'")), time_column("last_used_at", optional=True),
    UniqueConstraint("secret_hash", name="uq_secret_keys_secret_hash"),
)  # fmt: skip

signing_keys = Table(
    "signing_keys", metadata,
    id_column("kid"), reference("instance_id"), text_column("algorithm", optional=False), bytes_column("sealed_private"),
    text_column("public_pem", optional=False), time_column("created_at"), time_column("active_from"), time_column("retired_at", optional=True),
    Index("ix_signing_keys_instance", "instance_id"),
)  # fmt: skip

instance_row = Codec(instances, Instance)
secret_key_row = Codec(secret_keys, SecretKey)
signing_key_row = Codec(signing_keys, StoredSigningKey)
