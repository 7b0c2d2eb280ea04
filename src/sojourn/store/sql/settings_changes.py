"""The changes of an instance's settings."""

from collections.abc import Sequence

from sojourn.ids import InstanceId
from sojourn.instances.settings_change import SettingsChange
from sojourn.instant import Instant
from sojourn.store.sql.group import Group, reading
from sojourn.store.sql.rows.settings_changes import settings_change_row, settings_changes


class SqlSettingsChanges(Group):
    async def add(self, change: SettingsChange) -> None:
        await self._insert(settings_change_row, change)

    async def find(self, instance_id: InstanceId, id: str) -> SettingsChange | None:
        of = settings_changes.c.instance_id == instance_id
        return await self._one(settings_change_row, settings_changes.c.id == id, of)

    async def since(self, instance_id: InstanceId, version: Instant) -> Sequence[SettingsChange]:
        of, at = settings_changes.c.instance_id == instance_id, settings_changes.c.created_at
        found = reading(settings_change_row).where(of, at > version.millis).order_by(at)
        return await self._many(settings_change_row, found)

    async def list(
        self, instance_id: InstanceId, *, limit: int, before: Instant | None = None
    ) -> Sequence[SettingsChange]:
        of, at = settings_changes.c.instance_id == instance_id, settings_changes.c.created_at
        found = reading(settings_change_row).where(of).order_by(at.desc()).limit(limit)
        if before is not None:
            found = found.where(at < before.millis)
        return await self._many(settings_change_row, found)
