"""The history of settings: every change has its author, its values and its reason, and can be undone."""

from collections.abc import Sequence

import pytest

from sojourn.engine import Engine
from sojourn.errors import Conflict, FieldError, FieldTooLong, Json, NotFound
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange, SettingsChanged, as_patch, differences
from sojourn.instances.settings_input import patched
from sojourn.testing.clock import FakeClock


async def saved(engine: Engine, path: str, value: Json, actor: str = "ada", reason: str = "") -> SettingsChange:
    await engine.instances.update_settings(engine.instance, as_patch({path: value}), actor=actor, reason=reason)
    return (await history(engine))[0]


async def history(engine: Engine) -> Sequence[SettingsChange]:
    return await engine.settings_history.list(engine.instance, limit=100)


async def token_seconds(engine: Engine) -> int:
    return (await engine.instances.current()).settings.sessions.token_seconds


async def test_a_change_records_who_when_what_and_why(engine: Engine, clock: FakeClock) -> None:
    clock.advance(minutes=1)
    change = await saved(engine, "sessions.token_seconds", "30s", "admin:user_ada", "faster sign-out")
    assert (change.actor, change.reason, change.created_at) == ("admin:user_ada", "faster sign-out", clock.now())
    assert [(each.path, each.before, each.after) for each in change.values] == [("sessions.token_seconds", 60, 30)]
    assert (await engine.instances.current()).updated_at == change.created_at


async def test_what_changes_nothing_or_is_refused_is_not_recorded(engine: Engine) -> None:
    version = (await engine.instances.current()).updated_at
    await engine.instances.update_settings(engine.instance, {"sessions": {"token_seconds": 60}})
    with pytest.raises(FieldError):
        await engine.instances.update_settings(engine.instance, {"sessions": {"token_seconds": 1}})
    with pytest.raises(FieldTooLong):
        await saved(engine, "sessions.token_seconds", 30, reason="x" * 501)
    assert list(await history(engine)) == []
    assert (await engine.instances.current()).updated_at == version


async def test_the_second_administrator_is_told_who_changed_what(engine: Engine) -> None:
    read_at = (await engine.instances.current()).updated_at
    first = await saved(engine, "sessions.token_seconds", 30, "admin:user_ada", "shorter")
    with pytest.raises(SettingsChanged, match=r"admin:user_ada changed sessions\.token_seconds") as told:
        await engine.instances.update_settings(
            engine.instance,
            {"sessions": {"token_seconds": 90, "inactivity_seconds": 600}},
            actor="bob",
            expected=read_at,
        )
    assert told.value.meta["conflicts"] == [
        {"path": "sessions.token_seconds", "yours": 90, "theirs": 30, "actor": "admin:user_ada", "reason": "shorter",
         "change_id": first.id, "changed_at": first.created_at.millis}
    ]  # fmt: skip
    settings = (await engine.instances.current()).settings
    assert (settings.sessions.token_seconds, settings.sessions.inactivity_seconds) == (30, 86400)


async def test_changes_of_different_settings_are_merged(engine: Engine) -> None:
    read_at = (await engine.instances.current()).updated_at
    await saved(engine, "sessions.token_seconds", 30, "ada")
    both: dict[str, Json] = {"sessions": {"token_seconds": 30, "inactivity_seconds": 600}}
    after = await engine.instances.update_settings(engine.instance, both, actor="bob", expected=read_at)
    assert (after.settings.sessions.token_seconds, after.settings.sessions.inactivity_seconds) == (30, 600)
    assert [list(change.changes) for change in await history(engine)] == [
        ["sessions.inactivity_seconds"], ["sessions.token_seconds"]
    ]  # fmt: skip


async def test_undoing_a_change_is_a_change_that_restores_its_values(engine: Engine) -> None:
    change = await saved(engine, "sessions.token_seconds", 30)
    await engine.settings_history.undo(engine.instance, change.id, actor="bob")
    undone = (await history(engine))[0]
    assert await token_seconds(engine) == 60
    assert (undone.actor, undone.undoes, undone.reason) == ("bob", change.id, f"Undoes {change.id}")
    with pytest.raises(Conflict, match="Nothing to undo"):
        await engine.settings_history.undo(engine.instance, change.id)


async def test_a_change_that_was_overwritten_is_undone_only_by_force(engine: Engine) -> None:
    first = await saved(engine, "sessions.token_seconds", 30, "ada")
    second = await saved(engine, "sessions.token_seconds", 45, "bob")
    with pytest.raises(Conflict, match=rf"bob changed sessions\.token_seconds later \({second.id}\)"):
        await engine.settings_history.undo(engine.instance, first.id)
    assert await token_seconds(engine) == 45
    await engine.settings_history.undo(engine.instance, first.id, forced=True)
    assert await token_seconds(engine) == 60


async def test_changes_are_undone_one_after_the_other_newest_first(engine: Engine) -> None:
    changes = [await saved(engine, "sessions.token_seconds", seconds) for seconds in (30, 45)]
    for change in reversed(changes):
        await engine.settings_history.undo(engine.instance, change.id)
    assert await token_seconds(engine) == 60


async def test_a_change_that_does_not_exist_cannot_be_undone(engine: Engine) -> None:
    for id in ("stc_none", "", "'"):
        with pytest.raises(NotFound):
            await engine.settings_history.undo(engine.instance, id)


def test_differences_are_in_the_order_of_the_tree_and_restore_the_settings() -> None:
    before = Settings()
    claims: Json = {"plan": "pro"}
    wanted: dict[str, Json] = {
        "theme": {"color": "#112233"},
        "sessions": {"claims": claims},
        "application_name": "Ferry",
    }
    after = patched(before, wanted)
    found = differences(before, after)
    assert [each.path for each in found] == ["application_name", "sessions.claims", "theme.color"]
    assert patched(after, as_patch({each.path: each.before for each in found})) == before
