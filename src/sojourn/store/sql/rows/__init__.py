"""Tables and their row codecs, one file per domain; together they are the schema."""

from sojourn.store.sql.rows import (
    app_data,
    budgets,
    clients,
    credentials,
    events,
    images,
    instances,
    outbox,
    records,
    sessions,
    settings_changes,
    shared_counts,
    sign_ins,
    sign_ups,
    tickets,
    users,
    verifications,
)
from sojourn.store.sql.rows.schema import metadata

__all__ = [
    "app_data",
    "budgets",
    "clients",
    "credentials",
    "events",
    "images",
    "instances",
    "metadata",
    "outbox",
    "records",
    "sessions",
    "settings_changes",
    "shared_counts",
    "sign_ins",
    "sign_ups",
    "tickets",
    "users",
    "verifications",
]
