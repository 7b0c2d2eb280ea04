"""Keys through the admin API: shown once, rotated now or later, and never to those who may not."""

from datetime import timedelta

import httpx
import pytest

from sojourn.console.roles import Role
from sojourn.store.interface import Page
from sojourn.testing.clock import FakeClock

from .administration import Administering, Administration


@pytest.fixture
async def owner(administration: Administration) -> Administering:
    return await administration.join(Role.OWNER)


async def settings_answer(administration: Administration, secret: str) -> httpx.Response:
    """The answer to an app's server that uses the secret key."""
    headers = {"Authorization": f"Bearer {secret}"}
    return await administration.http().get("/v1/sojourn/settings", headers=headers)


async def test_two_secret_keys_work_while_apps_change_to_the_new_one(
    administration: Administration, owner: Administering, clock: FakeClock
) -> None:  # R-AUZ-08
    first = await owner.post("/secret_keys", {"scope": "full"})
    clock.advance(seconds=1)
    second = await owner.post("/secret_keys", {"scope": "read"})
    for made in (first, second):
        assert (await settings_answer(administration, made["secret_key"])).status_code == 200
    listed = await owner.get("/secret_keys")
    assert [each["id"] for each in listed["data"]] == [first["key"]["id"], second["key"]["id"]]
    assert first["secret_key"] not in str(listed)
    left = await owner.delete(f"/secret_keys/{first['key']['id']}")
    assert [each["id"] for each in left["data"]] == [second["key"]["id"]]
    clock.advance(seconds=2)
    assert (await settings_answer(administration, first["secret_key"])).status_code == 401
    assert await owner.refused("DELETE", f"/secret_keys/{second['key']['id']}") == (409, "conflict")
    assert (await owner.refused("DELETE", "/secret_keys/sk_none"))[0] == 404


async def test_the_actor_of_a_new_key_is_its_administrator(
    administration: Administration, owner: Administering
) -> None:
    made = await owner.post("/secret_keys", {})
    engine = administration.dashboard.application
    found = [
        event
        for event in await engine.store.events.list(engine.instance.id, Page(20))
        if event.target == made["key"]["id"]
    ]
    assert [(event.kind, event.actor) for event in found] == [("secret_key.created", f"admin:{owner.id}")]


async def test_a_planned_rotation_is_shown_with_what_each_key_still_covers(
    owner: Administering, clock: FakeClock
) -> None:
    # R-KEY-03
    at = (clock.now() + timedelta(days=7)).millis
    planned = await owner.post("/signing_keys/rotate", {"at": at})
    following, current = planned["data"]
    assert (following["state"], following["signs_from"], following["signs_until"]) == ("next", at, None)
    assert (current["state"], current["signs_until"], current["tokens_until"]) == ("signing", at, at + 60_000)
    assert current["published_until"] == at + 86_730_000
    assert {key["kid"] for key in planned["jwks"]["keys"]} == {following["kid"], current["kid"]}
    assert planned["jwks_url"] == "http://localhost:8000/.well-known/jwks.json"
    (left,) = (await owner.post("/signing_keys/cancel_rotation"))["data"]
    assert (left["kid"], left["state"], left["signs_until"]) == (current["kid"], "signing", None)
    assert await owner.refused("POST", "/signing_keys/cancel_rotation") == (409, "conflict")
    for wrong in (0, clock.now().millis, 2**53):
        assert (await owner.refused("POST", "/signing_keys/rotate", {"at": wrong}))[0] == 422


async def test_a_rotation_in_an_emergency_leaves_one_key(owner: Administering) -> None:
    before = (await owner.get("/signing_keys"))["data"][0]["kid"]
    (left,) = (await owner.post("/signing_keys/rotate", {"emergency": True}))["data"]
    assert left["state"] == "signing" and left["kid"] != before


async def test_every_sdk_has_a_snippet_without_the_secret(administration: Administration, owner: Administering) -> None:
    made = await owner.post("/secret_keys", {})
    found = {each["sdk"]: each for each in (await owner.get("/environment_snippets"))["data"]}
    assert {"nextjs", "react", "fastify", "fastapi", "django"} <= set(found)
    assert found["nextjs"]["secret_variable"] == "CLERK_SECRET_KEY"
    assert found["react"]["secret_variable"] is None
    assert any(line.startswith("CLERK_JWT_KEY=MII") for line in found["fastify"]["lines"])
    assert "SOJOURN_URL=http://localhost:8000" in found["django"]["lines"]
    assert made["secret_key"] not in str(found) and "SECRET_KEY=" not in str(found)
    own = {each["sdk"]: each for each in (await owner.get("/environment_snippets", own_pages="true"))["data"]}
    assert "NEXT_PUBLIC_CLERK_SIGN_IN_URL=/sign-in" in own["nextjs"]["lines"]
    assert (await owner.refused("GET", "/environment_snippets", sdk_major=99))[0] == 422


async def test_the_checklist_says_what_a_development_server_lacks(owner: Administering) -> None:
    checks = {each["id"]: each for each in (await owner.get("/checklist"))["data"]}
    assert checks["environment"]["status"] == checks["https"]["status"] == "problem"
    assert checks["mail"]["status"] == "warning" and "SOJOURN_SMTP_HOST" in checks["mail"]["advice"]
    assert checks["backups"]["status"] == "by_hand"
    assert all(each["advice"] for each in checks.values() if each["status"] != "ok")


async def test_a_viewer_sees_keys_and_changes_none(administration: Administration) -> None:  # R-ADM-01
    viewer = await administration.join(Role.VIEWER)
    await viewer.get("/signing_keys")
    for method, path in (("POST", "/secret_keys"), ("POST", "/signing_keys/rotate"), ("DELETE", "/secret_keys/sk_x")):
        assert (await viewer.refused(method, path, {} if method == "POST" else None))[0] == 403
