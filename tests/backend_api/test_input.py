"""What a server may send: bodies and queries are read strictly, and nothing that is refused changes anything."""

import json
from typing import Any

import httpx
import pytest

from .calling import PASSWORD, Caller


async def _raw(api: Caller, body: bytes, content_type: str = "application/json") -> httpx.Response:
    return await api.http.post("/v1/users", content=body, headers={"Content-Type": content_type})


async def _code(api: Caller, body: bytes, content_type: str = "application/json") -> tuple[int, str]:
    response = await _raw(api, body, content_type)
    return response.status_code, response.json()["errors"][0]["code"]


async def test_an_unknown_field_is_named_and_nothing_is_made(api: Caller):  # R-INP-04
    response = await api.send("POST", "/users", {"email_address": ["a@example.com"], "role": "admin"})
    assert response.status_code == 422
    error = response.json()["errors"][0]
    assert (error["code"], error["meta"]["param_name"]) == ("form_param_unknown", "role")
    assert (await api.ok("GET", "/users/count"))["total_count"] == 0


async def test_a_missing_field_is_named(api: Caller):
    response = await api.send("POST", "/email_addresses", {"email_address": "a@example.com"})
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (422, "form_param_missing")
    assert error["meta"]["param_name"] == "user_id"


async def test_a_value_of_the_wrong_type_names_its_field(api: Caller):
    response = await api.send("POST", "/users", {"email_address": "a@example.com"})
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (422, "form_param_value_invalid")
    assert error["meta"]["param_name"].startswith("email_address")


@pytest.mark.parametrize(
    ("method", "path", "body", "query", "told"),
    [
        ("GET", "/users", None, {"limit": 501}, "limit must be at most 500."),
        ("GET", "/users", None, {"offset": -1}, "offset must be at least 0."),
        ("GET", "/users", None, {"banned": "s3cret"}, "banned must be true or false or null."),
        ("GET", "/users", None, {"user_id": ["u"] * 101}, "user_id must hold at most 100."),
        ("GET", "/sessions", None, {"status": "s3cret timezone"}, "This value has the wrong type or shape."),
        ("POST", "/users", {"email_address": "s3cret"}, {}, "email_address must be a list or null."),
        ("POST", "/users", {"email_address": [1]}, {}, "email_address[0] must be a text."),
        ("POST", "/users", {"created_at": "s3cret"}, {}, "created_at must be a time with its zone, such as"),
        (
            "POST",
            "/users",
            {"created_at": "2026-01-31T12:00:00"},
            {},
            "created_at must be a time with its zone, such as",
        ),
        ("POST", "/jwt_templates", {"name": "a", "claims": {}, "lifetime": 5}, {}, "lifetime must be at least 30."),
        ("POST", "/jwt_templates", {"name": "a", "claims": "s3cret"}, {}, "claims must be an object."),
    ],
)
async def test_a_refused_value_is_told_what_would_do_and_never_repeated(  # R-LOG-02
    api: Caller, method: str, path: str, body: object, query: dict[str, Any], told: str
):
    response = await api.send(method, path, body, **query)
    assert response.status_code == 422
    assert response.json()["errors"][0]["long_message"].startswith(told)
    assert "s3cret" not in response.text


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"\xff\xfe",
        b'{"first_name": NaN}',
        b'{"first_name": "\\ud800"}',
        b'{"first_name": "a", "first_name": "b"}',  # R-INP-06
        b"[" * 40_000,
        b'{"public_metadata": ' + b'{"a":' * 20 + b"1" + b"}" * 20 + b"}",  # R-LIM-07
        b'{"create_organizations_limit": ' + b"9" * 5000 + b"}",
    ],
)
async def test_a_body_that_cannot_be_read_is_malformed(api: Caller, body: bytes):
    assert await _code(api, body) == (400, "request_body_invalid")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("first_name", "a\0b"),
        ("public_metadata", {"a\0": 1}),
        ("public_metadata", {"a": 2**70}),
        ("first_name", "x" * 1025),
        ("create_organizations_limit", 2**70),
        ("created_at", "2024-01-01"),
        ("created_at", "2024-01-01T00:00:00"),
        ("public_metadata", {"a": "x" * 9000}),
        ("public_metadata", {"a": [[[[[[[[[1]]]]]]]]]}),
    ],
)
async def test_a_value_that_cannot_be_kept_is_refused(api: Caller, field: str, value: object):  # R-LIM-07
    status, code = await api.refused("POST", "/users", {"email_address": ["a@example.com"], field: value})
    assert status in (400, 422)
    assert code.startswith("form_param") or code == "request_body_invalid"
    assert (await api.ok("GET", "/users/count"))["total_count"] == 0


async def test_a_body_is_json_and_says_so(api: Caller):
    assert await _code(api, b"first_name=Ada", "application/x-www-form-urlencoded") == (415, "unsupported_media_type")
    body = json.dumps({"email_address": ["a@example.com"], "password": PASSWORD}).encode()
    assert (await _raw(api, body, "application/json; charset=utf-8")).status_code == 200


async def test_a_body_over_64_kib_is_too_large(api: Caller):  # R-LIM-07
    body = b'{"first_name": "' + b"x" * 66_000 + b'"}'
    assert await _code(api, body) == (413, "request_body_too_large")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=501",
        "limit=x",
        "offset=-1",
        "offset=99999999999999999999",
        "banned=maybe",
        "order_by=password_digest",
        "order_by=created_at;drop",
        "created_at_after=yesterday",
        "query=%00",
    ],
)
async def test_a_query_out_of_bounds_is_refused(api: Caller, query: str):  # R-LIM-07, R-INP-07
    response = await api.http.get(f"/v1/users?{query}")
    assert response.status_code == 422, response.text


@pytest.mark.parametrize("query", ["limit=1&limit=2", "query=%ff", "x=1&" * 1001])
async def test_a_query_that_cannot_be_read_is_malformed(api: Caller, query: str):  # R-INP-06
    assert (await api.http.get(f"/v1/users?{query}")).status_code == 400


async def test_a_filter_that_is_not_known_is_refused_not_ignored(api: Caller):  # R-INP-04
    for path in (
        "/v1/users?emailaddress=ada@example.com",
        "/v1/users/count?nickname=",
        "/v1/sessions?user=u",
        "/v1/redirect_urls?x=1",
    ):
        answer = await api.http.get(path)
        error = answer.json()["errors"][0]
        assert (answer.status_code, error["code"]) == (422, "form_param_unknown"), path
    assert (await api.http.get("/v1/users?_is_native=1&_x=1&_x=2&limit=")).status_code == 200


@pytest.mark.parametrize("id", ["nobody", "user_", "../x", "user_" + "x" * 300, "%00", "user_'%20OR%201=1"])
async def test_an_id_that_names_nothing_is_not_found(api: Caller, id: str):  # R-ID-03, R-INP-07
    assert (await api.http.get(f"/v1/users/{id}")).status_code in (400, 404)
    assert (await api.http.get(f"/v1/sessions/{id}")).status_code in (400, 404)
