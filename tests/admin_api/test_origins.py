"""Whose page may ask: only the dashboard's own (R-ADM-03)."""

import pytest

from sojourn.console.roles import Role
from sojourn.users.new_user import NewUser

from .administration import Administration


@pytest.mark.parametrize(
    ("origin", "site"),
    [("http://localhost:3000", "same-site"), ("https://evil.example", "cross-site"), ("null", "cross-site")],
)
async def test_a_script_of_an_apps_page_cannot_use_the_administrators_session(
    administration: Administration, origin: str, site: str
) -> None:
    # R-ADM-03: the browser sends the console's cookie along, because all ports of a host are one site
    owner = await administration.join(Role.OWNER)
    page = {"Origin": origin, "Sec-Fetch-Site": site}
    minted = await owner.http.post(f"/dashboard/v1/client/sessions/{owner.session_id}/tokens", headers=page)
    assert minted.status_code == 403
    assert "access-control-allow-origin" not in minted.headers
    read = await owner.http.get("/dashboard/v1/client", headers=page)
    assert "access-control-allow-origin" not in read.headers
    stolen = {**page, "Authorization": f"Bearer {await owner.token()}"}
    asked = await owner.http.get("/dashboard/v1/admin/administrators", headers=stolen)
    assert asked.status_code == 403
    assert asked.json()["errors"][0]["code"] == "origin_invalid"


async def test_tokens_and_cookies_of_the_application_open_nothing_in_the_console(
    administration: Administration,
) -> None:
    # R-AUZ-02, R-ADM-03
    engine = administration.dashboard.application
    user = await engine.accounts.create(
        engine.instance, NewUser(email_addresses=["ada@example.com"], password="correct horse battery staple")
    )
    session = await engine.sessions.create_for(engine.instance, user)
    jwt = await engine.tokens.for_session(engine.instance, session, user, origin=None)
    asked = await administration.http().get("/dashboard/v1/admin/me", headers={"Authorization": f"Bearer {jwt}"})
    assert asked.status_code == 401
    browser = administration.http(Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"})
    given = {"identifier": "ada@example.com", "password": "correct horse battery staple", "strategy": "password"}
    signed_in = await browser.post("/v1/client/sign_ins", data=given)
    assert signed_in.status_code == 200, signed_in.text
    assert (await browser.get("/dashboard/v1/client")).json()["response"] is None
    elsewhere = await browser.post("/dashboard/v1/client/sign_ins", data=given)
    assert elsewhere.status_code == 422


async def test_the_console_sets_no_cookie_that_an_app_reads(administration: Administration) -> None:
    # R-ADM-03
    owner = await administration.join(Role.OWNER)
    names = {cookie.name for cookie in owner.http.cookies.jar}
    assert names
    assert all(name.startswith("__console") for name in names), names


async def test_every_address_of_the_dashboard_is_its_page_and_no_api_is(administration: Administration) -> None:
    # R-HDR-01: the page's policy allows its own scripts only
    http = administration.http()
    for path in ("", "/", "/sessions", "/sessions/sess_1", "/users/user_1/timeline"):
        page = await http.get(f"/dashboard{path}", headers={"Accept": "text/html"})
        assert page.status_code == 200, path
        assert "unsafe-inline" not in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
    for path in ("/v1/none", "/v1/admin/none", "/assets/none.js", "/v1/users"):
        assert (await http.get(f"/dashboard{path}")).status_code == 404, path
