"""Users in the admin API: search, pages, filters, what may be changed, deletion with undo, export."""

from sojourn.console.roles import Role
from sojourn.testing.clock import FakeClock
from sojourn.users.metadata import LIMIT
from sojourn.users.new_user import NewUser

from .administration import Administering, Administration


async def _people(administration: Administration, *names: str) -> list[str]:
    engine = administration.dashboard.application
    made = [
        await engine.accounts.create(
            engine.instance,
            NewUser(
                email_addresses=[f"{name}@example.com"],
                first_name=name.title(),
                password="correct horse battery staple",
            ),
        )
        for name in names
    ]
    return [user.id for user in made]


async def _names(caller: Administering, **query: object) -> list[str]:
    return [user["first_name"] for user in (await caller.get("/users", **query))["data"]]


async def test_users_are_found_as_one_types(administration: Administration) -> None:
    viewer = await administration.join(Role.VIEWER)
    ids = await _people(administration, "ada", "bob", "adele")
    assert sorted(await _names(viewer, query="ad")) == ["Ada", "Adele"]
    assert await _names(viewer, query="bob@exa") == ["Bob"]
    assert await _names(viewer, query=ids[2]) == ["Adele"]
    assert await _names(viewer, query="nobody") == []
    assert (await viewer.get("/users/count", query="ad")) == {"total_count": 2, "is_exact": True}


async def test_pages_are_stable_and_show_each_user_once(administration: Administration, clock: FakeClock) -> None:
    viewer = await administration.join(Role.VIEWER)
    for number in range(5):
        await _people(administration, f"user{number}")
        clock.advance(seconds=number % 2)  # some are of the same moment
    for oldest_first in ("false", "true"):
        shown: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = await viewer.get("/users", limit=2, oldest_first=oldest_first, **cursor)
            shown += [user["first_name"] for user in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
            await _people(administration, f"late{oldest_first}{len(shown)}") if oldest_first == "false" else None
        assert len(shown) == len(set(shown))
        assert {f"User{number}" for number in range(5)} <= set(shown)
    for cursor_text in ("x", "AAAA", "W10", "💥", "a" * 500):
        assert (await viewer.refused("GET", "/users", cursor=cursor_text))[0] == 422


async def test_filters_narrow_the_list(administration: Administration, clock: FakeClock) -> None:
    editor = await administration.join(Role.EDITOR)
    ada, bob, eve = await _people(administration, "ada", "bob", "eve")
    await editor.post(f"/users/{ada}/ban", {})
    await editor.post(f"/users/{bob}/lock")
    assert await _names(editor, banned="true") == ["Ada"]
    assert await _names(editor, locked="true") == ["Bob"]
    assert await _names(editor, banned="false", locked="false") == ["Eve"]
    assert len(await _names(editor, verified="true")) == 3
    assert await _names(editor, verified="false") == []
    now = clock.now().millis
    assert len(await _names(editor, created_after=now)) == 3
    assert await _names(editor, created_before=now) == []
    assert await _names(editor, signed_in_after=0) == []
    await editor.delete(f"/users/{eve}")
    assert await _names(editor, deleting="true") == ["Eve"]
    assert "Eve" not in await _names(editor)
    for wrong in ({"limit": 0}, {"limit": 201}, {"banned": "maybe"}, {"created_after": "yesterday"}):
        assert (await editor.refused("GET", "/users", **wrong))[0] == 422


async def test_a_users_page_shows_the_account_and_no_secret(administration: Administration) -> None:
    # R-PWD-13
    viewer = await administration.join(Role.VIEWER)
    engine = administration.dashboard.application
    (ada,) = await _people(administration, "ada")
    await engine.sessions.create_for(engine.instance, await engine.accounts.get(engine.instance, ada))
    shown = await viewer.get(f"/users/{ada}")
    assert (shown["live_sessions"], shown["sessions"], shown["password_enabled"]) == (1, 1, True)
    assert [(each["value"], each["verified"], each["primary"]) for each in shown["addresses"]] == [
        ("ada@example.com", True, True)
    ]
    assert "argon2" not in viewer.last.text
    assert (await viewer.refused("GET", "/users/user_none"))[0] == 404


async def test_a_ban_keeps_its_reason_and_its_author(administration: Administration) -> None:
    editor = await administration.join(Role.EDITOR)
    engine = administration.dashboard.application
    (ada,) = await _people(administration, "ada")
    session = await engine.sessions.create_for(engine.instance, await engine.accounts.get(engine.instance, ada))
    banned = await editor.post(f"/users/{ada}/ban", {"reason": "spam"})
    assert (banned["banned"], banned["ban_reason"], banned["live_sessions"]) == (True, "spam", 0)
    ended = await engine.sessions.get(engine.instance, session.id)
    assert ended.ended_by == f"admin:{editor.id}"
    lifted = await editor.post(f"/users/{ada}/unban")
    assert (lifted["banned"], lifted["ban_reason"]) == (False, None)
    assert (await editor.refused("POST", f"/users/{ada}/ban", {"reason": "x" * 501}))[0] == 422


async def test_support_locks_unlocks_and_demands_a_new_password(administration: Administration) -> None:
    # R-ADM-01, R-PWD-13
    support = await administration.join(Role.SUPPORT)
    (ada,) = await _people(administration, "ada")
    assert (await support.post(f"/users/{ada}/lock"))["locked"]
    assert not (await support.post(f"/users/{ada}/unlock"))["locked"]
    demanded = await support.post(f"/users/{ada}/require_new_password", {})
    assert (demanded["password_refused"], demanded["live_sessions"]) == (True, 0)
    browser = administration.http(Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"})
    given = {"identifier": "ada@example.com", "password": "correct horse battery staple", "strategy": "password"}
    refused = await browser.post("/v1/client/sign_ins", data=given)
    assert refused.json()["errors"][0]["code"] == "form_password_compromised"
    assert (await support.refused("POST", f"/users/{ada}/ban", {}))[0] == 403
    assert (await support.refused("PATCH", f"/users/{ada}", {"first_name": "Eve"}))[0] == 403


async def test_an_account_is_made_and_changed_and_no_password_can_be_given(administration: Administration) -> None:
    # R-PWD-13
    editor = await administration.join(Role.EDITOR)
    made = await editor.post("/users", {"email_address": "ada@example.com", "public_metadata": {"plan": "pro"}})
    assert (made["email_address_verified"], made["password_enabled"]) == (True, False)
    changed = await editor.patch(f"/users/{made['id']}", {"first_name": "Ada", "private_metadata": {"note": [1]}})
    assert (changed["first_name"], changed["public_metadata"], changed["private_metadata"]) == (
        "Ada", {"plan": "pro"}, {"note": [1]},
    )  # fmt: skip
    cleared = await editor.patch(f"/users/{made['id']}", {"first_name": None, "public_metadata": {}})
    assert (cleared["first_name"], cleared["public_metadata"]) == (None, {})
    for field in ("password", "password_digest", "banned"):
        assert (await editor.refused("POST", "/users", {"email_address": "e@example.com", field: "x"}))[0] == 422
        assert (await editor.refused("PATCH", f"/users/{made['id']}", {field: "x"}))[0] == 422
    too_large = {"public_metadata": {"a": "x" * LIMIT}}
    assert (await editor.refused("PATCH", f"/users/{made['id']}", too_large))[0] == 422
    taken = {"email_address": "ADA@example.com"}
    assert await editor.refused("POST", "/users", taken) == (422, "form_identifier_exists")


async def test_an_address_is_verified_for_a_person_and_only_their_own(administration: Administration) -> None:
    editor = await administration.join(Role.EDITOR)
    engine = administration.dashboard.application
    ada, bob = await _people(administration, "ada", "bob")
    user = await engine.accounts.get(engine.instance, ada)
    address = user.identifiers[0]
    await engine.addresses.create(
        engine.instance, ada, address.kind, "second@example.com", verified=False
    )  # fmt: skip
    second = next(each for each in (await editor.get(f"/users/{ada}"))["addresses"] if not each["verified"])
    assert (await editor.refused("POST", f"/users/{bob}/addresses/{second['id']}/verify"))[0] == 404
    verified = await editor.post(f"/users/{ada}/addresses/{second['id']}/verify")
    assert all(each["verified"] for each in verified["addresses"])


async def test_a_deletion_hides_at_once_and_can_be_undone_until_it_is_due(
    administration: Administration, clock: FakeClock
) -> None:
    editor = await administration.join(Role.EDITOR)
    engine = administration.dashboard.application
    ada, bob = await _people(administration, "ada", "bob")
    gone = await editor.delete(f"/users/{ada}")
    assert (gone["banned"], gone["delete_at"] > clock.now().millis) == (True, True)
    assert await _names(editor) == ["Bob"]
    assert (await editor.get("/users/count"))["total_count"] == 1
    assert (await editor.get(f"/users/{ada}"))["delete_at"] == gone["delete_at"]
    back = await editor.post(f"/users/{ada}/restore")
    assert (back["banned"], back["delete_at"]) == (False, None)
    assert (await editor.refused("POST", f"/users/{bob}/restore"))[0] == 404
    await editor.delete(f"/users/{ada}")
    clock.advance(days=15)
    await engine.deletions.erase_due(engine.instance, max_rows=9)
    editor = await administration.sign_in("editor@console.example")
    assert (await editor.refused("GET", f"/users/{ada}"))[0] == 404


async def test_an_export_holds_what_is_stored_about_one_person_and_no_hash(administration: Administration) -> None:
    # R-SES-12
    owner = await administration.join(Role.OWNER)
    engine = administration.dashboard.application
    ada, bob = await _people(administration, "ada", "bob")
    await engine.sessions.create_for(engine.instance, await engine.accounts.get(engine.instance, ada))
    document = await owner.get(f"/users/{ada}/export")
    assert (document["user"]["id"], document["is_complete"]) == (ada, True)
    assert [each["value"] for each in document["addresses"]] == ["ada@example.com"]
    assert len(document["sessions"]) == 1
    assert {each["kind"] for each in document["events"]} == {"user.created", "session.created"}
    assert bob not in owner.last.text and "argon2" not in owner.last.text
    newest = (await owner.get(f"/users/{ada}/export"))["events"][0]
    assert (newest["kind"], newest["actor"]) == ("user.exported", f"admin:{owner.id}")
