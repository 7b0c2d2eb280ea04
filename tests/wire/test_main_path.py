"""A person signs up, stays signed in, signs out: what the SDKs send and what they must be answered."""

from collections.abc import Callable

import pytest

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..held import full
from .browsing import ADA, PASSWORD, TEST_CODE, Browser


async def test_a_stranger_is_nobody_and_leaves_no_trace(browser: Browser) -> None:  # R-SES-13
    assert await browser.get("/v1/client") == {"response": None, "client": None}
    assert not browser.http.cookies


async def test_signing_up_with_a_mailed_code_signs_in(browser: Browser, engine: Engine, mailbox: Mailbox) -> None:
    begun = await browser.post("/v1/client/sign_ups", {"email_address": "Ada@Example.com", "password": PASSWORD})
    sign_up = begun["response"]
    assert sign_up["status"] == "missing_requirements"
    assert sign_up["unverified_fields"] == ["email_address"]
    assert sign_up["verifications"]["email_address"] is None
    assert begun["client"]["sign_up"]["id"] == sign_up["id"]
    where = f"/v1/client/sign_ups/{sign_up['id']}"
    prepared = await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    sent = prepared["response"]["verifications"]["email_address"]
    assert (sent["strategy"], sent["next_action"]) == ("email_code", "needs_attempt")
    await engine.outbox.deliver_due()
    code = mailbox.last().code
    done = await browser.post(f"{where}/attempt_verification", {"strategy": "email_code", "code": code or ""})
    assert done["response"]["status"] == "complete"
    assert done["response"]["missing_fields"] == []
    session = done["client"]["sessions"][0]
    assert session["id"] == done["response"]["created_session_id"] == done["client"]["last_active_session_id"]
    assert session["user"]["email_addresses"][0]["verification"]["status"] == "verified"
    assert session["last_active_token"]["jwt"].count(".") == 2
    assert "private_metadata" not in session["user"]


async def test_blank_optional_fields_count_as_absent(browser: Browser) -> None:
    client = await browser.sign_up(first_name="", last_name="")
    assert client["sessions"][0]["user"]["first_name"] is None


async def test_signing_in_with_a_password_touching_and_signing_out(browser: Browser, clock: FakeClock) -> None:
    await browser.sign_up()
    out = await browser.delete("/v1/client/sessions")
    assert out["response"]["sessions"] == [] == out["client"]["sessions"]
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    assert begun["status"] == "needs_first_factor"
    strategies = [factor["strategy"] for factor in begun["supported_first_factors"]]
    assert strategies == ["password", "email_code", "reset_password_email_code"]
    client = await browser.sign_in()
    session_id = client["sessions"][0]["id"]
    clock.advance(seconds=90)
    touched = await browser.post(
        f"/v1/client/sessions/{session_id}/touch", {"active_organization_id": "", "intent": "focus"}
    )
    assert touched["response"]["id"] == session_id
    assert touched["client"]["last_active_session_id"] == session_id
    minted = await browser.post(f"/v1/client/sessions/{session_id}/tokens", {"organization_id": ""})
    assert minted.keys() == {"object", "jwt"}
    await browser.delete("/v1/client/sessions")
    assert (await browser.get("/v1/client"))["response"]["sessions"] == []
    assert await browser.refused("POST", f"/v1/client/sessions/{session_id}/tokens", {}) == (401, "session_not_found")


async def test_a_wrong_password_is_a_field_error_and_changes_nothing(browser: Browser) -> None:
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    form = {"strategy": "password", "password": "wrong horse battery staple"}
    where = f"/v1/client/sign_ins/{begun['id']}"
    assert await browser.refused("POST", f"{where}/attempt_first_factor", form) == (422, "form_password_incorrect")
    assert browser.last.json()["errors"][0]["meta"]["param_name"] == "password"
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []
    assert (await browser.get(where))["response"]["status"] == "needs_first_factor"


async def test_an_unknown_address_is_said_to_be_unknown_in_development(browser: Browser) -> None:
    status = await browser.refused("POST", "/v1/client/sign_ins", {"identifier": "nobody@example.com"})
    assert status == (422, "form_identifier_not_found")
    assert browser.last.json()["errors"][0]["meta"]["param_name"] == "identifier"


async def test_a_forgotten_password_is_replaced_by_code(browser: Browser) -> None:  # R-FLOW-02
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    form = {"strategy": "reset_password_email_code", "identifier": ADA}
    begun = (await browser.post("/v1/client/sign_ins", form))["response"]
    assert begun["first_factor_verification"]["strategy"] == "reset_password_email_code"
    where = f"/v1/client/sign_ins/{begun['id']}"
    form = {"strategy": "reset_password_email_code", "code": TEST_CODE}
    proven = await browser.post(f"{where}/attempt_first_factor", form)
    assert proven["response"]["status"] == "needs_new_password"
    assert proven["client"]["sessions"] == []
    done = await browser.post(f"{where}/reset_password", {"password": "another horse battery staple"})
    assert done["response"]["status"] == "complete"
    assert len(done["client"]["sessions"]) == 1


async def test_a_compromised_password_leads_to_the_reset(browser: Browser, engine: Engine) -> None:  # R-FLOW-04
    user = (await browser.sign_up())["sessions"][0]["user"]["id"]
    await browser.delete("/v1/client/sessions")
    await engine.accounts.set_password_compromised(engine.instance, user)
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    offered = {each["strategy"] for each in begun["supported_first_factors"]}
    assert {"password", "reset_password_email_code"} <= offered
    where = f"/v1/client/sign_ins/{begun['id']}"
    tried = await browser.refused(
        "POST", f"{where}/attempt_first_factor", {"strategy": "password", "password": PASSWORD}
    )
    assert tried == (422, "form_password_compromised")
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []
    strategy = {"strategy": "reset_password_email_code"}
    await browser.post(f"{where}/prepare_first_factor", strategy)
    await browser.post(f"{where}/attempt_first_factor", {**strategy, "code": TEST_CODE})
    done = await browser.post(f"{where}/reset_password", {"password": "another horse battery staple"})
    assert done["response"]["status"] == "complete"
    await browser.delete("/v1/client/sessions")
    await browser.sign_in(password="another horse battery staple")


async def test_the_finished_attempt_is_shown_once_and_then_gone(browser: Browser) -> None:
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = await browser.post("/v1/client/sign_ins", {"identifier": ADA, "password": PASSWORD})
    assert begun["response"]["status"] == "complete"
    assert begun["client"]["sign_in"]["status"] == "complete"
    assert (await browser.get("/v1/client"))["client"]["sign_in"] is None


async def test_a_code_proves_once_and_a_wrong_one_says_so(browser: Browser) -> None:  # R-OTP-01
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = (await browser.post("/v1/client/sign_ins", {"strategy": "email_code", "identifier": ADA}))["response"]
    where = f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor"
    wrong = {"strategy": "email_code", "code": "000000"}
    assert await browser.refused("POST", where, wrong) == (422, "form_code_incorrect")
    right = {"strategy": "email_code", "code": TEST_CODE}
    assert (await browser.post(where, right))["response"]["status"] == "complete"
    status, _ = await browser.refused("POST", where, right)
    assert status == 400


async def test_another_browsers_attempt_cannot_be_continued(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-FLOW-03
    await browser.sign_up()
    await browser.delete("/v1/client/sessions")
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    other = open_browser()
    form = {"strategy": "password", "password": PASSWORD}
    refused = await other.refused("POST", f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor", form)
    assert refused == (404, "resource_not_found")


async def test_another_browsers_session_cannot_be_used(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-SES-11
    mine = (await browser.sign_up())["sessions"][0]["id"]
    other = open_browser()
    await other.sign_up("eve+clerk_test@example.com")
    for path in ("touch", "tokens", "end", "remove", "tokens/any"):
        assert await other.refused("POST", f"/v1/client/sessions/{mine}/{path}", {}) == (401, "session_not_found")
    assert await other.refused("GET", "/v1/me", _clerk_session_id=mine) == (401, "session_not_found")
    assert (await browser.get("/v1/client"))["client"]["sessions"][0]["id"] == mine


async def test_the_profile_changes_name_password_and_address(browser: Browser) -> None:
    await browser.sign_up()
    changed = await browser.patch("/v1/me", {"first_name": "Ada", "last_name": "Lovelace"})
    assert changed["response"]["first_name"] == "Ada"
    assert changed["client"]["sessions"][0]["user"]["last_name"] == "Lovelace"
    cleared = await browser.patch("/v1/me", {"last_name": ""})
    assert cleared["response"]["last_name"] is None
    form = {"current_password": PASSWORD, "new_password": "a wholly different phrase"}
    assert (await browser.post("/v1/me/change_password", form))["response"]["password_enabled"]
    wrong = {"current_password": PASSWORD, "new_password": "yet another phrase here"}
    assert await browser.refused("POST", "/v1/me/change_password", wrong) == (422, "form_password_incorrect")
    added = await browser.post("/v1/me/email_addresses/", {"email_address": "countess+clerk_test@example.com"})
    where = f"/v1/me/email_addresses/{added['response']['id']}"
    assert added["response"]["verification"] is None
    sent = await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    assert sent["response"]["verification"]["status"] == "unverified"
    proven = await browser.post(f"{where}/attempt_verification", {"code": TEST_CODE})
    assert proven["response"]["verification"]["status"] == "verified"
    gone = await browser.delete(where)
    assert gone["response"] == {"object": "email_address", "id": added["response"]["id"], "deleted": True}


async def test_nobody_sets_what_only_the_owner_may_set(browser: Browser) -> None:  # R-INP-04
    await browser.sign_up()
    for field in ("public_metadata", "private_metadata", "banned", "external_id", "id", "role"):
        assert await browser.refused("PATCH", "/v1/me", {field: "{}"}) == (422, "form_param_unknown")
    stolen = {"email_address": "mallory@example.com", "public_metadata": '{"admin":true}'}
    other = await browser.refused("POST", "/v1/client/sign_ups", stolen)
    assert other == (422, "form_param_unknown")


async def test_unsafe_metadata_merges_and_null_deletes(browser: Browser) -> None:
    await browser.sign_up(unsafe_metadata='{"theme":"dark","__proto__":{"x":1}}')
    merged = await browser.patch("/v1/me/metadata", {"unsafe_metadata": '{"theme":null,"size":2}'})
    assert merged["response"]["unsafe_metadata"] == {"__proto__": {"x": 1}, "size": 2}
    for bad in ("[1]", "nope", '"text"', "[" * 5000):
        status, _ = await browser.refused("PATCH", "/v1/me/metadata", {"unsafe_metadata": bad})
        assert status == 422


async def test_devices_are_listed_and_ended_from_another(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-SES-04, R-SES-06
    await browser.sign_up()
    second = open_browser(address="203.0.113.99")
    lost = (await second.sign_in())["sessions"][0]["id"]
    devices = await browser.http.get("/v1/me/sessions/active")
    listed = {each["id"]: each["latest_activity"] for each in devices.json()}
    assert listed[lost]["browser_name"] == "Chrome"
    assert listed[lost]["ip_address"] == "203.0.113.99"
    assert all(each["country"] for each in listed.values())  # published components show it in brackets
    revoked = await browser.post(f"/v1/me/sessions/{lost}/revoke", {})
    assert revoked["response"]["status"] == "revoked"
    assert await second.refused("POST", f"/v1/client/sessions/{lost}/tokens", {}) == (401, "session_not_found")
    assert (await second.get("/v1/client"))["client"]["sessions"] == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "this computer"),
        ("::1", "this computer"),
        ("10.0.0.5", "local network"),
        ("8.8.8.8", "unknown place"),
    ],
)
async def test_a_device_stands_with_the_place_that_its_address_tells(
    open_browser: Callable[..., Browser], address: str, place: str
) -> None:
    browser = open_browser(address=address)
    await browser.sign_up()
    (only,) = (await browser.http.get("/v1/me/sessions/active")).json()
    assert (only["latest_activity"]["ip_address"], only["latest_activity"]["country"]) == (address, place)


async def test_ended_sessions_are_listed_beside_the_live_one_and_nobody_elses_are(  # R-SES-04, R-AUZ-02
    browser: Browser, open_browser: Callable[..., Browser], clock: FakeClock
) -> None:
    await open_browser().sign_up("eve+clerk_test@example.com")
    first = (await browser.sign_up())["last_active_session_id"]
    await browser.post(f"/v1/client/sessions/{first}/end")
    clock.advance(seconds=1)
    second = (await browser.sign_in())["last_active_session_id"]
    clock.advance(seconds=1)
    third = (await open_browser().sign_in())["last_active_session_id"]
    listed = await browser.get("/v1/me/sessions")
    assert [(each["id"], each["status"]) for each in listed] == [
        (third, "active"),
        (second, "active"),
        (first, "ended"),
    ]
    assert all(each["public_user_data"]["identifier"] == ADA for each in listed)
    assert all(each["last_active_token"] is None for each in listed)
    await browser.delete("/v1/client/sessions")
    assert await browser.refused("GET", "/v1/me/sessions") == (401, "signed_out")


async def test_a_session_that_another_took_the_place_of_has_ended(  # R-SES-03
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    replaced = (await browser.sign_up())["last_active_session_id"]
    clock.advance(seconds=1)
    user = (await browser.get("/v1/me"))["response"]["id"]
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user)
    await browser.post("/v1/client/sign_ins", {"strategy": "ticket", "ticket": secret.reveal()})
    statuses = {each["id"]: each["status"] for each in await browser.get("/v1/me/sessions")}
    assert statuses[replaced] == "ended"
    assert len(statuses) == 2


async def test_a_session_ends_when_idle_and_when_its_life_is_over(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:  # R-SES-01
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"inactivity_seconds": 600, "lifetime_seconds": 1500}}
    )
    clock.advance(seconds=2)
    session = (await browser.sign_up())["sessions"][0]["id"]
    tokens = f"/v1/client/sessions/{session}/tokens"
    for _ in range(2):
        clock.advance(seconds=500)
        await browser.post(tokens, {})
    clock.advance(seconds=501)
    assert await browser.refused("POST", tokens, {}) == (401, "session_not_found")
    again = (await browser.sign_in())["sessions"][0]["id"]
    clock.advance(seconds=601)
    assert await browser.refused("POST", f"/v1/client/sessions/{again}/tokens", {}) == (401, "session_not_found")
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []


async def test_a_new_secret_comes_with_every_sign_in_and_sign_out(
    browser: Browser, clock: FakeClock
) -> None:  # R-FLOW-01
    await browser.post("/v1/client", {})
    first = browser.http.cookies["__client"]
    session = (await browser.sign_up())["sessions"][0]["id"]
    second = browser.http.cookies["__client"]
    assert second != first
    clock.advance(seconds=11)
    browser.http.cookies.clear()
    stale = await browser.http.get("/v1/client", headers={"Cookie": f"__client={first}"})
    assert stale.json()["client"] is None
    browser.http.cookies.set("__client", second, domain="localhost.local")
    await browser.delete("/v1/client/sessions")
    assert browser.http.cookies["__client"] != second
    replayed = await browser.http.post(
        f"/v1/client/sessions/{session}/tokens", headers={"Cookie": f"__client={second}"}
    )
    assert replayed.status_code == 401


async def test_several_accounts_live_in_one_browser_when_allowed(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    clock.advance(seconds=2)
    ada = (await browser.sign_up())["sessions"][0]["id"]
    client = await browser.sign_up("eve+clerk_test@example.com")
    assert len(client["sessions"]) == 2
    eve = client["last_active_session_id"]
    mine = await browser.get("/v1/me", _clerk_session_id=ada)
    assert mine["response"]["email_addresses"][0]["email_address"] == ADA
    removed = await browser.post(f"/v1/client/sessions/{eve}/remove", {})
    assert [each["id"] for each in removed["client"]["sessions"]] == [ada]
    again = await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA})
    assert again == (400, "identifier_already_signed_in")
    assert browser.last.json()["errors"][0]["meta"]["session_id"] == ada


async def test_a_second_sign_in_in_single_session_mode_says_who_is_there(browser: Browser) -> None:
    await browser.sign_up()
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (400, "session_exists")


async def test_deleting_the_account_signs_out_and_is_final(browser: Browser) -> None:
    await browser.sign_up()
    gone = await browser.delete("/v1/me")
    assert gone["response"]["deleted"] is True
    assert gone["client"]["sessions"] == []
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (
        422,
        "form_identifier_not_found",
    )


async def test_the_oldest_sdk_signs_out_by_deleting_its_client(browser: Browser) -> None:
    await browser.sign_up()
    gone = await browser.delete("/v1/client")
    assert gone["response"]["sessions"] == []
    assert "__client" not in browser.http.cookies
    assert await browser.get("/v1/client") == {"response": None, "client": None}


async def test_a_tab_that_was_on_its_way_survives_the_rotation_for_ten_seconds(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:  # R-SES-08
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    clock.advance(seconds=2)
    first = (await browser.sign_up())["sessions"][0]["id"]
    old = {"Cookie": f"__client={browser.http.cookies['__client']}"}
    await browser.sign_up("eve+clerk_test@example.com")
    tokens = f"/v1/client/sessions/{first}/tokens"
    browser.http.cookies.clear()
    clock.advance(seconds=9)
    assert (await browser.http.post(tokens, headers=old)).status_code == 200
    assert "set-cookie" not in (await browser.http.get("/v1/client", headers=old)).headers
    clock.advance(seconds=2)
    assert (await browser.http.post(tokens, headers=old)).status_code == 401
    assert (await browser.http.get("/v1/client", headers=old)).json()["client"] is None


async def test_a_banned_person_is_out_at_once(browser: Browser, engine: Engine) -> None:  # R-SES-07
    client = await browser.sign_up()
    session, user = client["sessions"][0]["id"], client["sessions"][0]["user"]["id"]
    await engine.accounts.ban(engine.instance, user)
    status, _ = await browser.refused("POST", f"/v1/client/sessions/{session}/tokens", {})
    assert status == 401
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []


async def test_session_ids_that_are_no_ids_are_refused_like_unknown_ones(browser: Browser) -> None:  # R-INP-07
    await browser.sign_up()
    for odd in ("'%20OR%201=1--", "sess_" + "a" * 500, "sess_%F0%9F%92%A9"):
        for path in ("tokens", "touch", "end"):
            status, _ = await browser.refused("POST", f"/v1/client/sessions/{odd}/{path}", {})
            assert status in (401, 404)


async def test_a_flood_of_sign_ins_is_told_to_wait_and_nobody_else_is(
    browser: Browser, engine: Engine
) -> None:  # R-PWD-12
    session = (await browser.sign_up())["sessions"][0]["id"]
    stranger = Browser(build(engine))
    form = {"strategy": "password", "identifier": ADA, "password": PASSWORD}
    async with full(engine.hash_pool):
        assert await stranger.refused("POST", "/v1/client/sign_ins", form) == (503, "service_unavailable")
        assert stranger.last.headers["retry-after"] == "1"
        assert (await browser.post(f"/v1/client/sessions/{session}/tokens"))["jwt"]
    assert (await stranger.post("/v1/client/sign_ins", form))["response"]["status"] == "complete"
