"""The changes of an instance's settings. They are kept as long as the instance."""

from collections.abc import Sequence
from typing import Protocol

from sojourn.ids import InstanceId
from sojourn.instances.settings_change import SettingsChange
from sojourn.instant import Instant


class SettingsChangeStore(Protocol):
    async def add(self, change: SettingsChange) -> None: ...
    async def find(self, instance_id: InstanceId, id: str) -> SettingsChange | None: ...
    async def since(self, instance_id: InstanceId, version: Instant) -> Sequence[SettingsChange]:
        """The changes made later than `version` (an instance's `updated_at`), oldest first."""
        ...

    async def list(
        self, instance_id: InstanceId, *, limit: int, before: Instant | None = None
    ) -> Sequence[SettingsChange]:
        """Newest first, only those older than `before`."""
        ...
