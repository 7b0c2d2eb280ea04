"""The changes of an instance's settings: the table and its codec."""

from sqlalchemy import Table, UniqueConstraint

from sojourn.instances.settings_change import SettingsChange
from sojourn.store.sql.codec import Codec
from sojourn.store.sql.rows.schema import id_column, metadata, reference, text_column, time_column

settings_changes = Table(
    "settings_changes", metadata,
    id_column(), reference("instance_id"), time_column("created_at"), text_column("actor", optional=False),
    text_column("reason", optional=False), text_column("changes", optional=False), reference("undoes", optional=True),
    UniqueConstraint("instance_id", "created_at", name="uq_settings_changes_version"),
)  # fmt: skip

settings_change_row = Codec(settings_changes, SettingsChange)
