"""A signed-in person changes their profile over the wire, and deletes the account."""

from .browsing import ADA, PASSWORD, TEST_CODE, Browser


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


async def test_deleting_the_account_signs_out_and_is_final(browser: Browser) -> None:
    await browser.sign_up()
    gone = await browser.delete("/v1/me")
    assert gone["response"]["deleted"] is True
    assert gone["client"]["sessions"] == []
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (
        422,
        "form_identifier_not_found",
    )
