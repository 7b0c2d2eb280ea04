"""A stranger who writes into a header that they are at this machine reads no codes of a development server (CWE-290)."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from sojourn.engine import Engine
from sojourn.integrations.wsgi import scope_of
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from ..wire.browsing import APP, PASSWORD, SERVER, TEST_CODE

STRANGER = ("198.51.100.7", 40123)
CLAIMS = [
    "127.0.0.1",
    "::1",
    "[::1]",
    "127.0.0.1, 127.0.0.1",
    "::ffff:127.0.0.1",
    "127.0.0.1:40123",
    "[::1]:40123",
    "testclient",
    "<local>",
]


def seen_through(engine: Engine, peer: tuple[str, int], believed: str, **headers: str) -> httpx.AsyncClient:
    """The engine inside an app whose server takes the peer from `X-Forwarded-For` of whoever `believed` names."""
    believing = ProxyHeadersMiddleware(build(engine, pages=PAGES), trusted_hosts=believed)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(believing, client=peer, raise_app_exceptions=False)  # type: ignore[arg-type]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.AsyncClient(transport=transport, base_url=SERVER, headers=given)


@pytest.mark.parametrize("claim", CLAIMS)
async def test_a_server_that_believes_every_sender_gives_no_codes_away(engine: Engine, claim: str) -> None:  # R-DEV-02
    async with seen_through(engine, STRANGER, "*", X_Forwarded_For=claim) as http:
        for path in ("/dev/mailbox", "/dev/mailbox.json"):
            assert (await http.get(path)).status_code in (403, 421), path


async def test_the_code_that_everybody_knows_does_not_work_for_them_either(engine: Engine) -> None:  # R-DEV-02
    engine.config = replace(engine.config, trusted_proxies=())
    async with seen_through(
        engine, STRANGER, "*", X_Forwarded_For="127.0.0.1", Origin=APP, Sec_Fetch_Site="same-site"
    ) as http:
        fields = {"email_address": "eve+clerk_test@example.com", "password": PASSWORD}
        begun = await http.post("/v1/client/sign_ups", data=fields)
        path = f"/v1/client/sign_ups/{begun.json()['response']['id']}"
        await http.post(f"{path}/prepare_verification", data={"strategy": "email_code"})
        code = {"strategy": "email_code", "code": TEST_CODE}
        assert (await http.post(f"{path}/attempt_verification", data=code)).status_code == 422


async def test_the_developer_of_such_an_app_reads_the_mailbox_without_a_proxy(engine: Engine) -> None:  # R-DEV-02
    async with seen_through(engine, ("127.0.0.1", 40123), "*") as http:
        assert (await http.get("/dev/mailbox.json")).status_code == 200


@pytest.mark.parametrize("version", ["1", "1.0"])  # as Granian and Uvicorn name it
async def test_a_proxy_that_says_nothing_but_speaks_an_old_protocol_reads_no_codes(
    engine: Engine, version: str
) -> None:  # R-DEV-02
    inner = build(engine, pages=PAGES)

    async def of_nginx(scope: Any, receive: Any, send: Any) -> None:
        scope["http_version"] = version
        await inner(scope, receive, send)

    transport = httpx.ASGITransport(of_nginx, client=("127.0.0.1", 40123), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=SERVER) as http:
        assert (await http.get("/dev/mailbox.json")).status_code == 403
        assert (await http.get("/v1/environment")).status_code == 200


def test_an_app_of_wsgi_says_which_protocol_was_spoken() -> None:  # R-DEV-02
    environ = {"REQUEST_METHOD": "GET", "SERVER_NAME": "localhost", "SERVER_PORT": "8000", "REMOTE_ADDR": "127.0.0.1"}
    assert scope_of({**environ, "SERVER_PROTOCOL": "HTTP/1.0"}, "/auth")["http_version"] == "1.0"
    assert scope_of(environ, "/auth")["http_version"] == "1.1"
