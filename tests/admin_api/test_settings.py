"""Settings through the admin API: they change behaviour, their changes are known and undone, and nobody overwrites another."""

from typing import Any

import pytest

from sojourn.console.roles import Role
from sojourn.testing.clock import FakeClock
from sojourn.tokens.jws import verify

from ..wire.browsing import ADA, Browser
from .administration import Administering, Administration


@pytest.fixture
async def editor(administration: Administration) -> Administering:
    return await administration.join(Role.EDITOR)


@pytest.fixture
async def browser(administration: Administration) -> Browser:
    """A browser in which a person has signed up at the application."""
    signed_up = Browser(administration.app)
    await signed_up.sign_up()
    return signed_up


async def claims(administration: Administration, browser: Browser) -> dict[str, Any]:
    """The claims of the token that the browser gets now."""
    client = (await browser.get("/v1/client"))["response"]
    token = (await browser.post(f"/v1/client/sessions/{client['last_active_session_id']}/tokens"))["jwt"]
    engine = administration.dashboard.application
    key = await engine.key_store.signing_key(engine.instance)
    return verify(token, lambda kid: key.verification_key).claims


async def last_change(caller: Administering) -> dict[str, Any]:
    return (await caller.get("/settings/history", limit=1))["data"][0]


async def test_a_token_life_that_is_saved_is_seen_in_the_next_token_and_undo_brings_the_old_one_back(
    administration: Administration, editor: Administering, browser: Browser, clock: FakeClock
) -> None:  # R-ADM-01
    token = await claims(administration, browser)
    assert token["exp"] - token["iat"] == 60
    saved = await editor.patch("/settings", {"changes": {"sessions.token_seconds": 30}, "reason": "sooner out"})
    assert saved["changes"] == [{"path": "sessions.token_seconds", "before": 60, "after": 30}]
    clock.advance(seconds=2)
    token = await claims(administration, browser)
    assert token["exp"] - token["iat"] == 30
    change = await last_change(editor)
    assert (change["actor"], change["reason"]) == (f"admin:{editor.id}", "sooner out")
    assert change["actor_name"] == "editor@console.example"
    await editor.post(f"/settings/history/{change['id']}/undo", {})
    clock.advance(seconds=2)
    token = await claims(administration, browser)
    assert token["exp"] - token["iat"] == 60
    assert (await last_change(editor))["undoes"] == change["id"]


async def test_an_inactivity_of_a_minute_ends_new_sessions_after_a_minute(
    administration: Administration, editor: Administering, clock: FakeClock
) -> None:  # R-SES-01
    saved = await editor.patch("/settings", {"changes": {"sessions.inactivity_seconds": "1m"}})
    assert any("sessions.inactivity_seconds" in warning for warning in saved["warnings"])
    clock.advance(seconds=2)
    browser = Browser(administration.app)
    client = await browser.sign_up()
    path = f"/v1/client/sessions/{client['last_active_session_id']}/tokens"
    clock.advance(seconds=30)
    await browser.post(path)
    clock.advance(seconds=61)
    assert (await browser.refused("POST", path))[0] in (401, 404)


async def test_a_claim_that_is_added_is_in_the_next_token_as_it_was_previewed(
    administration: Administration, editor: Administering, browser: Browser, clock: FakeClock
) -> None:
    wanted = {"mail": "{{user.primary_email_address}}", "plan": "{{user.public_metadata.plan || 'free'}}"}
    user_id = (await claims(administration, browser))["sub"]
    preview = await editor.post("/claims/preview", {"claims": wanted, "user_id": user_id})
    assert preview["problems"] == []
    assert preview["chosen"]["after"] == {"mail": ADA, "plan": "free"}
    assert (
        preview["meter"]["fixed"] < preview["meter"]["largest"] < preview["meter"]["most"] < preview["meter"]["cookie"]
    )
    assert preview["applies_within_ms"] == 61_000
    await editor.patch("/settings", {"changes": {"sessions.claims": wanted}, "reason": "the app shows the plan"})
    clock.advance(seconds=2)
    token = await claims(administration, browser)
    assert {name: token[name] for name in wanted} == {"mail": ADA, "plan": "free"}
    rollout = await editor.get("/claims/rollout")
    assert not rollout["is_complete"]
    assert rollout["old_until"] - rollout["changed_at"] == 61_000
    clock.advance(minutes=1)
    assert (await editor.get("/claims/rollout"))["is_complete"]


async def test_of_two_administrators_the_second_is_told_and_nothing_is_lost(
    administration: Administration, editor: Administering
) -> None:  # R-REL-02
    owner = await administration.join(Role.OWNER)
    version = (await owner.get("/settings"))["version"]
    await editor.patch(
        "/settings", {"changes": {"sessions.token_seconds": 30}, "reason": "mine", "expected_version": version}
    )
    merged = {"changes": {"sessions.inactivity_seconds": 3600}, "expected_version": version}
    await owner.patch("/settings", merged)
    late = {"changes": {"sessions.token_seconds": 90, "theme.color": "#112233"}, "expected_version": version}
    assert await owner.refused("PATCH", "/settings", late) == (409, "conflict")
    (conflict,) = owner.last.json()["errors"][0]["meta"]["conflicts"]
    assert (conflict["path"], conflict["yours"], conflict["theirs"]) == ("sessions.token_seconds", 90, 30)
    assert (conflict["actor"], conflict["reason"]) == (f"admin:{editor.id}", "mine")
    shown = {each["path"]: each["value"] for each in (await owner.get("/settings"))["settings"]}
    assert (shown["sessions.token_seconds"], shown["sessions.inactivity_seconds"]) == (30, 3600)
    assert shown["theme.color"] == "#2f6f4f"


async def test_a_later_change_is_overwritten_by_an_undo_only_by_force(editor: Administering) -> None:
    await editor.patch("/settings", {"changes": {"sessions.token_seconds": 30}})
    first = await last_change(editor)
    await editor.patch("/settings", {"changes": {"sessions.token_seconds": 45}})
    undo = f"/settings/history/{first['id']}/undo"
    assert await editor.refused("POST", undo, {}) == (409, "conflict")
    undone = await editor.post(undo, {"force": True, "reason": "both were wrong"})
    assert undone["changes"] == [{"path": "sessions.token_seconds", "before": 45, "after": 60}]


async def test_settings_are_described_previewed_exported_and_imported(editor: Administering) -> None:
    shown = await editor.get("/settings")
    token = next(each for each in shown["settings"] if each["path"] == "sessions.token_seconds")
    assert (token["type"], token["min"], token["max"], token["unit"], token["is_default"]) == (
        "integer",
        2,
        3600,
        "seconds",
        True,
    )
    assert {each["group"] for each in shown["settings"]} == {each["name"] for each in shown["groups"]}
    planned = await editor.post("/settings/preview", {"changes": {"sessions.token_seconds": 10}})
    assert planned["changes"] and planned["warnings"] and planned["version"] == shown["version"]
    exported = (await editor.get("/settings/export"))["settings"]
    exported["application_name"] = "Ferry"
    tried = await editor.post("/settings/import", {"settings": exported, "dry_run": True})
    assert (await editor.get("/settings"))["version"] == shown["version"]
    made = await editor.post("/settings/import", {"settings": exported, "reason": "as in staging"})
    assert (
        tried["changes"]
        == made["changes"]
        == [{"path": "application_name", "before": "My application", "after": "Ferry"}]
    )


async def test_wrong_settings_are_refused_in_place_and_never_with_a_fault_of_ours(
    editor: Administering,
) -> None:  # R-INP-04
    for changes, param in (
        ({"sessions.token_seconds": 1}, "sessions.token_seconds"),
        ({"sesions.token_seconds": 1}, "sesions"),
        ({"application_name": "x", "application_name.far": 1}, "application_name.far"),
        ({"sessions.claims": {"sub": "x"}}, "sessions.claims.sub"),
        ({"": 1}, ""),
    ):
        status, _ = await editor.refused("PATCH", "/settings", {"changes": changes})
        assert status == 422, changes
        assert editor.last.json()["errors"][0]["meta"]["param_name"] == param or param == ""
    for cursor in ("x", "-1", "9" * 40, "²"):
        assert (await editor.refused("GET", "/settings/history", cursor=cursor))[0] == 422


async def test_the_history_is_paged_newest_first(editor: Administering) -> None:
    for seconds in (30, 40, 50):
        await editor.patch("/settings", {"changes": {"sessions.token_seconds": seconds}})
    first = await editor.get("/settings/history", limit=2)
    second = await editor.get("/settings/history", limit=2, cursor=first["next_cursor"])
    values = [change["changes"][0]["after"] for page in (first, second) for change in page["data"]]
    assert (values, second["next_cursor"]) == ([50, 40, 30], None)
    one = second["data"][0]
    assert await editor.get(f"/settings/history/{one['id']}") == one


async def test_shortcodes_are_listed_for_completion_and_problems_have_their_place(editor: Administering) -> None:
    codes = await editor.get("/claims/shortcodes")
    assert {"user.id", "session.public_data"} <= {each["path"] for each in codes["data"]}
    assert "org_id" in codes["reserved"] and "org_id" not in codes["reserved_in_templates"]
    found = await editor.post("/claims/preview", {"claims": {"roles": ["a {{user.nme}}"]}})
    assert [(each["path"], each["start"], each["end"]) for each in found["problems"]] == [(["roles", 0], 2, 14)]
    assert (found["users"], found["meter"]) == ([], None)


async def test_templates_are_made_previewed_changed_and_deleted(editor: Administering) -> None:
    made = await editor.post("/jwt_templates", {"name": "supabase", "claims": {"aud": "db"}, "lifetime": 600})
    preview = await editor.post(
        "/claims/preview", {"claims": {"aud": "db", "org_id": "x"}, "template_id": made["id"], "lifetime": 600}
    )
    assert (preview["problems"], preview["meter"], preview["applies_within_ms"]) == ([], None, 601_000)
    changed = await editor.patch(f"/jwt_templates/{made['id']}", {"name": "supabase", "claims": {"aud": "db2"}})
    assert (changed["claims"], changed["lifetime"]) == ({"aud": "db2"}, 600)
    assert [each["id"] for each in (await editor.get("/jwt_templates"))["data"]] == [made["id"]]
    await editor.delete(f"/jwt_templates/{made['id']}")
    assert (await editor.get("/jwt_templates"))["data"] == []
