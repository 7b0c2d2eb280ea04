"""Shape of every answer: the envelope of errors, methods, bodies, bundles, keys."""

import json
from pathlib import Path

import pytest

from sojourn.engine import Engine
from sojourn.web.app import build

from .browsing import ADA, PASSWORD, SERVER, Browser


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "resource_not_found"),
        ("GET", "/", 404, "resource_not_found"),
        ("PUT", "/v1/environment", 405, "method_not_allowed"),
        ("GET", "/v1/client/sign_ins", 405, "method_not_allowed"),
        ("GET", "/v1/me", 401, "authentication_invalid"),
        ("POST", "/v1/client/sessions/sess_1/tokens", 401, "authentication_invalid"),
        ("POST", "/v1/client/sessions/sess_1/touch", 401, "authentication_invalid"),
        ("GET", "/v1/client/sign_ins/sia_1", 404, "resource_not_found"),
        ("POST", "/v1/client/sign_ins", 422, "form_param_missing"),
        ("POST", "/v1/me/totp", 404, "resource_not_found"),
        ("GET", "/npm/@clerk/clerk-js@5/dist/../../x.js", 404, "resource_not_found"),
    ],
)
async def test_every_refusal_wears_the_envelope(
    browser: Browser, method: str, path: str, status: int, code: str
) -> None:  # R-HDR-03
    assert await browser.refused(method, path) == (status, code)
    assert browser.last.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/v1/environment", "/v1/environment/", "/v1/client/", "/v1/health/"])
async def test_a_trailing_slash_is_answered_not_redirected(browser: Browser, path: str) -> None:
    assert (await browser.send("GET", path)).status_code == 200


async def test_a_body_of_another_type_is_refused(browser: Browser) -> None:
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x"):
        answer = await browser.http.post(
            "/v1/client/sign_ins", content=b'{"identifier":"a@b.c"}', headers={"Content-Type": kind}
        )
        assert answer.status_code == 415
        assert answer.json()["errors"][0]["code"] == "unsupported_media_type"


@pytest.mark.parametrize(
    "body",
    [b"identifier=a&identifier=b", b"identifier=%ff", b"\xff\xfe=1", b"&".join(b"f%d=1" % n for n in range(200))],
)
async def test_a_body_that_cannot_be_read_is_malformed(browser: Browser, body: bytes) -> None:  # R-INP-06, R-LIM-07
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.http.post("/v1/client/sign_ins", content=body, headers=kind)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "request_body_invalid")


async def test_a_field_in_address_and_body_is_refused(browser: Browser) -> None:  # R-INP-06
    form = {"identifier": ADA}
    assert await browser.refused("POST", "/v1/client/sign_ins", form, identifier=ADA) == (400, "request_body_invalid")


async def test_a_body_over_64_kib_is_refused_also_without_a_length(browser: Browser) -> None:  # R-LIM-07
    async def chunks():  # type: ignore[no-untyped-def]
        for _ in range(9):
            yield b"a" * 8192

    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.http.post("/v1/client/sign_ins", content=chunks(), headers=kind)
    assert answer.status_code == 413
    stated = await browser.http.post("/v1/client/sign_ins", content=b"a" * 70_000, headers=kind)
    assert stated.status_code == 413


async def test_a_field_over_its_length_is_refused(browser: Browser) -> None:  # R-LIM-07
    form = {"identifier": "a" * 1025}
    assert await browser.refused("POST", "/v1/client/sign_ins", form) == (422, "form_param_max_length_exceeded")


async def test_guessing_too_fast_is_slowed_down(browser: Browser, engine: Engine) -> None:  # R-LIM-01
    await engine.instances.update_settings(
        engine.instance, {"protection": {"rate_limits": {"create_sign_in": [5, 10]}}}
    )
    for _ in range(5):
        await browser.refused("POST", "/v1/client/sign_ins", {"identifier": "nobody@example.com"})
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (429, "too_many_requests")
    assert 1 <= int(browser.last.headers["retry-after"]) <= 10


async def test_reading_never_changes_anything(browser: Browser) -> None:  # R-WEB-02, R-FLOW-07
    await browser.sign_up()
    for path in ("/v1/client/sessions", "/v1/client", "/v1/me"):
        answer = await browser.http.get(path, params={"_method": "DELETE"})
        assert answer.status_code == 405
    assert len((await browser.get("/v1/client"))["client"]["sessions"]) == 1


async def test_in_development_the_environment_leads_back_to_the_app_and_to_sign_in_pages_that_are_there(
    browser: Browser,
) -> None:
    shown = await browser.patch("/v1/environment")
    display = shown["display_config"]
    assert display["instance_environment_type"] == "development"
    for name in (
        "home_url",
        "after_sign_in_url",
        "after_sign_up_url",
        "after_sign_out_one_url",
        "after_sign_out_all_url",
    ):
        assert display[name] == "http://localhost:3000"
    pages = {"sign_in_url": "sign-in", "sign_up_url": "sign-up", "user_profile_url": "user"}
    assert {name: display[name] for name in pages} == {name: f"{SERVER}/{page}" for name, page in pages.items()}
    for attribute in shown["user_settings"]["attributes"].values():
        assert len(attribute) == 9


async def test_an_origin_nobody_listed_does_not_reach_the_environment(browser: Browser) -> None:  # R-WEB-05
    answer = await browser.send("GET", "/v1/environment", headers={"Origin": "https://evil.example"})
    assert "evil.example" not in answer.text


async def test_public_keys_are_public_and_stable(browser: Browser) -> None:  # R-KEY-04
    first = await browser.send("GET", "/.well-known/jwks.json", headers={"Origin": "https://anybody.example"})
    assert first.headers["access-control-allow-origin"] == "*"
    assert "max-age=300" in first.headers["cache-control"]
    second = await browser.send("GET", "/.well-known/jwks.json")
    assert first.headers["etag"] == second.headers["etag"]
    for key in first.json()["keys"]:
        assert not {"d", "p", "q", "dp", "dq", "qi"} & key.keys()


async def test_the_oldest_sdk_gets_the_oldest_claims(browser: Browser) -> None:
    import base64

    session = (await browser.sign_up())["sessions"][0]["id"]
    tokens = f"/v1/client/sessions/{session}/tokens"
    for version, shown in (("2026-08-20", 2), ("2025-04-10", 2), ("2024-10-01", None), ("nonsense", None)):
        browser.version = version
        jwt = (await browser.post(tokens, {}))["jwt"]
        part = jwt.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        assert claims.get("v") == shown
        assert claims["azp"] == "http://localhost:3000"


async def test_bundles_are_served_by_major_and_by_exact_version(
    browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sojourn.web.frontend_api import public

    folder = tmp_path / "@clerk" / "clerk-js@5.128.0" / "dist"
    folder.mkdir(parents=True)
    (folder / "clerk.browser.js").write_text("let clerk")
    (tmp_path / "manifest.json").write_text('{"@clerk/clerk-js": {"5": "5.128.0"}}')
    monkeypatch.setattr(public, "_assets", lambda: tmp_path)
    public._versions.cache_clear()
    for tag, caching in (("5", "max-age=300"), ("latest", "max-age=300"), ("5.128.0", "immutable")):
        answer = await browser.send("GET", f"/npm/@clerk/clerk-js@{tag}/dist/clerk.browser.js")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
        assert caching in answer.headers["cache-control"]
    for missing in ("clerk-js@4/dist/clerk.browser.js", "clerk-js@5/dist/none.js", "other@5/dist/clerk.browser.js"):
        assert (await browser.send("GET", f"/npm/@clerk/{missing}")).status_code == 404
    public._versions.cache_clear()


async def test_a_password_is_never_in_an_answer(browser: Browser) -> None:  # R-PWD-13, R-LOG-02
    await browser.sign_up()
    for path in ("/v1/client", "/v1/me"):
        text = json.dumps(await browser.get(path))
        assert PASSWORD not in text
        assert "argon2" not in text


async def test_a_user_without_a_picture_has_a_drawn_one(browser: Browser) -> None:  # R-HDR-04
    user = (await browser.sign_up(first_name="Ada", last_name="<script>"))["sessions"][0]["user"]
    assert user["has_image"] is False
    answer = await browser.http.get(user["image_url"])
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert ">A</text>" in answer.text
    odd = await browser.http.get("/v1/avatars/1/%3Cscript%3E.svg")
    assert "<script" not in odd.text


async def test_a_common_password_is_refused_beside_its_field_and_above_the_form(browser: Browser) -> None:  # R-PWD-09
    form = {"email_address": ADA, "password": "password123"}
    answer = await browser.send("POST", "/v1/client/sign_ups", form)
    beside, above = answer.json()["errors"]
    assert answer.status_code == 422
    assert (beside["code"], beside["meta"]) == ("form_password_pwned", {"param_name": "password"})
    assert (above["code"], above["meta"]) == ("form_password_pwned", {})


async def test_codes_say_what_published_components_and_custom_flows_show(browser: Browser, engine: Engine) -> None:
    await browser.sign_up()
    stranger = Browser(build(engine))

    async def told(path: str, form: dict[str, str]) -> tuple[str, str, str]:
        error = (await stranger.send("POST", path, form)).json()["errors"][0]
        return error["code"], error["message"], error["long_message"]

    taken = "That email address is taken. Please try another."
    wrong = "Password is incorrect. Try again, or use another method."
    short, unknown = "Passwords must be 8 characters or more.", "Couldn't find your account."
    sign_ups, sign_ins = "/v1/client/sign_ups", "/v1/client/sign_ins"
    assert await told(sign_ups, {"email_address": ADA, "password": PASSWORD}) == (
        "form_identifier_exists",
        taken,
        taken,
    )
    assert await told(sign_ups, {"password": "short"}) == ("form_password_length_too_short", short, short)
    assert await told(sign_ins, {"identifier": "nobody@example.com"}) == ("form_identifier_not_found", unknown, unknown)
    assert await told(sign_ins, {"identifier": ADA, "password": "not this one"}) == (
        "form_password_incorrect",
        wrong,
        wrong,
    )
    begun = (await stranger.post(sign_ins, {"strategy": "email_code", "identifier": ADA}))["response"]
    attempt = {"strategy": "email_code", "code": "000000"}
    code = ("form_code_incorrect", "is incorrect", "Incorrect code.")
    assert await told(f"{sign_ins}/{begun['id']}/attempt_first_factor", attempt) == code
