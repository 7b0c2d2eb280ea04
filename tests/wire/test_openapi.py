"""Our own OpenAPI document of the Frontend API."""

import json
import re

from openapi_spec_validator import validate

from sojourn.web.app import litestar_app
from sojourn.web.openapi import frontend_document


def test_the_document_is_valid_and_names_every_operation() -> None:
    document = frontend_document(litestar_app(), "http://localhost:8000")
    validate(document)
    paths = document["paths"]
    assert isinstance(paths, dict)
    named = {operation["operationId"] for item in paths.values() for operation in item.values()}
    assert {"getClient", "createSignIn", "createSessionToken", "handshakeClient", "getEnvironment"} <= named
    assert not any(path.startswith("/v1/clients") for path in paths)


def test_form_bodies_are_described_field_by_field() -> None:
    document = frontend_document(litestar_app(), "http://localhost:8000")
    operation = document["paths"]["/v1/client/sign_ins"]["post"]  # type: ignore[index]
    schema = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    name = schema["$ref"].rpartition("/")[2]
    fields = document["components"]["schemas"][name]["properties"]  # type: ignore[index]
    assert set(fields) == {"strategy", "identifier", "password", "ticket"}


def test_every_reference_leads_somewhere() -> None:
    document = frontend_document(litestar_app(), "http://localhost:8000")
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert names <= set(document["components"]["schemas"])  # type: ignore[index]
