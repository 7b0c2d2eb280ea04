from asyncio import gather
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from sojourn.engine import Engine
from sojourn.errors import ConfigError, FieldError, Json, NotAllowedAccess, NotFound
from sojourn.ids import InstanceId
from sojourn.instances.jwt_templates import NewJwtTemplate
from sojourn.instances.redirect_urls import checked_url
from sojourn.store.interface import Page
from sojourn.tokens.template_keys import TemplateKey

from ..people import events, set_up
from ..tokens.keys import pem

CLAIMS: dict[str, Json] = {"role": "{{user.public_metadata.role || 'guest'}}", "aud": "api"}


# -- JWT templates


async def test_a_template_is_found_by_id_and_by_name(engine: Engine):
    made = await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="billing", claims=CLAIMS))
    assert await engine.jwt_templates.get(engine.instance, made.id) == made
    assert await engine.jwt_templates.find_named(engine.instance, "billing") == made
    assert await engine.jwt_templates.list(engine.instance, Page()) == [made]
    assert (made.claims, made.lifetime, made.allowed_clock_skew) == (CLAIMS, 60, 5)
    assert "jwt_template.created" in await events(engine)


async def test_a_template_is_replaced_whole_and_deleted(engine: Engine):
    made = await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="billing", claims=CLAIMS))
    new = NewJwtTemplate(name="invoices", claims={}, lifetime=600)
    changed = await engine.jwt_templates.update(engine.instance, made.id, new)
    assert (changed.id, changed.name, changed.claims, changed.lifetime) == (made.id, "invoices", {}, 600)
    assert await engine.jwt_templates.find_named(engine.instance, "billing") is None
    await engine.jwt_templates.delete(engine.instance, made.id)
    with pytest.raises(NotFound):
        await engine.jwt_templates.get(engine.instance, made.id)


async def test_two_templates_cannot_share_a_name(engine: Engine):
    await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="billing", claims={}))
    other = await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="other", claims={}))
    with pytest.raises(FieldError) as refused:
        await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="billing", claims={}))
    assert (refused.value.param, refused.value.long_message) == ("name", "A JWT template has that name already.")
    with pytest.raises(FieldError):
        await engine.jwt_templates.update(engine.instance, other.id, NewJwtTemplate(name="billing", claims={}))


async def test_of_racing_creations_of_one_name_one_wins(engine: Engine):  # R-REL-02
    racing = [engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="a", claims={})) for _ in range(8)]
    outcomes = await gather(*racing, return_exceptions=True)
    assert sum(isinstance(each, FieldError) for each in outcomes) == 7


@pytest.mark.parametrize("claim", ["sub", "iss", "exp", "iat", "nbf", "jti", "azp", "sid"])
async def test_a_template_never_sets_a_registered_claim(engine: Engine, claim: str):  # R-INP-05
    with pytest.raises(FieldError) as refused:
        await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="a", claims={claim: "x"}))
    assert refused.value.param == "claims"


def deep(levels: int) -> dict[str, Json]:
    value: Json = 1
    for _ in range(levels):
        value = [value]
    return {"a": value}


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"name": ""}, "name"),
        ({"name": "../etc"}, "name"),
        ({"name": "x" * 65}, "name"),
        ({"lifetime": 29}, "lifetime"),
        ({"lifetime": 315_360_001}, "lifetime"),
        ({"allowed_clock_skew": -1}, "allowed_clock_skew"),
        ({"claims": {"a": "x" * 3000}}, "claims"),
        ({"claims": deep(900)}, "claims"),
    ],
)
async def test_a_template_out_of_bounds_is_refused(engine: Engine, given: dict[str, Any], param: str):  # R-LIM-07
    with pytest.raises(FieldError) as refused:
        await engine.jwt_templates.create(engine.instance, NewJwtTemplate(**{"name": "a", "claims": {}, **given}))
    assert refused.value.param == param
    assert await engine.jwt_templates.list(engine.instance, Page()) == []


async def test_a_key_of_ones_own_is_sealed_at_rest_for_its_row(engine: Engine):  # R-KEY-01
    key = TemplateKey.read("ES256", pem(generate_private_key(SECP256R1())))
    made = await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="a", claims={}, signing=key))
    found = await engine.jwt_templates.get(engine.instance, made.id)
    assert found.signing is not None
    assert found.signing.private_pem.reveal() == key.private_pem.reveal()
    row = await engine.store.records.find(engine.instance.id, "jwt_template", made.id)
    assert row is not None
    assert "PRIVATE" not in repr(row)
    assert key.private_pem.reveal().splitlines()[1] not in repr(row)
    moved = replace(row, id="jtmp_other", key="b")
    await engine.store.records.create(moved)
    with pytest.raises(ConfigError):
        await engine.jwt_templates.get(engine.instance, moved.id)


async def test_records_of_another_instance_are_unknown(engine: Engine):  # R-AUZ-02
    elsewhere = replace(engine.instance, id=InstanceId("ins_elsewhere"))
    made = await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="a", claims={}))
    url = await engine.redirect_urls.add(engine.instance, "https://app.example.com/")
    assert await engine.jwt_templates.list(elsewhere, Page()) == []
    with pytest.raises(NotFound):
        await engine.jwt_templates.delete(elsewhere, made.id)
    with pytest.raises(NotFound):
        await engine.redirect_urls.get(elsewhere, url.id)


# -- redirect URLs


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://App.Example.com/after?x=1", "https://app.example.com/after?x=1"),
        ("https://app.example.com:443/", "https://app.example.com/"),
        ("http://localhost:3000/back", "http://localhost:3000/back"),
        ("my-app://oauth-callback", "my-app://oauth-callback"),
        ("https://[::1]:8443/x", "https://[::1]:8443/x"),
    ],
)
def test_a_redirect_url_is_kept_in_its_normal_spelling(given: str, kept: str):  # R-WEB-05
    assert checked_url(given, loopback=True) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/relative",
        "//evil.example.com",
        "http://app.example.com/",
        "https://user@app.example.com/",
        "https://app.example.com\\@evil.example.com/",
        "https://app.example.com/\r\nSet-Cookie: a=b",
        "https://app.example.com:99999/",
        "https:///nowhere",
        "javascript:alert(1)",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,x",
        "my-app:callback",
        "https://app.example.com/" + "x" * 2048,
    ],
)
def test_a_redirect_url_that_could_lead_astray_is_refused(url: str):  # R-WEB-05
    with pytest.raises(FieldError) as refused:
        checked_url(url, loopback=True)
    assert refused.value.param == "url"


def test_plain_http_is_refused_even_on_loopback_in_production():  # R-WEB-05
    with pytest.raises(FieldError):
        checked_url("http://localhost:3000/", loopback=False)


async def test_a_redirect_url_is_listed_once_and_deleted(engine: Engine):
    made = await engine.redirect_urls.add(engine.instance, "https://app.example.com/after")
    with pytest.raises(FieldError):
        await engine.redirect_urls.add(engine.instance, "https://APP.example.com:443/after")
    assert await engine.redirect_urls.list(engine.instance, Page()) == [made]
    await engine.redirect_urls.delete(engine.instance, made.id)
    assert await engine.redirect_urls.list(engine.instance, Page()) == []


# -- who may sign up


async def test_without_lists_in_force_everybody_may(engine: Engine):
    await engine.access_lists.add(engine.instance, "blocklist_identifier", "eve@example.com")
    await engine.access_lists.check_allowed(engine.instance, "eve@example.com")


@pytest.mark.parametrize("listed", ["Eve@Example.com", "*@example.com", "@example.com", "example.com", "EXAMPLE.COM"])
async def test_the_blocklist_keeps_out_addresses_and_whole_domains(engine: Engine, listed: str):
    instance = await set_up(engine, {"protection": {"blocklist": True}})
    await engine.access_lists.add(instance, "blocklist_identifier", listed)
    with pytest.raises(NotAllowedAccess):
        await engine.access_lists.check_allowed(instance, "eve@example.com")
    await engine.access_lists.check_allowed(instance, "eve@sub.example.com")
    await engine.access_lists.check_allowed(instance, "eve@notexample.com")


async def test_the_allowlist_lets_in_only_what_it_names(engine: Engine):
    instance = await set_up(engine, {"protection": {"allowlist": True}})
    with pytest.raises(NotAllowedAccess):
        await engine.access_lists.check_allowed(instance, "ada@example.com")
    named = await engine.access_lists.add(instance, "allowlist_identifier", "ada@example.com")
    await engine.access_lists.add(instance, "allowlist_identifier", "*@work.example.com")
    await engine.access_lists.add(instance, "allowlist_identifier", "+1 202 555 0142")
    for allowed in ("ada@example.com", "anybody@work.example.com", "+12025550142"):
        await engine.access_lists.check_allowed(instance, allowed)
    await engine.access_lists.delete(instance, "allowlist_identifier", named.id)
    with pytest.raises(NotAllowedAccess):
        await engine.access_lists.check_allowed(instance, "ada@example.com")


async def test_the_blocklist_wins_over_the_allowlist(engine: Engine):
    instance = await set_up(engine, {"protection": {"allowlist": True, "blocklist": True}})
    await engine.access_lists.add(instance, "allowlist_identifier", "example.com")
    await engine.access_lists.add(instance, "blocklist_identifier", "eve@example.com")
    await engine.access_lists.check_allowed(instance, "ada@example.com")
    with pytest.raises(NotAllowedAccess):
        await engine.access_lists.check_allowed(instance, "eve@example.com")


async def test_an_identifier_is_listed_once_whatever_its_spelling(engine: Engine):  # R-INP-01
    made = await engine.access_lists.add(engine.instance, "allowlist_identifier", "Ada@Example.com")
    assert (made.identifier, made.identifier_type) == ("ada@example.com", "email_address")
    with pytest.raises(FieldError) as refused:
        await engine.access_lists.add(engine.instance, "allowlist_identifier", "ada@EXAMPLE.com")
    assert refused.value.param == "identifier"


async def test_subaddresses_are_refused_for_new_addresses_where_that_is_set(engine: Engine):
    await engine.access_lists.check_new_address(engine.instance, "ada+news@example.com")
    instance = await set_up(engine, {"protection": {"block_email_subaddresses": True}})
    with pytest.raises(NotAllowedAccess):
        await engine.access_lists.check_new_address(instance, "ada+news@example.com")
    await engine.access_lists.check_allowed(instance, "ada+news@example.com")  # who has one already still signs in
    await engine.access_lists.check_new_address(instance, "ada+clerk_test@example.com")
