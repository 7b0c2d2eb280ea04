"""`sojourn settings history` and `undo`: who changed which setting, when and why."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.settings_files import Why, print_values
from sojourn.cli.tables import print_table, time_text
from sojourn.errors import Json
from sojourn.instances.settings_change import SettingsChange, ValueChange, differences

if TYPE_CHECKING:
    from sojourn.engine import Engine


def history(
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many changes, newest first.")] = 20,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print the changes of the settings, newest first: who, when, each value before and after, and why."""

    async def read(engine: "Engine") -> list[SettingsChange]:
        return list(await engine.settings_history.list(engine.instance, limit=limit))

    changes = with_engine(configured(data, database_url), read)
    if as_json:
        print_json([_described(change) for change in changes])
        return
    rows = [
        (change.id, time_text(change.created_at.datetime()), change.actor, _said(value), change.reason)
        for change in changes
        for value in change.values
    ]
    print_table(("change", "at (UTC)", "by", "setting", "why"), rows)


def undo(
    change_id: Annotated[str, typer.Argument(help="As `sojourn settings history` prints it.")],
    why: Why = "",
    force: Annotated[bool, typer.Option("--force", help="Also overwrite what later changes set.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Restore the values from before a change, as a new change. Refused if a later change set one of them."""

    async def undone(engine: "Engine") -> tuple[ValueChange, ...]:
        before = engine.instance.settings
        after = await engine.settings_history.undo(engine.instance, change_id, reason=why, forced=force)
        return differences(before, after.settings)

    changed = with_engine(configured(data, database_url), undone)
    print_values(changed, ("setting", "before", "after"), as_json=as_json)


def _said(value: ValueChange) -> str:
    before, after = (msgspec.json.encode(each).decode() for each in (value.before, value.after))
    return f"{value.path}: {before} -> {after}"


def _described(change: SettingsChange) -> Json:
    return {
        "id": change.id,
        "created_at": change.created_at.datetime().isoformat(),
        "actor": change.actor,
        "reason": change.reason,
        "undoes": change.undoes,
        "changes": [{"path": each.path, "before": each.before, "after": each.after} for each in change.values],
    }
