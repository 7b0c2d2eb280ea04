"""Who may read and renew what: the token is no key to the session, and each reader sees the fields meant for it."""

import json
from base64 import urlsafe_b64decode
from typing import Any

import httpx

from sojourn.engine import Engine
from sojourn.ids import UserId
from sojourn.users.accounts import UserChanges
from sojourn.web.app import build

from .browsing import SERVER, Browser

_HIDDEN = ("password", "digest", "secret", "private_metadata", "failed", "pepper")
_ABOUT_PASSWORDS = {"password_enabled", "password_last_updated_at"}
_EVERYBODY = {"first_name", "last_name", "image_url", "has_image", "identifier", "profile_image_url", "user_id"}


def claims_of(jwt: str) -> dict[str, Any]:
    payload = jwt.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


async def test_a_session_token_lives_a_minute_and_renews_nothing(  # R-CKI-02
    engine: Engine, browser: Browser
) -> None:
    client = await browser.sign_up()
    session = client["sessions"][0]
    token = (await browser.post(f"/v1/client/sessions/{session['id']}/tokens"))["jwt"]
    claims = claims_of(token)
    assert claims["exp"] - claims["iat"] <= 60
    thief = Browser(build(engine))
    thief.http.cookies.set("__session", token)
    assert (await thief.get("/v1/client"))["response"] is None
    assert (await thief.refused("POST", f"/v1/client/sessions/{session['id']}/tokens"))[0] == 401
    assert (await thief.refused("POST", f"/v1/client/sessions/{session['id']}/touch"))[0] == 401
    assert (await thief.refused("GET", "/v1/me"))[0] == 401
    bearer = {"Authorization": f"Bearer {token}"}
    assert (await thief.send("POST", f"/v1/client/sessions/{session['id']}/tokens", headers=bearer)).status_code == 401


async def test_a_user_and_an_administrator_read_different_fields_and_neither_reads_secrets(  # R-AUZ-04, R-PWD-13
    engine: Engine, browser: Browser
) -> None:
    client = await browser.sign_up()
    user_id = client["sessions"][0]["user"]["id"]
    await engine.accounts.update(
        engine.instance, UserId(user_id), UserChanges(private_metadata={"note": "of the staff"})
    )
    own = (await browser.get("/v1/me"))["response"]
    assert not [name for name in own.keys() - _ABOUT_PASSWORDS if any(word in name for word in _HIDDEN)]
    assert "of the staff" not in browser.last.text
    session = (await browser.get("/v1/client"))["response"]["sessions"][0]
    assert set(session["public_user_data"]) <= _EVERYBODY | {"username", "banned"}
    secret = await engine.instances.new_secret_key(engine.instance)
    transport = httpx.ASGITransport(app=build(engine))  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {secret.reveal()}"}
    async with httpx.AsyncClient(transport=transport, base_url=SERVER, headers=headers) as server:
        seen = (await server.get(f"/v1/users/{user_id}")).json()
    assert seen["private_metadata"] == {"note": "of the staff"}
    assert not [name for name in seen if "digest" in name or "secret" in name or name == "password"]


async def test_what_an_administrator_changes_stands_in_the_next_token(
    engine: Engine, browser: Browser
) -> None:  # R-AUZ-05
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"claims": {"role": "{{user.public_metadata.role}}"}}}
    )
    session = (await browser.sign_up())["sessions"][0]
    where = f"/v1/client/sessions/{session['id']}/tokens"
    user_id = UserId(session["user"]["id"])
    for role in ("editor", "reader"):
        await engine.accounts.update(engine.instance, user_id, UserChanges(public_metadata={"role": role}))
        assert claims_of((await browser.post(where))["jwt"])["role"] == role
    await engine.accounts.ban(engine.instance, user_id)
    assert (await browser.refused("POST", where))[0] == 401
