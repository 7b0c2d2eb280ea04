"""Users and their identifiers: tables and codecs."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint, text

from sojourn.factors.password_costs import cost_of
from sojourn.store.interface import Tries
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import (
    counter,
    flag,
    id_column,
    metadata,
    reference,
    text_column,
    time_column,
    user_reference,
)
from sojourn.users.user import Identifier, User

_PEPPERED = text("password_pepper IS NOT NULL")
_COSTLY = text("password_cost IS NOT NULL")

users = Table(
    "users", metadata,
    id_column(), reference("instance_id"), time_column("created_at"), time_column("updated_at"),
    text_column("username"), text_column("username_key"), text_column("first_name"), text_column("last_name"), text_column("external_id"),
    reference("primary_email_address_id", optional=True), reference("primary_phone_number_id", optional=True),
    text_column("password_hasher"), text_column("password_digest"), text_column("password_pepper"),
    time_column("password_changed_at", optional=True),
    text_column("public_metadata", optional=False), text_column("private_metadata", optional=False),
    text_column("unsafe_metadata", optional=False),
    flag("banned"), time_column("locked_at", optional=True), time_column("locked_until", optional=True), counter("failed_tries"),
    time_column("last_sign_in_at", optional=True), time_column("last_active_at", optional=True),
    flag("delete_self_enabled"), flag("create_organization_enabled"),
    Column("create_organizations_limit", Integer), flag("bypass_client_trust"),
    time_column("legal_accepted_at", optional=True), text_column("locale"), counter("password_failures"),
    reference("image_id", optional=True),
    time_column("password_compromised_at", optional=True), text_column("password_cost"), time_column("devices_forgotten_at", optional=True),
    text_column("ban_reason"), time_column("delete_at", optional=True), flag("banned_before_deletion"),
    UniqueConstraint("instance_id", "username_key", name="uq_users_username_key"),
    UniqueConstraint("instance_id", "external_id", name="uq_users_external_id"),
    Index("ix_users_created", "instance_id", "created_at"),
    Index("ix_users_pepper", "password_pepper", sqlite_where=_PEPPERED, postgresql_where=_PEPPERED),
    Index("ix_users_password_cost", "instance_id", "password_cost", sqlite_where=_COSTLY, postgresql_where=_COSTLY),
)  # fmt: skip

identifiers = Table(
    "identifiers", metadata,
    id_column(), reference("instance_id"), user_reference(), text_column("kind", optional=False), text_column("value", optional=False),
    text_column("canonical", optional=False), time_column("verified_at", optional=True), text_column("verification_strategy"),
    flag("reserved"), time_column("created_at"), time_column("updated_at"),
    UniqueConstraint("instance_id", "kind", "canonical", name="uq_identifiers_canonical"),
    Index("ix_identifiers_user", "user_id"),
)  # fmt: skip

user_row = Codec(
    users, User, without={"identifiers": ()}, computed={"password_cost": lambda user: cost_of(user.password)}
)
tries_row = Codec(users, Tries)
identifier_row = Codec(identifiers, Identifier)
