"""The schema. Every table carries its instance (R-AUZ-02); times are integer milliseconds, JSON is text, hashes are bytes."""

from sqlalchemy import (
    ARRAY,
    DDL,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    false,
    text,
)

metadata = MetaData()


def _id(name: str = "id", *, primary: bool = True) -> Column[str]:
    return Column(name, String(64), primary_key=primary, nullable=False)


def _ref(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=optional)


def _user_ref() -> Column[str]:
    """A row of a user that goes with them: what races with a deletion is either undone or gone, never left behind."""
    return Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


def _time(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _text(name: str, *, optional: bool = True) -> Column[str]:
    return Column(name, Text, nullable=optional)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def _bytes(name: str, *, optional: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=optional)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


_PEPPERED = text("password_pepper IS NOT NULL")
_COSTLY = text("password_cost IS NOT NULL")
_LINKED = text("link_hash IS NOT NULL")
_EXPIRES = text("expire_at IS NOT NULL")

instances = Table(
    "instances", metadata,
    _id(), _text("environment", optional=False), _text("publishable_key", optional=False),
    _text("public_url", optional=False), _text("settings", optional=False), _time("created_at"), _time("updated_at"),
    Column("keys_version", Integer, nullable=False, server_default=text("0")),
)  # fmt: skip

secret_keys = Table(
    "secret_keys", metadata,
    _id(), _ref("instance_id"), _bytes("secret_hash"), _time("created_at"), _time("revoked_at", optional=True),
    Column("scope", Text, nullable=False, server_default=text("'full'")), _time("last_used_at", optional=True),
    UniqueConstraint("secret_hash", name="uq_secret_keys_secret_hash"),
)  # fmt: skip

signing_keys = Table(
    "signing_keys", metadata,
    _id("kid"), _ref("instance_id"), _text("algorithm", optional=False), _bytes("sealed_private"),
    _text("public_pem", optional=False), _time("created_at"), _time("active_from"), _time("retired_at", optional=True),
    Index("ix_signing_keys_instance", "instance_id"),
)  # fmt: skip

users = Table(
    "users", metadata,
    _id(), _ref("instance_id"), _time("created_at"), _time("updated_at"),
    _text("username"), _text("username_key"), _text("first_name"), _text("last_name"), _text("external_id"),
    _ref("primary_email_address_id", optional=True), _ref("primary_phone_number_id", optional=True),
    _text("password_hasher"), _text("password_digest"), _text("password_pepper"),
    _time("password_changed_at", optional=True),
    _text("public_metadata", optional=False), _text("private_metadata", optional=False),
    _text("unsafe_metadata", optional=False),
    _flag("banned"), _time("locked_at", optional=True), _time("locked_until", optional=True), _count("failed_tries"),
    _time("last_sign_in_at", optional=True), _time("last_active_at", optional=True),
    _flag("delete_self_enabled"), _flag("create_organization_enabled"),
    Column("create_organizations_limit", Integer), _flag("bypass_client_trust"),
    _time("legal_accepted_at", optional=True), _text("locale"), _count("password_failures"),
    _ref("image_id", optional=True),
    _time("password_compromised_at", optional=True), _text("password_cost"), _time("devices_forgotten_at", optional=True),
    UniqueConstraint("instance_id", "username_key", name="uq_users_username_key"),
    UniqueConstraint("instance_id", "external_id", name="uq_users_external_id"),
    Index("ix_users_created", "instance_id", "created_at"),
    Index("ix_users_pepper", "password_pepper", sqlite_where=_PEPPERED, postgresql_where=_PEPPERED),
    Index("ix_users_password_cost", "instance_id", "password_cost", sqlite_where=_COSTLY, postgresql_where=_COSTLY),
)  # fmt: skip

identifiers = Table(
    "identifiers", metadata,
    _id(), _ref("instance_id"), _user_ref(), _text("kind", optional=False), _text("value", optional=False),
    _text("canonical", optional=False), _time("verified_at", optional=True), _text("verification_strategy"),
    _flag("reserved"), _time("created_at"), _time("updated_at"),
    UniqueConstraint("instance_id", "kind", "canonical", name="uq_identifiers_canonical"),
    Index("ix_identifiers_user", "user_id"),
)  # fmt: skip

images = Table(
    "images", metadata,
    _id(), _ref("instance_id"), _user_ref(), _bytes("content"), _time("created_at"),
    UniqueConstraint("user_id", name="uq_images_user"),
)  # fmt: skip

clients = Table(
    "clients", metadata,
    _id(), _ref("instance_id"), _bytes("secret_hash"), _time("created_at"), _time("updated_at"),
    _time("signed_in_changed_at"), _time("expire_at"), _bytes("previous_secret_hash", optional=True),
    _time("previous_secret_until", optional=True), _ref("last_active_session_id", optional=True),
    _ref("sign_in_id", optional=True), _ref("sign_up_id", optional=True), _text("last_authentication_strategy"),
    _count("generation"), _text("earlier_secrets"),
    UniqueConstraint("secret_hash", name="uq_clients_secret_hash"),
    Index("ix_clients_previous", "previous_secret_hash"),
    Index("ix_clients_created", "instance_id", "created_at"),
    Index("ix_clients_over", "expire_at"),
)  # fmt: skip

dev_browsers = Table(
    "dev_browsers", metadata,
    Column("token_hash", LargeBinary, primary_key=True, nullable=False), _ref("instance_id"),
    _ref("client_id", optional=True), _time("created_at"),
    Column("generation", Integer), _time("replaced_until", optional=True),
    Index("ix_dev_browsers_client", "client_id"),
)  # fmt: skip

# No foreign key leads to sessions or away from them, and every statement on one names its id, its user or its client:
# so the table can be hash-partitioned, or distributed, without a change of code.
sessions = Table(
    "sessions", metadata,
    _id(), _ref("instance_id"), _ref("client_id"), _ref("user_id"), _text("status", optional=False),
    _time("created_at"), _time("updated_at"), _time("expire_at"), _time("last_active_at"), _time("inactivity"),
    _time("first_factor_at", optional=True), _time("second_factor_at", optional=True), _text("actor"),
    _text("ip_address"), _text("user_agent"), _text("browser_name"), _text("browser_version"), _text("device_type"),
    _flag("is_mobile"), _text("city"), _text("country"),
    _text("public_data", optional=False), _text("private_data", optional=False),
    _ref("last_active_organization_id", optional=True),
    Column("generation", Integer), Column("earlier_generation", Integer),
    _time("earlier_first_factor_at", optional=True), _time("earlier_second_factor_at", optional=True),
    # a moment before which the clock ends it never; uses do not move it, so it can have an index
    Column("due_at", BigInteger, nullable=False, server_default=text("0")),
    Index("ix_sessions_client", "client_id", "instance_id"),
    Index("ix_sessions_user", "user_id", "instance_id"),
    Index("ix_sessions_created", "instance_id", "created_at"),
    Index("ix_sessions_status_expire", "status", "expire_at"),
)  # fmt: skip

sign_ins = Table(
    "sign_ins", metadata,
    _id(), _ref("instance_id"), _ref("client_id"), _text("status", optional=False), _text("identifier"),
    _ref("user_id", optional=True), _time("created_at"), _time("updated_at"), _time("abandon_at"), _text("strategy"),
    _ref("verification_id", optional=True), _ref("created_session_id", optional=True),
    _text("second_strategy"), _ref("second_verification_id", optional=True),
    Index("ix_sign_ins_user", "user_id"),
    Index("ix_sign_ins_over", "abandon_at"),
)  # fmt: skip

sign_ups = Table(
    "sign_ups", metadata,
    _id(), _ref("instance_id"), _ref("client_id"), _text("status", optional=False), _time("created_at"),
    _time("updated_at"), _time("abandon_at"), _text("email_address"), _text("email_canonical"),
    _time("email_verified_at", optional=True), _flag("email_taken"), _ref("verification_id", optional=True),
    _text("username"), _text("username_key"), _text("first_name"), _text("last_name"),
    _text("password_hasher"), _text("password_digest"), _text("password_pepper"),
    _text("unsafe_metadata", optional=False), _text("locale"), _ref("created_user_id", optional=True),
    _ref("created_session_id", optional=True), _text("external_id"), _flag("custom_action"),
    Index("ix_sign_ups_user", "created_user_id"),
    Index("ix_sign_ups_over", "abandon_at"),
)  # fmt: skip

verifications = Table(
    "verifications", metadata,
    _id(), _ref("instance_id"), _ref("owner_id"), _text("strategy", optional=False), _text("status", optional=False),
    _bytes("proof_hash", optional=True), _count("tries"), _count("max_tries"), _time("created_at"),
    _time("expire_at"), _ref("identifier_id", optional=True), _time("verified_at", optional=True),
    _bytes("link_hash", optional=True), _time("admitted_at", optional=True),
    Index("ix_verifications_owner", "owner_id"),
    Index("ix_verifications_link", "link_hash", sqlite_where=_LINKED, postgresql_where=_LINKED),
    Index("ix_verifications_over", "expire_at"),
)  # fmt: skip

tickets = Table(
    "tickets", metadata,
    _id(), _ref("instance_id"), _text("kind", optional=False), _user_ref(), _bytes("secret_hash"),
    _text("status", optional=False), _time("created_at"), _time("updated_at"), _time("expire_at"), _text("actor"),
    _time("session_max", optional=True),
    UniqueConstraint("secret_hash", name="uq_tickets_secret_hash"),
    Index("ix_tickets_user", "user_id"),
)  # fmt: skip

# not read with the client or a session: whoever needs a user's credentials reads them with one statement of its own
credentials = Table(
    "credentials", metadata,
    _id(), _ref("instance_id"), _user_ref(), Column("kind", String(64), nullable=False), Column("key", String(256)),
    _text("label"), _bytes("body"), Column("counter", BigInteger, nullable=False, server_default=text("0")),
    _time("verified_at", optional=True), _time("last_used_at", optional=True), _time("expire_at", optional=True),
    _time("created_at"), _time("updated_at"),
    UniqueConstraint("instance_id", "kind", "key", name="uq_credentials_key"),
    Index("ix_credentials_user", "user_id", "instance_id", "kind"),
    Index("ix_credentials_over", "expire_at", sqlite_where=_EXPIRES, postgresql_where=_EXPIRES),
)  # fmt: skip

nonces = Table(
    "nonces", metadata,
    Column("nonce_hash", LargeBinary, primary_key=True, nullable=False), _ref("instance_id"),
    _text("directives", optional=False), _time("expire_at"),
    Index("ix_nonces_over", "expire_at"),
)  # fmt: skip

records = Table(
    "records", metadata,
    _id(), _ref("instance_id"), _text("kind", optional=False), Column("key", Text, nullable=False),
    _text("body", optional=False), _time("created_at"), _time("updated_at"),
    UniqueConstraint("instance_id", "kind", "key", name="uq_records_key"),
)  # fmt: skip

budgets = Table(
    "budgets", metadata,
    _id("instance_id"), Column("name", String(64), primary_key=True, nullable=False),
    Column("key", String(256), primary_key=True, nullable=False), _text("moments", optional=False), _time("expire_at"),
    Index("ix_budgets_over", "expire_at"),
)  # fmt: skip

shared_counts = Table(
    "shared_counts", metadata,
    _id("instance_id"), Column("name", String(64), primary_key=True, nullable=False), _id("key"),
    Column("moments", Text().with_variant(ARRAY(BigInteger), "postgresql"), nullable=False), _time("expire_at"),
    Index("ix_shared_counts_over", "expire_at"),
)  # fmt: skip
"""Used on PostgreSQL only, where a crash may empty it and no commit waits for the disk."""
event.listen(
    shared_counts, "after_create", DDL("ALTER TABLE shared_counts SET UNLOGGED").execute_if(dialect="postgresql")
)

app_data = Table(
    "app_data", metadata,
    _id("instance_id"), _id("key"),
    Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=True),
    _text("data", optional=False), _time("updated_at"), _time("expire_at"),
    Index("ix_app_data_user", "user_id"),
    Index("ix_app_data_over", "expire_at"),
)  # fmt: skip

events = Table(
    "events", metadata,
    _ref("instance_id"), Column("sequence", BigInteger, nullable=False), _id(), _text("kind", optional=False),
    _time("at"), _text("actor", optional=False), _ref("user_id", optional=True), _text("target"),
    _text("ip_address"), _text("user_agent"), _text("details", optional=False), _bytes("chain_hash"),
    UniqueConstraint("instance_id", "sequence", name="uq_events_sequence"),
    Index("ix_events_user", "user_id", "instance_id", "sequence"),
)  # fmt: skip

unchained_events = Table(
    "unchained_events", metadata,
    Column("ordinal", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    _ref("instance_id"), _id(primary=False), _text("kind", optional=False),
    _time("at"), _text("actor", optional=False), _ref("user_id", optional=True), _text("target"),
    _text("ip_address"), _text("user_agent"), _text("details", optional=False),
    UniqueConstraint("id", name="uq_unchained_events_id"),
)  # fmt: skip
"""Entries of the audit log as they are recorded; the worker moves them to `events` once they are committed."""

event_heads = Table(
    "event_heads", metadata,
    _id("instance_id"), Column("sequence", BigInteger, nullable=False), _bytes("chain_hash"),
)  # fmt: skip

outbox = Table(
    "outbox", metadata,
    _id(), _ref("instance_id"), _text("kind", optional=False), Column("to", Text, nullable=False),
    _bytes("sealed_body"), _time("created_at"), _time("next_try_at"), _count("tries"),
    Index("ix_outbox_due", "next_try_at"),
)  # fmt: skip
