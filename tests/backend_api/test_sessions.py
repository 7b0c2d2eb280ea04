"""Sessions and their tokens, clients and keys, through the published typed client."""

import base64
import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.models import ClerkErrors
from clerk_backend_api.security import VerifyTokenOptions, verify_token

from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller as Browser
from sojourn.sign_ins.attempt import SignInInput
from sojourn.testing.clock import FakeClock
from sojourn.web.app import build

from ..wire.browsing import Browser as SignedInBrowser
from .calling import PASSWORD, Caller

PAGE = "https://app.example.com"


def claims(jwt: str) -> dict[str, Any]:
    part = jwt.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


async def browser_of(engine: Engine, email: str = "ada@example.com") -> tuple[Secret, str]:
    """The client secret and the session of somebody who has signed in with a browser."""
    given = SignInInput(identifier=email, password=PASSWORD)
    sign_in, issued = await engine.sign_ins.create(Browser(engine.instance, None), given)
    assert issued.secret is not None
    assert sign_in.created_session_id is not None
    return issued.secret, sign_in.created_session_id


async def test_a_session_is_made_found_listed_and_revoked(api: Caller, clerk: Clerk):
    user = await api.user()
    made = await clerk.sessions.create_async(request=models.CreateSessionRequestBody(user_id=user["id"]))
    assert (made.status, made.user_id) == ("active", user["id"])
    assert await clerk.sessions.get_async(session_id=made.id) == made
    assert await clerk.sessions.list_async(user_id=user["id"]) == [made]
    assert await clerk.sessions.list_async(client_id=made.client_id, status="ended") == []  # type: ignore[arg-type]
    revoked = await clerk.sessions.revoke_async(session_id=made.id)
    assert revoked.status == "revoked"
    paged = await api.ok("GET", "/sessions", paginated="true", status="revoked")
    assert (paged["total_count"], paged["data"][0]["id"]) == (1, made.id)


async def test_every_filter_of_the_list_of_sessions(api: Caller, clock: FakeClock):
    ada, bob = await api.user("ada@example.com"), await api.user("bob@example.com")
    made: list[dict[str, Any]] = []
    for owner in (ada, ada, bob):
        clock.advance(seconds=1)
        made.append(await api.session(owner["id"]))
    first, second, third = [each["id"] for each in made]
    await api.ok("POST", f"/sessions/{first}/revoke")
    expected: list[tuple[dict[str, object], list[str]]] = [
        ({}, [third, second, first]),
        ({"user_id": ada["id"]}, [second, first]),
        ({"client_id": made[1]["client_id"]}, [second]),
        ({"user_id": ada["id"], "status": "active"}, [second]),
        ({"status": "revoked"}, [first]),
        *(({"status": status}, []) for status in ("abandoned", "ended", "expired", "removed", "replaced")),
        ({"user_id": "user_nobody"}, []),
        ({"user_id": ada["id"], "client_id": made[2]["client_id"]}, []),
    ]
    for query, ids in expected:
        assert [each["id"] for each in await api.ok("GET", "/sessions", **query)] == ids, query
        paged = await api.ok("GET", "/sessions", paginated="true", limit=1, offset=1, **query)
        assert (paged["total_count"], [each["id"] for each in paged["data"]]) == (len(ids), ids[1:2]), query
    for query in ({"status": "asleep"}, {"limit": 501}, {"offset": -1}):
        assert (await api.refused("GET", "/sessions", **query))[0] == 422, query


async def test_a_session_is_over_by_the_clock_before_anybody_writes_it_down(api: Caller, clock: FakeClock):  # R-SES-01
    session = await api.session((await api.user())["id"])
    clock.advance(days=1)
    assert (await api.ok("GET", f"/sessions/{session['id']}"))["status"] == "abandoned"
    assert await api.ok("GET", "/sessions", status="active") == []
    assert len(await api.ok("GET", "/sessions", status="abandoned")) == 1


async def test_sessions_are_not_made_in_production(engine: Engine, api: Caller, monkeypatch: pytest.MonkeyPatch):
    user = await api.user()  # R-FLOW-07
    monkeypatch.setattr(type(engine.instance), "is_development", False)
    assert await api.refused("POST", "/sessions", {"user_id": user["id"]}) == (403, "feature_not_enabled")


async def test_a_token_is_minted_for_a_live_session_only(api: Caller, clerk: Clerk, clock: FakeClock):  # R-SES-06
    session = await api.session((await api.user())["id"])
    made = await clerk.sessions.create_token_async(session_id=session["id"], expires_in_seconds=600)
    found = claims(str(made.jwt))
    assert (found["sid"], found["exp"] - found["iat"], found["v"]) == (session["id"], 600, 2)
    assert claims(str((await clerk.sessions.create_token_async(session_id=session["id"])).jwt))["iat"] == found["iat"]
    await clerk.sessions.revoke_async(session_id=session["id"])
    with pytest.raises(ClerkErrors) as refused:
        await clerk.sessions.create_token_async(session_id=session["id"])
    assert refused.value.status_code == 401


async def test_a_token_lives_a_day_at_most(api: Caller):  # R-JWT-06
    session = await api.session((await api.user())["id"])
    body = {"expires_in_seconds": 90_000}
    assert (await api.refused("POST", f"/sessions/{session['id']}/tokens", body))[0] == 422


async def test_older_api_versions_get_the_older_claims(api: Caller):
    session = await api.session((await api.user())["id"])
    old = {"Clerk-API-Version": "2024-10-01"}
    response = await api.send("POST", f"/sessions/{session['id']}/tokens", {}, headers=old)
    assert "v" not in claims(response.json()["jwt"])


async def test_a_banned_users_session_gets_no_token(api: Caller):  # R-SES-07
    user = await api.user()
    session = await api.session(user["id"])
    await api.ok("POST", f"/users/{user['id']}/ban")
    assert (await api.refused("POST", f"/sessions/{session['id']}/tokens", {}))[0] == 401


async def test_a_template_shapes_a_token(api: Caller, clerk: Clerk):
    template = {"name": "hasura", "claims": {"mail": "{{user.primary_email_address}}", "n": 1}, "lifetime": 120}
    made = await api.ok("POST", "/jwt_templates", template)  # the typed client has no way to name a claim
    assert (await clerk.jwt_templates.get_async(template_id=made["id"])).signing_algorithm == "RS256"
    session = await api.session((await api.user())["id"])
    jwt = (await clerk.sessions.create_token_from_template_async(session_id=session["id"], template_name="hasura")).jwt
    found = claims(str(jwt))
    assert (found["mail"], found["n"], found["exp"] - found["iat"]) == ("ada@example.com", 1, 120)
    assert "sid" not in found
    path = f"/sessions/{session['id']}/tokens/nothing"
    assert await api.refused("POST", path) == (404, "resource_not_found")


async def test_the_published_client_verifies_our_tokens_by_our_keys(
    engine: Engine, api: Caller, clerk: Clerk
):  # R-JWT-02, R-KEY-04
    session = await api.session((await api.user())["id"])
    jwt = str((await clerk.sessions.create_token_async(session_id=session["id"], expires_in_seconds=86_400)).jwt)
    keys = await clerk.jwks.get_jwks_async()
    assert keys.keys is not None
    assert len(keys.keys) == 1
    shown = (await api.send("GET", "/jwks")).json()["keys"][0]
    assert shown.keys() == {"kty", "use", "alg", "kid", "n", "e"}
    pem = await engine.key_store.public_pem(engine.instance)
    # the published verifier reads the machine's clock; ours stands in 2026, so its times are not asked
    with pytest.raises(Exception, match=r"(?i)expired|active|future") as refused:
        verify_token(jwt, VerifyTokenOptions(jwt_key=pem))
    assert "signature" not in str(refused.value).lower()


async def test_a_client_is_shown_with_its_live_sessions(api: Caller, clerk: Clerk):
    session = await api.session((await api.user())["id"])
    client = await clerk.clients.get_async(client_id=session["client_id"])
    assert client.session_ids == [session["id"]]
    assert client.last_active_session_id == session["id"]
    assert [each.id for each in await clerk.clients.list_async()] == [client.id]
    paged = await api.ok("GET", "/clients", paginated="true", limit=1)
    assert paged["total_count"] == 1
    assert await api.refused("GET", "/clients/client_nobody") == (404, "resource_not_found")


async def test_a_client_is_verified_by_what_its_browser_holds(engine: Engine, api: Caller, clerk: Clerk):
    await api.user()
    secret, session_id = await browser_of(engine)
    found = await clerk.clients.verify_async(request=models.VerifyClientRequestBody(token=secret.reveal()))
    assert found.session_ids == [session_id]
    verified = await api.ok("POST", f"/sessions/{session_id}/verify", {"token": secret.reveal()})
    assert verified["id"] == session_id
    assert (await api.refused("POST", "/clients/verify", {"token": "clt_nobody"}))[0] == 401


async def test_a_session_is_verified_by_its_own_token_only(api: Caller):  # R-JWT-08
    first, second = await api.user(), await api.user("bob@example.com")
    one, other = await api.session(first["id"]), await api.session(second["id"])
    jwt = (await api.ok("POST", f"/sessions/{one['id']}/tokens", {}))["jwt"]
    assert (await api.ok("POST", f"/sessions/{one['id']}/verify", {"token": jwt}))["id"] == one["id"]
    assert (await api.refused("POST", f"/sessions/{other['id']}/verify", {"token": jwt}))[0] == 401
    assert (await api.refused("POST", f"/sessions/{one['id']}/verify", {"token": jwt[:-2]}))[0] == 401


async def test_handshake_directives_are_picked_up_once(engine: Engine, api: Caller, clock: FakeClock):  # R-ID-05
    nonce, lines = Secret.random("hsn_"), ["__session=abc; Path=/"]
    await engine.store.tickets.add_nonce(
        engine.instance.id, nonce.stored_form(), lines, clock.now() + timedelta(seconds=60)
    )
    found = await api.ok("GET", "/clients/handshake_payload", nonce=nonce.reveal())
    assert found == {"directives": lines}
    again = await api.refused("GET", "/clients/handshake_payload", nonce=nonce.reveal())
    assert again == (404, "resource_not_found")
    assert await api.refused("GET", "/clients/handshake_payload") == (422, "form_param_missing")


class Refreshing:
    """A page whose token has run out, with what its browser keeps."""

    def __init__(self, engine: Engine, api: Caller, session_id: str, jwt: str, secret: str) -> None:
        self.engine, self.api, self.session_id, self.jwt, self.secret = engine, api, session_id, jwt, secret

    async def ask(self, **changed: object) -> tuple[int, Any]:
        body = {
            "format": "cookie",
            "expired_token": self.jwt,
            "refresh_token": self.secret,
            "request_origin": PAGE,
            "request_headers": {"user-agent": ["test"]},
            **changed,
        }
        path = f"/sessions/{self.session_id}/refresh"
        response = await self.api.send("POST", path, body, suffixed_cookies="true")
        return response.status_code, response.json()


@pytest.fixture
async def page(engine: Engine, api: Caller, clock: FakeClock) -> Refreshing:
    await api.user()
    _, session_id = await browser_of(engine)
    session = await engine.sessions.get(engine.instance, session_id)  # type: ignore[arg-type]
    user = await engine.accounts.get(engine.instance, session.user_id)
    jwt = await engine.tokens.for_session(engine.instance, session, user, origin=PAGE)
    clock.advance(minutes=10)
    return Refreshing(engine, api, session_id, jwt, engine.refreshing.secret(session).reveal())


async def test_a_page_is_refreshed_without_a_redirect(page: Refreshing):
    status, found = await page.ask()
    assert (status, found["object"]) == (200, "cookies")
    names = [line.partition("=")[0] for line in found["cookies"]]
    assert "__session" in names
    assert any(name.startswith("__session_") for name in names)
    assert any(name.startswith("__refresh_") for name in names)
    jwt = found["cookies"][0].partition("=")[2].partition(";")[0]
    assert claims(jwt)["azp"] == PAGE
    status, found = await page.ask(format="token")
    assert (status, found["object"]) == (200, "token")


@pytest.mark.parametrize(
    "changed",
    [
        {"refresh_token": "rfs_wrong"},
        {"expired_token": "a.b.c"},
        {"request_origin": "https://evil.example.com"},
        {"refresh_token": None},
        {"surprise": 1},
    ],
)
async def test_every_refused_refresh_is_a_401(page: Refreshing, changed: dict[str, object]):
    status, found = await page.ask(**changed)
    assert (status, found["errors"][0]["code"]) == (401, "token_invalid")


async def test_a_handshake_gives_the_page_what_refreshes_it(engine: Engine, api: Caller, clock: FakeClock):
    browser = SignedInBrowser(build(engine), origin="http://localhost:3000")
    await browser.sign_up()
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url="http://localhost:3000/")
    carried = parse_qs(urlsplit(answer.headers["location"]).query)["__clerk_handshake"][0]
    lines = claims(carried)["handshake"]
    cookies = {line.partition("=")[0]: line.partition("=")[2].partition(";")[0] for line in lines}
    kept = next(line for line in lines if line.startswith("__refresh_"))
    assert "HttpOnly" in kept
    clock.advance(minutes=5)
    page = Refreshing(
        engine, api, claims(cookies["__session"])["sid"], cookies["__session"], kept.split("=")[1].split(";")[0]
    )
    assert (await page.ask(request_origin="http://localhost:3000"))[0] == 200


async def test_a_refresh_secret_dies_with_its_session(page: Refreshing):  # R-SES-06
    await page.api.ok("POST", f"/sessions/{page.session_id}/revoke")
    assert (await page.ask())[0] == 401


async def test_one_sessions_refresh_secret_opens_no_other(page: Refreshing, engine: Engine):  # R-ID-02
    await page.api.user("bob@example.com")
    _, other = await browser_of(engine, "bob@example.com")
    page.session_id = other
    assert (await page.ask())[0] == 401
