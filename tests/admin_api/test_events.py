"""The audit log in the admin API: search, pages, export, and the check of its chain (R-LOG-01)."""

import csv
import io
import json
from typing import Any, cast

from sqlalchemy import text

from sojourn.console.roles import Role
from sojourn.users.new_user import NewUser
from sojourn.web.parsing.cursors import cursor_text

from .administration import Administering, Administration


async def _history(administration: Administration) -> tuple[str, Administering]:
    """An owner who banned and freed a user; the user's id."""
    owner = await administration.join(Role.OWNER)
    engine = administration.dashboard.application
    new = NewUser(email_addresses=["ada@example.com"], skip_password_requirement=True)
    user = await engine.accounts.create(engine.instance, new, actor="operator")
    await owner.post(f"/users/{user.id}/ban", {"reason": "=HYPERLINK(1)"})
    await owner.post(f"/users/{user.id}/unban")
    return user.id, owner


async def _kinds(caller: Administering, **query: object) -> list[str]:
    return [entry["kind"] for entry in (await caller.get("/events", **query))["data"]]


async def test_entries_are_found_by_kind_actor_user_target_and_time(administration: Administration) -> None:
    user_id, owner = await _history(administration)
    by_owner = {"actor": f"admin:{owner.id}"}
    assert await _kinds(owner, user_id=user_id) == ["user.unbanned", "user.banned", "user.created"]
    assert await _kinds(owner, **by_owner) == ["user.unbanned", "user.banned"]
    assert await _kinds(owner, **by_owner, kind="user.banned") == ["user.banned"]
    assert await _kinds(owner, target=user_id, kind=["user.banned", "user.created"]) == ["user.banned", "user.created"]
    assert await _kinds(owner, kind="user.", user_id=user_id, limit=1) == ["user.unbanned"]
    newest = (await owner.get("/events", user_id=user_id))["data"][0]
    assert await _kinds(owner, user_id=user_id, before=newest["at"]) == []
    assert len(await _kinds(owner, user_id=user_id, after=newest["at"])) == 3
    assert owner.id in newest["sentence"] and "lifted the ban" in newest["sentence"]
    for wrong in ({"kind": "boat.launched"}, {"kind": "boat."}, {"limit": 0}, {"cursor": "x"}, {"after": "now"}):
        assert (await owner.refused("GET", "/events", **wrong))[0] == 422
    assert await _kinds(owner, cursor="ImV2dF9ub25lIg") == []


async def test_pages_of_the_log_follow_each_other(administration: Administration) -> None:
    user_id, owner = await _history(administration)
    first = await owner.get("/events", user_id=user_id, limit=2)
    await administration.dashboard.application.store.chain_events(max_rows=100)
    second = await owner.get("/events", user_id=user_id, limit=2, cursor=first["next_cursor"])
    assert [entry["kind"] for entry in first["data"] + second["data"]] == [
        "user.unbanned",
        "user.banned",
        "user.created",
    ]
    assert second["next_cursor"] is None


async def test_the_log_is_exported_as_lines_and_no_cell_is_a_formula(administration: Administration) -> None:
    # R-INP-08
    user_id, owner = await _history(administration)
    answer = await owner.send("GET", "/events/export", user_id=user_id)
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    entries = [json.loads(line) for line in answer.text.splitlines()]
    assert [entry["kind"] for entry in entries] == ["user.unbanned", "user.banned", "user.created"]
    assert entries[1]["details"] == {"reason": "=HYPERLINK(1)"}
    as_csv = await owner.send("GET", "/events/export", user_id=user_id, format="csv")
    assert "sojourn-next-cursor" not in as_csv.headers
    rows = list(csv.DictReader(io.StringIO(as_csv.text)))
    assert [row["kind"] for row in rows] == ["user.unbanned", "user.banned", "user.created"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())
    assert await _kinds(owner, kind="events.exported") == ["events.exported"] * 2
    viewer = await administration.join(Role.VIEWER)
    assert (await viewer.refused("GET", "/events/export"))[0] == 403


async def test_parts_of_an_export_are_one_file(administration: Administration, monkeypatch: Any) -> None:
    monkeypatch.setattr("sojourn.web.admin_api.events._EXPORTED_AT_ONCE", 2)
    user_id, owner = await _history(administration)
    whole, cursor = "", dict[str, str]()
    while True:
        answer = await owner.send("GET", "/events/export", user_id=user_id, format="csv", **cursor)
        whole += answer.content.decode()
        if "sojourn-next-cursor" not in answer.headers:
            break
        cursor = {"cursor": answer.headers["sojourn-next-cursor"]}
    rows = list(csv.DictReader(io.StringIO(whole)))
    assert [row["kind"] for row in rows] == ["user.unbanned", "user.banned", "user.created"]


async def test_the_chain_is_checked_in_steps_and_a_changed_entry_is_told(
    administration: Administration, monkeypatch: Any
) -> None:
    # R-LOG-01
    monkeypatch.setattr("sojourn.events.audit_reader._CHECKED_AT_ONCE", 2)
    _, owner = await _history(administration)
    store = administration.dashboard.application.store
    waiting = await owner.post("/events/check", {})
    assert (waiting["is_whole"], waiting["checked"], waiting["waiting"] >= 3) == (True, 0, True)
    await store.chain_events(max_rows=100)

    async def checked() -> tuple[bool, int]:
        step: Any = {"is_whole": None, "next_cursor": None}
        while step["is_whole"] is None:
            step = await owner.post("/events/check", {"cursor": step["next_cursor"]})
        return step["is_whole"], step["checked"]

    whole, count = await checked()
    assert whole and count >= 3
    await cast("Any", store)._database.change(text("UPDATE events SET details = '{}' WHERE kind = 'user.banned'"))
    is_whole, reached = await checked()
    assert not is_whole and reached < count
    for wrong in ("x", "WzEsMl0", "ImEi", cursor_text([-1, b""]), cursor_text([2**60, b""])):
        assert (await owner.refused("POST", "/events/check", {"cursor": wrong}))[0] == 422


async def test_every_kind_of_entry_is_listed_with_its_sentence(administration: Administration) -> None:
    viewer = await administration.join(Role.VIEWER)
    kinds = {kind["name"]: kind for kind in (await viewer.get("/events/kinds"))["data"]}
    assert kinds["user.banned"] == {"name": "user.banned", "sentence": "{actor} banned {user}.", "details": ["reason"]}
