"""Sign-ups under way in a browser, as a server sees and completes them, through the published typed client."""

from typing import Any

import pytest
from clerk_backend_api import Clerk
from clerk_backend_api.models import ClerkBaseError

from sojourn.engine import Engine
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..wire.browsing import ADA, TEST_CODE, Browser
from .calling import PASSWORD, Caller


async def begun(engine: Engine, email: str = ADA) -> tuple[Browser, dict[str, Any]]:
    browser = Browser(build(engine))
    answer = await browser.post("/v1/client/sign_ups", {"email_address": email, "password": PASSWORD})
    return browser, answer["response"]


async def finished(browser: Browser, id: str) -> dict[str, Any]:
    where = f"/v1/client/sign_ups/{id}"
    await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    return await browser.post(f"{where}/attempt_verification", {"strategy": "email_code", "code": TEST_CODE})


async def test_a_server_looks_at_a_sign_up(engine: Engine, clerk: Clerk):
    _, sign_up = await begun(engine)
    found = await clerk.sign_ups.get_async(id=sign_up["id"])
    assert (found.status, found.email_address, found.password_enabled) == ("missing_requirements", ADA, True)
    assert (found.unverified_fields, found.custom_action, found.external_id) == (["email_address"], False, None)


async def test_the_new_user_gets_the_external_id_that_a_server_set(engine: Engine, api: Caller, clerk: Clerk):
    browser, sign_up = await begun(engine)
    updated = await clerk.sign_ups.update_async(id=sign_up["id"], external_id="crm-1", custom_action=True)
    assert (updated.external_id, updated.custom_action) == ("crm-1", True)
    done = await finished(browser, sign_up["id"])
    assert done["response"]["status"] == "complete"
    user = await api.ok("GET", f"/users/{done['response']['created_user_id']}")
    assert user["external_id"] == "crm-1"
    assert (await clerk.sign_ups.get_async(id=sign_up["id"])).created_user_id == user["id"]


async def test_null_clears_the_external_id_and_what_is_left_out_stays(engine: Engine, api: Caller):
    _, sign_up = await begun(engine)
    where = f"/sign_ups/{sign_up['id']}"
    await api.ok("PATCH", where, {"external_id": "crm-1", "custom_action": True})
    assert (await api.ok("PATCH", where, {}))["external_id"] == "crm-1"
    cleared = await api.ok("PATCH", where, {"external_id": None})
    assert (cleared["external_id"], cleared["custom_action"]) == (None, True)


async def test_a_taken_or_unusable_external_id_is_refused_before_the_browser_meets_it(engine: Engine, api: Caller):
    await api.user("bob@example.com", external_id="crm-1")
    _, sign_up = await begun(engine)
    where = f"/sign_ups/{sign_up['id']}"
    assert await api.refused("PATCH", where, {"external_id": "crm-1"}) == (422, "form_identifier_exists")
    assert (await api.refused("PATCH", where, {"external_id": "x" * 300}))[0] == 422
    assert await api.refused("PATCH", where, {"email_address": "x@example.com"}) == (422, "form_param_unknown")
    assert (await api.ok("GET", where))["external_id"] is None


async def test_what_is_over_is_not_changed(engine: Engine, api: Caller, clerk: Clerk, clock: FakeClock):  # R-FLOW-03
    browser, sign_up = await begun(engine)
    await finished(browser, sign_up["id"])
    done = await api.refused("PATCH", f"/sign_ups/{sign_up['id']}", {"external_id": "late"})
    assert done == (400, "verification_not_sent")
    _, other = await begun(engine, "bob+clerk_test@example.com")
    clock.advance(days=2)
    assert (await clerk.sign_ups.get_async(id=other["id"])).status == "abandoned"
    gone = await api.refused("PATCH", f"/sign_ups/{other['id']}", {"external_id": "late"})
    assert gone == (400, "verification_expired")


async def test_nobody_sets_these_from_a_browser(engine: Engine, api: Caller):  # R-INP-04
    browser, sign_up = await begun(engine)
    await browser.send(
        "PATCH", f"/v1/client/sign_ups/{sign_up['id']}", {"external_id": "mine", "custom_action": "true"}
    )
    found = await api.ok("GET", f"/sign_ups/{sign_up['id']}")
    assert (found["external_id"], found["custom_action"]) == (None, False)


async def test_an_unknown_sign_up_is_not_found(clerk: Clerk):
    for id in ("sua_nobody", "not an id"):
        with pytest.raises(ClerkBaseError) as refused:
            await clerk.sign_ups.get_async(id=id)
        assert refused.value.status_code == 404
