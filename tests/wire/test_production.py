"""What changes in production: the prefixed cookie, `__client_uat`, listed origins, nothing of development."""

from sojourn.engine import Engine

from .browsing import PASSWORD, Browser
from .conftest import LIVE_APP, LIVE_SERVER


async def signed_up(engine: Engine, browser: Browser, email: str = "ada@example.com") -> str:
    """Sign up with the mailed code; returns the session id."""
    begun = (await browser.post("/v1/client/sign_ups", {"email_address": email, "password": PASSWORD}))["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    await browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    await engine.outbox.deliver_due()
    code = engine.mailer.last().code  # type: ignore[attr-defined]
    done = await browser.post(f"{where}/attempt_verification", {"strategy": "email_code", "code": code})
    return done["client"]["sessions"][0]["id"]


def cookie_lines(browser: Browser) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in browser.last.headers.get_list("set-cookie")}


async def test_the_client_cookie_is_bound_to_its_host_and_hidden_from_scripts(
    live: Engine, live_browser: Browser
) -> None:  # R-CKI-01, R-CKI-04
    await signed_up(live, live_browser)
    line = cookie_lines(live_browser)["__Host-__client"]
    assert "; Secure" in line
    assert "; HttpOnly" in line
    assert "; SameSite=Lax" in line
    assert "; Path=/" in line
    assert "Domain" not in line
    assert len(line.partition("=")[2].partition(";")[0]) <= 512
    age = int(line.partition("Max-Age=")[2].partition(";")[0])
    assert age == live.instance.settings.sessions.lifetime_seconds


async def test_the_apps_server_learns_when_the_browser_signed_in_and_out(live: Engine, live_browser: Browser) -> None:
    await signed_up(live, live_browser)
    lines = cookie_lines(live_browser)
    names = [name for name in lines if name.startswith("__client_uat")]
    assert len(names) == 2
    for name in names:
        assert "Domain=example.com" in lines[name]
        assert "HttpOnly" not in lines[name]
        assert int(lines[name].partition("=")[2].partition(";")[0]) <= live.clock.now().seconds
    await live_browser.delete("/v1/client/sessions")
    for name, line in cookie_lines(live_browser).items():
        if name.startswith("__client_uat"):
            assert line.startswith(f"{name}=0;")


async def test_sign_out_expires_the_session_cookies(live: Engine, live_browser: Browser) -> None:  # R-CKI-06
    await signed_up(live, live_browser)
    await live_browser.delete("/v1/client")
    lines = cookie_lines(live_browser)
    assert lines["__session"].startswith("__session=; Path=/; Max-Age=0")
    assert lines["__Host-__client"].startswith("__Host-__client=; Path=/; Max-Age=0")
    assert sum(name.startswith("__session_") for name in lines) == 1


async def test_a_doubled_client_cookie_is_expired_and_uses_no_session(
    live: Engine, live_browser: Browser
) -> None:  # R-CKI-05
    session = await signed_up(live, live_browser)
    secret = live_browser.http.cookies["__Host-__client"]
    doubled = {"Cookie": f"__Host-__client={secret}; __Host-__client=other"}
    live_browser.http.cookies.clear()
    for path in (f"/v1/client/sessions/{session}/tokens", f"/v1/client/sessions/{session}/touch"):
        response = await live_browser.http.post(path, headers=doubled)
        assert response.status_code == 400
        assert "__Host-__client=; Path=/; Max-Age=0" in response.headers["set-cookie"]


async def test_only_listed_origins_are_answered_across_origins(live: Engine, live_browser: Browser) -> None:  # R-WEB-04
    allowed = await live_browser.send("GET", "/v1/client")
    assert allowed.headers["access-control-allow-origin"] == LIVE_APP
    assert allowed.headers["access-control-allow-credentials"] == "true"
    for origin in ("https://evil.example", "null", "http://localhost:3000", "https://app.example.com.evil.example"):
        refused = await live_browser.send("GET", "/v1/client", headers={"Origin": origin})
        assert "access-control-allow-origin" not in refused.headers
        preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        asked = await live_browser.send("OPTIONS", "/v1/client", headers=preflight)
        assert "access-control-allow-origin" not in asked.headers


async def test_a_preflight_names_what_may_be_sent(live_browser: Browser) -> None:  # R-WEB-04
    headers = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, x-mobile, x-clerk-anything, x-other",
    }
    answer = await live_browser.send("OPTIONS", "/v1/client/sign_ins", headers=headers)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "authorization, x-mobile, x-clerk-anything"
    assert int(answer.headers["access-control-max-age"]) <= 600


async def test_a_write_from_another_origin_is_refused_and_changes_nothing(
    live: Engine, live_browser: Browser
) -> None:  # R-WEB-01
    session = await signed_up(live, live_browser)
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await live_browser.send("DELETE", "/v1/client/sessions", headers=evil)
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "origin_invalid"
    assert (await live_browser.get("/v1/client"))["client"]["sessions"][0]["id"] == session


async def test_nothing_of_development_works_in_production(live: Engine, live_browser: Browser) -> None:  # R-AUZ-09
    assert await live_browser.refused("POST", "/v1/dev_browser") == (404, "resource_not_found")
    await live_browser.get("/v1/environment")
    assert "set-cookie" not in live_browser.last.headers
    assert (await live_browser.get("/v1/client", __clerk_db_jwt="dvb_x"))["client"] is None
    begun = (
        await live_browser.post(
            "/v1/client/sign_ups", {"email_address": "a+clerk_test@example.com", "password": PASSWORD}
        )
    )["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    await live_browser.post(f"{where}/prepare_verification", {"strategy": "email_code"})
    code = {"strategy": "email_code", "code": "424242"}
    assert await live_browser.refused("POST", f"{where}/attempt_verification", code) == (422, "form_code_incorrect")


async def test_known_and_unknown_addresses_look_alike(live: Engine, live_browser: Browser) -> None:  # R-ENU-01
    await signed_up(live, live_browser, "known@example.com")
    await live_browser.delete("/v1/client")
    answers = []
    for email in ("known@example.com", "nobody@example.com"):
        stranger = Browser(live_browser.http._transport.app, origin=LIVE_APP, server=LIVE_SERVER, address=email[:2])  # type: ignore[attr-defined]
        begun = await stranger.post("/v1/client/sign_ins", {"identifier": email})
        shape = begun["response"] | {"id": "", "identifier": "", "abandon_at": 0}
        for factor in shape["supported_first_factors"]:
            factor.pop("email_address_id", None)
            factor.pop("safe_identifier", None)
        wrong = {"strategy": "password", "password": "wrong horse battery staple"}
        refusal = await stranger.refused(
            "POST", f"/v1/client/sign_ins/{begun['response']['id']}/attempt_first_factor", wrong
        )
        answers.append((shape, refusal, sorted(stranger.last.headers.keys())))
    assert answers[0] == answers[1]


async def test_every_answer_wears_the_security_headers(
    live: Engine, live_browser: Browser
) -> None:  # R-HDR-02, R-HDR-03, R-CKI-07
    await signed_up(live, live_browser)
    requests = [
        ("GET", "/v1/client"),
        ("GET", "/v1/environment"),
        ("GET", "/v1/nothing/here"),
        ("PUT", "/v1/me"),
        ("POST", "/v1/client/sign_ins"),
    ]
    for method, path in requests:
        answer = await live_browser.send(method, path)
        assert answer.headers["content-type"] == "application/json", path
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["vary"] == "Cookie, Authorization, Origin"
        assert answer.headers["server"] == ""  # left out, the process would name itself


async def test_an_unknown_host_is_misdirected(live_browser: Browser) -> None:  # R-WEB-06
    answer = await live_browser.http.get("/v1/environment", headers={"Host": "evil.example"})
    assert answer.status_code == 421
    assert answer.json()["errors"][0]["code"] == "host_invalid"
