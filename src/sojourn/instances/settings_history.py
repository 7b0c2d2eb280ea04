"""The history of an application's settings: every change with its author and reason, and undoing one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import Conflict, Json, NotFound
from sojourn.ids import well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.instances import OPERATOR, Instances
from sojourn.instances.setting import tree
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange, ValueChange, as_patch, differences
from sojourn.instances.settings_input import patched
from sojourn.instant import Instant
from sojourn.store.interface import Store


@dataclass(frozen=True, slots=True)
class SettingsHistory:
    store: Store
    instances: Instances

    async def list(self, instance: Instance, *, limit: int, before: Instant | None = None) -> Sequence[SettingsChange]:
        """Newest first; `before`, the time of a change, continues after it."""
        return await self.store.settings_changes.list(instance.id, limit=limit, before=before)

    async def get(self, instance: Instance, id: str) -> SettingsChange:
        """Raises: NotFound."""
        change = await self.store.settings_changes.find(instance.id, id) if well_formed(id) else None
        if change is None:
            raise NotFound("No change of the settings has that id.")
        return change

    def preview(self, instance: Instance, patch: Mapping[str, Json]) -> tuple[ValueChange, ...]:
        """The changes that saving `patch` would make now. Raises: FieldError."""
        return differences(instance.settings, patched(instance.settings, patch))

    async def undo(
        self, instance: Instance, id: str, *, actor: str = OPERATOR, reason: str = "", forced: bool = False
    ) -> Instance:
        """Restore the values from before that change, as a change of its own.

        Raises: NotFound; FieldError for a value that is no longer allowed; Conflict if a later change set one of the
        settings to another value, unless `forced`, and if there is nothing to restore.
        """
        change = await self.get(instance, id)
        current = await self.store.instances.find(instance.id)
        if current is None:
            raise NotFound("This application no longer exists.")
        now = {each.path: each.of(current.settings) for each in tree(Settings)}
        wanted = {each.path: each.before for each in change.values if now.get(each.path) != each.before}
        if not wanted:
            raise Conflict("Nothing to undo: these settings have the values from before that change.")
        overwritten = [each.path for each in change.values if each.path in wanted and now.get(each.path) != each.after]
        if overwritten and not forced:
            raise Conflict(await self._advice(instance, change, overwritten[0]), param=overwritten[0])
        reason = reason or f"Undoes {change.id}"
        return await self.instances.update_settings(
            current, as_patch(wanted), actor=actor, reason=reason, expected=current.updated_at, undoes=change.id
        )

    async def _advice(self, instance: Instance, change: SettingsChange, path: str) -> str:
        since = await self.store.settings_changes.since(instance.id, change.created_at)
        later = [each for each in since if path in each.changes]
        who = f"{later[-1].actor} changed {path} later ({later[-1].id})" if later else f"{path} was changed later"
        return f"{who}, and undoing this change would overwrite that. Undo the later change first, or force it."
