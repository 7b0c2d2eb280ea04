"""JWT templates with a signing key of the owner's own, through the published typed client."""

from typing import Any, cast

import jwt
import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.models import ClerkBaseError
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from sojourn.engine import Engine

from ..tokens.keys import pem, public_pem
from .calling import Caller

KEY, OTHER_KEY = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
OWN = {"custom_signing_key": True, "signing_algorithm": "ES256", "signing_key": pem(KEY)}
PLAIN = {"name": "billing", "claims": {"aud": "billing"}}


async def signer_of(api: Caller, name: str = "billing") -> str:
    """Who verifies a token of the template: "own", "other" or "server"."""
    users = await api.ok("GET", "/users")
    session = await api.session((users[0] if users else await api.user())["id"])
    token = (await api.ok("POST", f"/sessions/{session['id']}/tokens/{name}"))["jwt"]
    if jwt.get_unverified_header(token)["alg"] == "RS256":
        return "server"
    options = {"verify_aud": False, "verify_exp": False, "verify_nbf": False, "verify_iat": False}
    for who, key in (("own", KEY), ("other", OTHER_KEY)):
        try:
            jwt.decode(token, public_pem(key), algorithms=["ES256"], options=options)  # type: ignore[arg-type]
        except jwt.InvalidSignatureError:
            continue
        return who
    return "nobody"


async def test_the_owners_key_signs_and_is_never_shown(api: Caller, clerk: Clerk):  # R-PWD-13, R-KEY-01
    made = await clerk.jwt_templates.create_async(
        request=models.CreateJWTTemplateRequestBody(
            name="billing", claims=cast("Any", {"aud": "billing"}), custom_signing_key=True, signing_algorithm="ES256",
            signing_key=pem(KEY),
        )
    )  # fmt: skip
    assert made is not None
    assert (made.custom_signing_key, made.signing_algorithm) == (True, "ES256")
    assert await clerk.jwt_templates.get_async(template_id=made.id) == made
    text = (await api.send("GET", f"/jwt_templates/{made.id}")).text + (await api.send("GET", "/jwt_templates")).text
    assert "PRIVATE" not in text
    assert "sealed" not in text
    assert await signer_of(api) == "own"


async def test_the_owners_key_is_in_no_key_set(api: Caller):  # R-JWT-08
    before = await api.ok("GET", "/jwks")
    await api.ok("POST", "/jwt_templates", {**PLAIN, **OWN})
    assert await api.ok("GET", "/jwks") == before


async def test_a_change_that_names_no_key_keeps_it_another_replaces_it_and_false_drops_it(api: Caller, clerk: Clerk):
    id = (await api.ok("POST", "/jwt_templates", {**PLAIN, **OWN}))["id"]
    where = f"/jwt_templates/{id}"
    for same in ({}, {"custom_signing_key": True}, {"custom_signing_key": True, "signing_algorithm": "ES256"}):
        assert (await api.ok("PATCH", where, {**PLAIN, **same}))["custom_signing_key"]
        assert await signer_of(api) == "own"
    await api.ok("PATCH", where, {**PLAIN, **OWN, "signing_key": pem(OTHER_KEY)})
    assert await signer_of(api) == "other"
    dropped = await api.ok("PATCH", where, {**PLAIN, "custom_signing_key": False})
    assert (dropped["custom_signing_key"], dropped["signing_algorithm"]) == (False, "RS256")
    assert await signer_of(api) == "server"


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"custom_signing_key": True}, "signing_key"),
        ({"custom_signing_key": True, "signing_key": pem(KEY)}, "signing_algorithm"),
        ({**OWN, "signing_algorithm": "HS256", "signing_key": "a shared secret of many letters"}, "signing_algorithm"),
        ({**OWN, "signing_algorithm": "RS256"}, "signing_key"),
        ({**OWN, "signing_key": "a shared secret"}, "signing_key"),
        ({"signing_key": pem(KEY), "signing_algorithm": "ES256"}, "signing_key"),
        ({"signing_algorithm": "EdDSA"}, "signing_algorithm"),
        ({**OWN, "signing_key": "x" * 9000}, "signing_key"),
    ],
)
async def test_what_cannot_be_used_is_refused_and_never_silently_ignored(  # R-JWT-02, R-JWT-03
    api: Caller, given: dict[str, object], param: str
):
    response = await api.send("POST", "/jwt_templates", {**PLAIN, **given})
    assert (response.status_code, response.json()["errors"][0]["meta"]["param_name"]) == (422, param)
    assert await api.ok("GET", "/jwt_templates") == []


async def test_another_algorithm_needs_another_key(api: Caller, clerk: Clerk):
    made = await api.ok("POST", "/jwt_templates", {**PLAIN, **OWN})
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.jwt_templates.update_async(
            template_id=made["id"], name="billing", claims={}, custom_signing_key=True, signing_algorithm="EdDSA"
        )
    assert (refused.value.status_code, "signing_key" in refused.value.body) == (422, True)


async def test_a_browser_gets_such_a_token_too(engine: Engine, api: Caller):
    user = await api.user()
    await api.ok("POST", "/jwt_templates", {**PLAIN, **OWN})
    session = await engine.sessions.get(engine.instance, (await api.session(user["id"]))["id"])
    owner = await engine.accounts.get(engine.instance, user["id"])
    token = await engine.tokens.from_template(
        engine.instance, session, owner, "billing", origin="https://app.example.com"
    )
    assert jwt.get_unverified_header(token)["alg"] == "ES256"
