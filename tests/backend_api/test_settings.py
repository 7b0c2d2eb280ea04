"""What an owner configures: tickets, templates, lists, settings, keys."""

from clerk_backend_api import Clerk, models

from sojourn.engine import Engine
from sojourn.sessions.caller import Caller as Browser
from sojourn.sign_ins.attempt import SignInInput

from ..people import events
from .calling import Caller


async def test_a_sign_in_token_signs_in_once(engine: Engine, api: Caller, clerk: Clerk):  # R-OTP-02
    user = await api.user()
    made = await clerk.sign_in_tokens.create_async(request=models.CreateSignInTokenRequestBody(user_id=user["id"]))
    assert made is not None
    assert (made.status, made.user_id) == ("pending", user["id"])
    assert str(made.url).endswith(f"__clerk_ticket={made.token}")
    given = SignInInput(strategy="ticket", ticket=made.token)
    sign_in, _ = await engine.sign_ins.create(Browser(engine.instance, None), given)
    assert sign_in.status.value == "complete"
    refused = await api.refused("POST", f"/sign_in_tokens/{made.id}/revoke")
    assert refused == (410, "gone")


async def test_a_revoked_sign_in_token_shows_no_secret(api: Caller, clerk: Clerk):
    user = await api.user()
    made = await api.ok("POST", "/sign_in_tokens", {"user_id": user["id"], "expires_in_seconds": 60})
    revoked = await clerk.sign_in_tokens.revoke_async(sign_in_token_id=made["id"])
    assert (revoked.status, revoked.token) == ("revoked", None)


async def test_an_actor_token_names_who_acts(api: Caller, clerk: Clerk):  # R-AUZ-06
    user = await api.user()
    made = await clerk.actor_tokens.create_async(
        request=models.CreateActorTokenRequestBody(
            user_id=user["id"],
            actor=models.CreateActorTokenActor(sub="user_admin"),
            session_max_duration_in_seconds=600,
        )
    )
    assert made.status == "pending"
    assert (await clerk.actor_tokens.revoke_async(actor_token_id=made.id)).status == "revoked"
    body = {"user_id": user["id"], "actor": {"name": "nobody"}}
    assert await api.refused("POST", "/actor_tokens", body) == (422, "form_param_missing")


async def test_a_testing_token_is_handed_out(clerk: Clerk):
    made = await clerk.testing_tokens.create_async()
    assert made.token.startswith(str(made.expires_at))


async def test_a_jwt_template_is_changed_and_deleted(api: Caller, clerk: Clerk):
    given = {"name": "supabase", "claims": {"role": "authenticated"}, "lifetime": 90}
    made = await api.ok("POST", "/jwt_templates", given)
    changed = await api.ok("PATCH", f"/jwt_templates/{made['id']}", {"name": "supabase", "claims": {"role": "x"}})
    assert (changed["lifetime"], changed["claims"]) == (90, {"role": "x"})
    assert (await clerk.jwt_templates.get_async(template_id=made["id"])).name == "supabase"
    assert [each.id for each in await clerk.jwt_templates.list_async()] == [made["id"]]
    assert (await api.ok("GET", "/jwt_templates", paginated="true"))["total_count"] == 1
    assert (await clerk.jwt_templates.delete_async(template_id=made["id"])).deleted
    assert await api.refused("GET", f"/jwt_templates/{made['id']}") == (404, "resource_not_found")


async def test_a_template_cannot_set_what_the_server_says(api: Caller):  # R-INP-05
    for claims in ({"sub": "x"}, {"exp": 1}, {"a": "{{user..id}}"}):
        assert (await api.refused("POST", "/jwt_templates", {"name": "t", "claims": claims}))[0] == 422


async def test_redirect_urls_are_listed(api: Caller, clerk: Clerk):
    made = await clerk.redirect_urls.create_async(
        request=models.CreateRedirectURLRequestBody(url="https://app.example.com/welcome")
    )
    assert await clerk.redirect_urls.list_async() == [made]
    assert await clerk.redirect_urls.get_async(id=made.id) == made
    assert (await clerk.redirect_urls.delete_async(id=made.id)).deleted
    assert (await api.refused("POST", "/redirect_urls", {"url": "javascript:alert(1)"}))[0] == 422


async def test_the_allow_list_is_kept(api: Caller, clerk: Clerk):
    made = await clerk.allowlist_identifiers.create_async(
        request=models.CreateAllowlistIdentifierRequestBody(identifier="*@example.com")
    )
    assert made.identifier_type == "email_address"
    assert [each.id for each in await clerk.allowlist_identifiers.list_async()] == [made.id]
    assert (await clerk.allowlist_identifiers.delete_async(identifier_id=str(made.id))).deleted
    assert await api.ok("GET", "/allowlist_identifiers") == []


async def test_the_block_list_is_kept_and_always_counted(api: Caller, clerk: Clerk):
    made = await clerk.blocklist_identifiers.create_async(
        request=models.CreateBlocklistIdentifierRequestBody(identifier="spam@example.com")
    )
    found = await clerk.blocklist_identifiers.list_async()
    assert (found.total_count, found.data[0].id) == (1, made.id)
    other = await clerk.blocklist_identifiers.create_async(
        request=models.CreateBlocklistIdentifierRequestBody(identifier="junk@example.com")
    )
    paged = await api.ok("GET", "/blocklist_identifiers", limit=1, offset=1)
    assert (paged["total_count"], len(paged["data"]), {paged["data"][0]["id"]} < {made.id, other.id}) == (2, 1, True)
    assert (await clerk.blocklist_identifiers.delete_async(identifier_id=str(made.id))).deleted


async def test_the_instance_is_read_and_changed(api: Caller, clerk: Clerk):
    update = models.UpdateInstanceRequestBody(allowed_origins=["https://app.example.com"], support_email="a@b.example")
    await clerk.instance_settings.update_async(request=update)
    found = await clerk.instance_settings.get_async()
    assert (found.environment_type, found.allowed_origins) == ("development", ["https://app.example.com"])
    restricted = await clerk.instance_settings.update_restrictions_async(
        request=models.UpdateInstanceRestrictionsRequestBody(allowlist=True, block_email_subaddresses=True)
    )
    assert (restricted.allowlist, restricted.blocklist, restricted.block_email_subaddresses) == (True, False, True)
    auth = await clerk.beta_features.update_instance_settings_async(
        request=models.UpdateInstanceAuthConfigRequestBody(restricted_to_allowlist=False, test_mode=False)
    )
    assert auth.restricted_to_allowlist is False
    assert await api.refused("PATCH", "/instance", {"allowed_origins": ["not an origin"]}) == (
        422,
        "form_param_value_invalid",
    )


async def test_what_is_off_says_so(api: Caller, clerk: Clerk):
    assert not (await clerk.instance_settings.get_organization_settings_async()).enabled
    assert not (await clerk.instance_settings.get_instance_protect_async()).rules_enabled
    assert (await clerk.instance_settings.get_communication_async()).blocked_country_codes == []
    assert (await clerk.domains.list_async()).total_count == 1
    for path in ("organization_settings", "protect"):
        wanted = {"enabled": True} if path == "organization_settings" else {"rules_enabled": True}
        assert await api.refused("PATCH", f"/instance/{path}", wanted) == (403, "feature_not_enabled")
        assert await api.ok("PATCH", f"/instance/{path}", {}) == await api.ok("GET", f"/instance/{path}")


async def test_every_setting_can_be_changed_and_the_change_is_on_record(engine: Engine, api: Caller):  # R-LOG-01
    before = await api.ok("GET", "/sojourn/settings")
    assert before["sessions"]["lifetime_seconds"] == 7 * 86400
    changed = await api.ok("PATCH", "/sojourn/settings", {"sessions": {"lifetime_seconds": 3600}})
    assert changed["sessions"] == {**before["sessions"], "lifetime_seconds": 3600}
    assert "settings.updated" in await events(engine)
    for patched in (
        {"sessions": {"lifetime_seconds": 1}},
        {"sessions": {"surprise": 1}},
        {"sessions": {"claims": {"sub": "x"}}},
        {"protection": {"rate_limits": {"codes": []}}},
        {"surprise": True},
    ):
        assert (await api.refused("PATCH", "/sojourn/settings", patched))[0] == 422, patched
    assert await api.ok("GET", "/sojourn/settings") == changed


async def test_an_app_keeps_data_on_a_session(api: Caller):
    session = await api.session((await api.user())["id"])
    path = f"/sojourn/sessions/{session['id']}/data"
    await api.ok("PATCH", path, {"public": {"cart": [1, 2]}})
    found = await api.ok("PATCH", path, {"private": {"score": 3}})
    assert (found["public"], found["private"]) == ({"cart": [1, 2]}, {"score": 3})
    assert await api.ok("GET", path) == found
    assert (await api.refused("PATCH", path, {"public": {"a": "x" * 9000}}))[0] == 422
    await api.ok("POST", f"/sessions/{session['id']}/revoke")
    assert (await api.refused("PATCH", path, {"public": {}}))[0] == 401


async def test_a_rotated_key_is_published_before_it_signs(engine: Engine, api: Caller):  # R-KEY-03
    rotated = await api.ok("POST", "/sojourn/keys/rotate", {})
    kids = [key["kid"] for key in (await api.ok("GET", "/jwks"))["keys"]]
    assert rotated["kid"] in kids
    assert len(kids) == 2
    assert rotated["active_from"] > engine.clock.now().millis
    assert "signing_key.rotated" in await events(engine)


async def test_an_emergency_drops_the_old_keys_at_once(api: Caller):  # R-KEY-03
    rotated = await api.ok("POST", "/sojourn/keys/rotate", {"emergency": True})
    assert [key["kid"] for key in (await api.ok("GET", "/jwks"))["keys"]] == [rotated["kid"]]
