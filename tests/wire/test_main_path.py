"""A person signs up, signs in, and recovers an account: the requests of the SDKs and the answers they need."""

from collections.abc import Callable

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


async def test_a_second_sign_in_in_single_session_mode_says_who_is_there(browser: Browser) -> None:
    await browser.sign_up()
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (400, "session_exists")


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
