"""Who may call the Backend API: servers with a good secret key, nobody else."""

from collections.abc import Mapping

import httpx
import pytest
from litestar.handlers import HTTPRouteHandler

from sojourn.engine import Engine
from sojourn.instances.secret_keys import Scope
from sojourn.secret import Secret
from sojourn.store.sql.database import Prepared
from sojourn.testing.clock import FakeClock
from sojourn.ui.routes import PAGES
from sojourn.web.app import build, litestar_app
from sojourn.web.backend_api import routes
from sojourn.web.backend_api.context import KeyContext
from sojourn.web.frontend_api.context import ClientContext
from sojourn.web.operation import Api, declared

from .calling import SERVER, Caller, transport

REFUSED = (401, "secret_key_invalid")


async def test_no_operation_answers_without_a_secret_key(engine: Engine):  # R-AUZ-01
    async with httpx.AsyncClient(transport=transport(build(engine)), base_url=SERVER) as http:
        for handler in routes.HANDLERS:
            for path in handler.paths:
                for method in handler.http_methods:
                    response = await http.request(method, path.replace(":str", ""))
                    assert response.status_code == 401, f"{method} {path}"
                    assert response.json()["errors"][0]["code"] == "secret_key_invalid"
                    assert response.headers["www-authenticate"] == "Bearer"


def test_every_route_says_who_may_call_it():  # R-AUZ-01, R-WEB-08
    public = {
        "/health",
        "/v1/health",
        "/.well-known/jwks.json",
        "/.well-known/openid-configuration",
        "/npm/{bundle:path}",
        "/v1/avatars/{hue:str}/{name:str}",
        "/v1/images/{image_id:str}",
        "/static/{name:str}",
        "/favicon.ico",
    }
    for route in litestar_app(tuple(PAGES)).routes:
        for handler in getattr(route, "route_handlers", []):
            if not isinstance(handler, HTTPRouteHandler) or handler.http_methods == {"OPTIONS"}:
                continue
            operation, asked = declared(handler.opt), handler.parsed_fn_signature.parameters.get("context")
            assert operation is not None, route.path
            assert (operation.api is Api.PUBLIC) == (route.path in public), route.path
            assert asked is not None or operation.api is Api.PUBLIC, route.path
            context = KeyContext if operation.api is Api.BACKEND else ClientContext
            assert asked is None or asked.annotation is context, route.path


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Basic abc",
        "Bearer pk_test_abc",
        "Bearer sk_test_unknown",
        "Bearer Bearer sk_test_unknown",
        "Bearer sk_test_" + "x" * 5000,
        "sk_test_unknown",
    ],
)
async def test_anything_but_a_good_key_is_refused(api: Caller, header: str):  # R-AUZ-08, R-JWT-11
    response = await api.send("GET", "/users", headers={"Authorization": header})
    assert (response.status_code, response.json()["errors"][0]["code"]) == REFUSED


async def test_two_authorization_headers_are_refused(api: Caller, secret_key: Secret):  # R-JWT-11
    twice = [("Authorization", f"Bearer {secret_key.reveal()}")] * 2
    async with httpx.AsyncClient(transport=api.http._transport, base_url=SERVER, headers=twice) as http:
        assert (await http.get("/v1/users")).status_code == 401


async def test_a_key_from_a_browser_is_refused_wherever_the_page_is(api: Caller):  # R-AUZ-08
    for headers in ({"Origin": "http://localhost:3000"}, {"Origin": "null"}, {"Sec-Fetch-Site": "same-origin"}):
        response = await api.send("GET", "/users", headers=headers)
        assert (response.status_code, response.json()["errors"][0]["code"]) == REFUSED
        assert "access-control-allow-origin" not in response.headers


async def test_a_browser_that_asks_before_it_sends_is_not_encouraged(api: Caller):  # R-WEB-04
    asked = {"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"}
    response = await api.send("OPTIONS", "/users", headers=asked)
    assert "access-control-allow-origin" not in response.headers


async def test_a_key_in_the_address_is_not_read(api: Caller, secret_key: Secret):  # R-AUZ-08
    headers = {"Authorization": ""}
    response = await api.send("GET", "/users", headers=headers, secret_key=secret_key.reveal())
    assert response.status_code == 401


async def test_a_revoked_key_is_refused_within_a_second(
    engine: Engine, api: Caller, secret_key: Secret, clock: FakeClock
):  # R-AUZ-08
    await api.ok("GET", "/users")
    row = await engine.store.instances.find_secret_key(secret_key.stored_form())
    assert row is not None
    await engine.store.instances.revoke_secret_key(engine.instance.id, row.id, clock.now())
    clock.advance(seconds=1)
    assert await api.refused("GET", "/users") == REFUSED


async def test_two_keys_work_side_by_side(engine: Engine, api: Caller):  # R-AUZ-08
    second = await engine.instances.new_secret_key(engine.instance)
    await api.ok("GET", "/users")
    assert (await Caller(build(engine), second.reveal()).send("GET", "/users")).status_code == 200


async def test_a_key_that_may_only_read_changes_nothing(engine: Engine, api: Caller):  # R-AUZ-08
    ada = await api.user()
    reading = Caller(build(engine), (await engine.instances.new_secret_key(engine.instance, Scope.READ)).reveal())
    assert await reading.ok("GET", f"/users/{ada['id']}") == ada
    for method, path, body in (
        ("DELETE", f"/users/{ada['id']}", None),
        ("POST", "/users", {"email_address": ["eve@example.com"]}),
        ("PATCH", f"/users/{ada['id']}", {"first_name": "Eve"}),
        ("PUT", f"/users/{ada['id']}/metadata", {}),
        ("POST", "/sojourn/keys/rotate", {}),
    ):
        assert await reading.refused(method, path, body) == (403, "secret_key_read_only")
        assert await reading.refused(method, path, body, _method="GET") == (403, "secret_key_read_only")
    assert await api.ok("GET", "/users") == [ada]


async def test_a_used_key_says_when_and_costs_no_look_up_more(  # R-AUZ-08
    engine: Engine, api: Caller, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    session = await api.session((await api.user())["id"])
    await api.ok("GET", f"/sessions/{session['id']}")
    seen: list[str] = []
    database = engine.store._database  # type: ignore[attr-defined]
    hot = database.hot

    async def noted(prepared: Prepared, values: Mapping[str, object]) -> object:
        seen.append(prepared.text)
        return await hot(prepared, values)

    monkeypatch.setattr(database, "hot", noted)
    for _ in range(5):
        await api.ok("GET", f"/sessions/{session['id']}")
    assert len(seen) == 5
    assert all("FROM sessions" in statement for statement in seen)
    await engine.key_use.flush()
    (key,) = await engine.store.instances.secret_keys(engine.instance.id)
    assert key.last_used_at == clock.now()


async def test_a_key_may_ask_a_thousand_times_in_ten_seconds(api: Caller, clock: FakeClock):  # R-LIM-01
    for _ in range(1000):
        response = await api.send("GET", "/sessions/sess_nobody")
        assert response.status_code == 404
    response = await api.send("GET", "/sessions/sess_nobody")
    assert response.status_code == 429
    assert int(response.headers["retry-after"]) == 10
    clock.advance(seconds=10)
    assert await api.refused("GET", "/sessions/sess_nobody") == (404, "resource_not_found")


async def test_answers_are_never_cached_and_never_run(api: Caller):  # R-CKI-07, R-HDR-03
    headers = (await api.send("GET", "/users")).headers
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "set-cookie" not in headers


async def test_a_path_without_a_route_is_not_found_and_counted_for_each_address(
    api: Caller, clock: FakeClock
):  # R-WEB-08
    for headers in ({}, {"Authorization": ""}) * 50:
        response = await api.send("GET", "/users/x/y/z", headers=headers)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "resource_not_found")
    assert (await api.send("GET", "/users/x/y/z")).status_code == 429
    await api.ok("GET", "/users")
    clock.advance(seconds=10)
    assert (await api.send("GET", "/users/x/y/z")).status_code == 404


async def test_a_method_that_a_path_does_not_accept_is_told_to_key_holders_only(api: Caller):  # R-AUZ-01
    response = await api.send("POST", "/users/count")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")
    response = await api.send("POST", "/users/count", headers={"Authorization": ""})
    assert response.status_code == 401
