"""A day at each API: every operation that this server implements, asked at least once and granted."""

from typing import Any

from sojourn.engine import Engine
from sojourn.ids import UserId
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.sessions.clients import rotate

from ..backend_api.calling import PASSWORD, Caller
from ..pictures import picture
from ..second_factors import SentCodes, StepCodes
from ..wire.browsing import ADA, SERVER, TEST_CODE, Browser

OTHER_PASSWORD = "violet umbrella at the ferry"
BOB = "bob+clerk_test@example.com"


async def a_day_at_the_backend_api(app: object, api: Caller, engine: Engine) -> None:
    await _users(api)
    await _addresses(api)
    await _proofs(api)
    await _sessions(api, engine)
    await _sign_ups(app, api)
    await _tickets(api)
    await _lists(api)
    await _settings(api)


async def _users(api: Caller) -> None:
    await api.ok("PATCH", "/sojourn/settings", {"sign_up": {"password": "optional"}})
    rich = {
        "username": "grace",
        "first_name": "Grace",
        "phone_number": ["+15005550006"],
        "public_metadata": {"plan": "gold"},
        "email_address_identification_status": ["reserved"],
        "external_id": "crm-7",
    }
    user = await api.user("grace@example.com", **rich)
    plain = await api.ok("POST", "/users", {"username": "nobody", "skip_password_requirement": True})
    where = f"/users/{user['id']}"
    for path in (
        "/users",
        "/users/count",
        where,
        f"{where}/organization_memberships",
        f"{where}/organization_invitations",
    ):
        await api.ok("GET", path)
    await api.ok("PATCH", where, {"last_name": "Hopper"})
    await api.ok("PATCH", f"{where}/metadata", {"public_metadata": {"plan": None}})
    await api.ok("PUT", f"{where}/metadata", {"unsafe_metadata": {"theme": "dark"}})
    await api.ok("POST", f"{where}/verify_password", {"password": PASSWORD})
    await api.refused("POST", f"{where}/verify_password", {"password": "wrong"})
    drawn = await api.http.post(f"/v1{where}/profile_image", files={"file": ("grace.png", picture())})
    assert drawn.status_code == 200, drawn.text
    await api.ok("DELETE", f"{where}/profile_image")
    await api.refused("DELETE", f"{where}/profile_image")
    await api.ok("POST", f"{where}/password/set_compromised", {"revoke_all_sessions": True})
    await api.ok("POST", f"{where}/password/unset_compromised")
    for word in ("ban", "unban", "lock", "unlock"):
        await api.ok("POST", f"{where}/{word}")
    for word in ("ban", "unban"):
        await api.ok("POST", f"/users/{word}", {"user_ids": [user["id"], plain["id"]]})
    await api.ok("DELETE", f"/users/{plain['id']}")
    await api.refused("GET", f"/users/{plain['id']}")
    await api.refused("POST", "/users", {"surprise": 1})


async def _addresses(api: Caller) -> None:
    user = await api.user("ada@example.com")
    await api.ok("POST", f"/users/{user['id']}/remove_password")
    for kind, value in (("email_address", "second@example.com"), ("phone_number", "+15005550007")):
        path = f"/{kind}es" if kind == "email_address" else f"/{kind}s"
        added = await api.ok("POST", path, {"user_id": user["id"], kind: value, "verified": True})
        await api.ok("GET", f"{path}/{added['id']}")
        await api.ok("PATCH", f"{path}/{added['id']}", {"primary": True})
        await api.ok("PATCH", f"{path}/{added['id']}", {"verified": False})
        await api.ok("DELETE", f"{path}/{added['id']}")
        await api.refused("GET", f"{path}/{added['id']}")
        for status in ("reserved", "verified"):
            await api.ok("PUT", f"/users/{user['id']}/{kind}", {kind: value, "identification_status": status})


async def _proofs(api: Caller) -> None:
    user = await api.user("pam+clerk_test@example.com")
    where = f"/email_addresses/{user['email_addresses'][0]['id']}"
    sent = await api.ok("POST", f"{where}/prepare_verification")
    for code in ("000000", TEST_CODE):
        await api.ok("POST", f"{where}/attempt_verification", {"verification_id": sent["id"], "code": code})
    await api.refused("POST", f"{where}/attempt_verification", {"verification_id": sent["id"], "code": TEST_CODE})


async def _sessions(api: Caller, engine: Engine) -> None:
    user = await api.user("sam@example.com")
    session = await api.session(user["id"])
    where = f"/sessions/{session['id']}"
    found = await engine.sessions.get(engine.instance, session["id"])
    queries: list[dict[str, Any]] = [{}, {"paginated": "true"}, {"status": "active", "user_id": user["id"]}]
    for query in queries:
        await api.send("GET", "/sessions", **query)
        await api.send("GET", "/clients", **query)
    for path in (where, "/jwks", f"/clients/{session['client_id']}", f"/sojourn{where}/data"):
        await api.ok("GET", path)
    await api.ok("PATCH", f"/sojourn{where}/data", {"public": {"cart": 1}})
    await api.ok("POST", "/jwt_templates", {"name": "day", "claims": {"id": "{{user.id}}"}})
    jwt = (await api.ok("POST", f"{where}/tokens", {"expires_in_seconds": 60}))["jwt"]
    await api.ok("POST", f"{where}/tokens/day", {})
    await api.ok("POST", f"{where}/verify", {"token": jwt})
    refresh = {
        "expired_token": jwt,
        "refresh_token": engine.refreshing.secret(found).reveal(),
        "request_origin": "https://app.example.com",
    }
    await api.ok("POST", f"{where}/refresh", refresh)
    await api.ok("POST", f"{where}/refresh", {**refresh, "format": "cookie"})
    secret = await _client_secret(engine, session["client_id"])
    await api.ok("POST", "/clients/verify", {"token": secret.reveal()})
    await api.ok("POST", f"{where}/revoke")
    await api.refused("POST", f"{where}/tokens", {})


async def _sign_ups(app: object, api: Caller) -> None:
    begun = await Browser(app).post("/v1/client/sign_ups", {"email_address": BOB, "password": PASSWORD})
    where = f"/sign_ups/{begun['response']['id']}"
    await api.ok("GET", where)
    await api.ok("PATCH", where, {"external_id": "crm-8", "custom_action": True})


async def _client_secret(engine: Engine, client_id: str) -> Secret:
    client = await engine.store.clients.find(engine.instance.id, client_id)  # type: ignore[arg-type]
    assert client is not None
    async with engine.store.transaction() as tx:
        issued = await rotate(tx, client, engine.clock.now())
    assert issued.secret is not None
    return issued.secret


async def _tickets(api: Caller) -> None:
    user = await api.user("tom@example.com")
    made = await api.ok("POST", "/sign_in_tokens", {"user_id": user["id"]})
    await api.ok("POST", f"/sign_in_tokens/{made['id']}/revoke")
    acting = await api.ok("POST", "/actor_tokens", {"user_id": user["id"], "actor": {"sub": "user_admin"}})
    await api.ok("POST", f"/actor_tokens/{acting['id']}/revoke")
    await api.ok("POST", "/testing_tokens")


async def _lists(api: Caller) -> None:
    template = {"name": "lists", "claims": {"role": "x"}}
    for path, body in (
        ("/jwt_templates", template),
        ("/redirect_urls", {"url": "https://app.example.com/"}),
        ("/allowlist_identifiers", {"identifier": "a@example.com"}),
        ("/blocklist_identifiers", {"identifier": "+15005550006"}),
    ):
        made = await api.ok("POST", path, body)
        await api.ok("GET", path)
        if path == "/jwt_templates":
            await api.ok("PATCH", f"{path}/{made['id']}", template)
        if not path.endswith("identifiers"):
            await api.ok("GET", f"{path}/{made['id']}")
        await api.ok("DELETE", f"{path}/{made['id']}")


async def _settings(api: Caller) -> None:
    await api.ok("GET", "/instance")
    assert (await api.send("PATCH", "/instance", {"support_email": "help@example.com"})).status_code == 204
    await api.ok("PATCH", "/instance/restrictions", {"blocklist": True})
    await api.ok("PATCH", "/beta_features/instance_settings", {"restricted_to_allowlist": False})
    for name in ("organization_settings", "protect", "communication"):
        await api.ok("GET", f"/instance/{name}")
        await api.ok("PATCH", f"/instance/{name}", {})
    await api.ok("GET", "/domains")
    await api.ok("GET", "/sojourn/settings")
    await api.ok("POST", "/sojourn/keys/rotate", {})


async def a_day_at_the_frontend_api(app: object, engine: Engine, api: Caller, mailbox: Mailbox) -> None:
    await engine.instances.update_settings(engine.instance, {"sign_up": {"password": "optional"}})
    ada, phone = Browser(app), Browser(app)
    await _arriving(ada)
    await _signing_up(ada)
    await ada.sign_up()
    await phone.sign_in()
    await _being_signed_in(ada, api)
    await _living(ada)
    await _devices(ada, phone)
    await _addresses_of_my_own(ada)
    await _forgetting(Browser(app))
    await _by_two_factors(app, engine, api)
    await _leaving(ada, app)


async def _arriving(browser: Browser) -> None:
    for path in ("/v1/environment", "/v1/health", "/.well-known/jwks.json", "/v1/client"):
        await browser.get(path)
    await browser.patch("/v1/environment", {"origin": "http://localhost:3000"})
    await browser.post("/v1/dev_browser")
    handshake = await browser.send("GET", "/v1/client/handshake", redirect_url="http://localhost:3000/")
    assert handshake.status_code == 307
    await browser.refused("GET", "/v1/me")


async def _signing_up(browser: Browser) -> None:
    begun = (await browser.post("/v1/client/sign_ups", {"email_address": BOB, "password": PASSWORD}))["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    await browser.get(where)
    await browser.patch(where, {"first_name": "Bob"})
    await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    await browser.refused("POST", f"{where}/attempt_verification", {"strategy": "email_code", "code": "000000"})
    await browser.post(f"{where}/attempt_verification", {"strategy": "email_code", "code": TEST_CODE})
    await browser.delete("/v1/client/sessions")


async def _being_signed_in(browser: Browser, api: Caller) -> None:
    client = (await browser.get("/v1/client"))["response"]
    session = client["last_active_session_id"]
    where = f"/v1/client/sessions/{session}"
    await api.ok("POST", "/jwt_templates", {"name": "page", "claims": {"id": "{{user.id}}"}})
    await browser.get(where)
    await browser.post(f"{where}/touch", {"active_organization_id": ""})
    await browser.post(f"{where}/tokens", {"organization_id": ""})
    await browser.post(f"{where}/tokens/page")


async def _living(browser: Browser) -> None:
    await browser.get("/v1/me")
    await browser.patch("/v1/me", {"first_name": "Ada", "last_name": "Lovelace"})
    await browser.patch("/v1/me/metadata", {"unsafe_metadata": '{"theme": "dark"}'})
    drawn = await browser.http.post("/v1/me/profile_image", files={"file": ("ada.png", picture())})
    assert drawn.status_code == 200, drawn.text
    await browser.delete("/v1/me/profile_image")
    await browser.refused("DELETE", "/v1/me/profile_image")
    changed = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD, "sign_out_of_other_sessions": "false"}
    await browser.post("/v1/me/change_password", changed)
    await browser.refused("POST", "/v1/me/change_password", {**changed, "new_password": "short"})


async def _addresses_of_my_own(browser: Browser) -> None:
    added = (await browser.post("/v1/me/email_addresses", {"email_address": "second+clerk_test@example.com"}))[
        "response"
    ]
    where = f"/v1/me/email_addresses/{added['id']}"
    await browser.get("/v1/me/email_addresses")
    await browser.get(where)
    await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    await browser.post(f"{where}/attempt_verification", {"code": TEST_CODE})
    await browser.delete(where)


async def _devices(here: Browser, there: Browser) -> None:
    listed = await here.get("/v1/me/sessions/active")
    own = (await there.get("/v1/client"))["response"]["last_active_session_id"]
    assert own in [each["id"] for each in listed]
    await here.post(f"/v1/me/sessions/{own}/revoke")
    await here.get("/v1/me/sessions")


async def _forgetting(browser: Browser) -> None:
    begun = (await browser.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    where = f"/v1/client/sign_ins/{begun['id']}"
    await browser.get(where)
    await browser.refused("POST", f"{where}/attempt_first_factor", {"strategy": "password", "password": "wrong"})
    mail = next(each for each in begun["supported_first_factors"] if each["strategy"] == "reset_password_email_code")
    form = {"strategy": mail["strategy"], "email_address_id": mail["email_address_id"]}
    await browser.post(f"{where}/prepare_first_factor", form)
    await browser.post(f"{where}/attempt_first_factor", {"strategy": mail["strategy"], "code": TEST_CODE})
    await browser.post(f"{where}/reset_password", {"password": PASSWORD})
    await browser.post("/v1/me/remove_password", {"current_password": PASSWORD})


async def _by_two_factors(app: object, engine: Engine, api: Caller) -> None:
    made = await api.user("two_factors+clerk_test@example.com")
    user = await engine.accounts.get(engine.instance, UserId(made["id"]))
    await engine.factors.of(StepCodes).enrol(user)
    await engine.factors.of(SentCodes).enrol(user)
    browser = Browser(app)
    given = {"identifier": made["email_addresses"][0]["email_address"], "password": PASSWORD}
    where = f"/v1/client/sign_ins/{(await browser.post('/v1/client/sign_ins', given))['response']['id']}"
    await browser.post(f"{where}/prepare_second_factor", {"strategy": "phone_code"})
    await browser.refused("POST", f"{where}/attempt_second_factor", {"strategy": "phone_code", "code": "0"})
    await browser.post(f"{where}/attempt_second_factor", {"strategy": "totp", "code": "1"})


async def _leaving(browser: Browser, app: object) -> None:
    for word in ("end", "remove"):
        leaving = Browser(app)
        client = await leaving.sign_in(BOB)
        await leaving.post(f"/v1/client/sessions/{client['last_active_session_id']}/{word}")
    last = Browser(app)
    await last.send("PUT", "/v1/client")
    await last.send("POST", "/v1/client")
    await last.sign_in(BOB)
    await last.delete("/v1/me")
    await last.delete("/v1/client")
    assert last.http.base_url == SERVER
