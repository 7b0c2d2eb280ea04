"""Addresses that other software looks for by itself: the issuer's discovery document, its keys, the page for a new password."""

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.web.app import build, litestar_app

from .browsing import SERVER, Browser


async def test_the_issuers_address_leads_to_its_keys(
    browser: Browser,
) -> None:  # OpenID Connect Discovery 1.0 section 4
    found = await browser.get("/.well-known/openid-configuration")
    assert (found["issuer"], found["jwks_uri"]) == (SERVER, f"{SERVER}/.well-known/jwks.json")
    keys = (await browser.get("/.well-known/jwks.json"))["keys"]
    assert {key["alg"] for key in keys} <= set(found["id_token_signing_alg_values_supported"])


async def test_discovery_advertises_nothing_that_has_no_route(browser: Browser) -> None:  # R-ADV-01
    found = await browser.get("/.well-known/openid-configuration")
    assert "none" not in found["id_token_signing_alg_values_supported"]
    assert [name for name in found if name.endswith("_endpoint")] == []
    known = {route.path for route in litestar_app().routes}
    assert {value.removeprefix(SERVER) for value in found.values() if str(value).startswith(f"{SERVER}/")} <= known


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/.well-known/openid-configuration"])
async def test_whoever_has_the_answer_is_not_sent_it_again(
    browser: Browser, path: str
) -> None:  # RFC 9110 section 13.1.2
    first = await browser.send("GET", path)
    tag = first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    for known in (tag, f'"other", W/{tag}', "*"):
        again = await browser.send("GET", path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), known
        assert again.headers["access-control-allow-origin"] == "*"
    assert (await browser.send("GET", path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_password_manager_finds_where_a_password_is_changed(engine: Engine) -> None:
    transport = httpx.ASGITransport(build(engine))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=SERVER) as http:
        answer = await http.get("/.well-known/change-password")
        assert (answer.status_code, answer.headers["location"]) == (302, f"{SERVER}/user/security")
        assert (
            await http.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200")
        ).status_code == 404
