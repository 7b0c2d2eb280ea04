"""Frameworks that document themselves know how to sign in: "Authorize" works on their pages."""

import re
from types import ModuleType

import pytest

from sojourn import Sojourn

from ..contract.adapters.apps import fastapi, litestar


def _remote() -> object:
    return Sojourn.remote("http://127.0.0.1:9", "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk")


def test_fastapi_names_the_scheme_where_a_session_is_wanted() -> None:
    document = fastapi.build(_remote()).openapi()  # type: ignore[arg-type]
    scheme = document["components"]["securitySchemes"]["SojournSession"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    assert document["paths"]["/protected"]["get"]["security"] == [{"SojournSession": []}]
    assert document["paths"]["/open/may"]["get"]["security"]
    assert "security" not in document["paths"]["/"]["get"]


@pytest.mark.parametrize("app", [fastapi, litestar])
def test_the_names_are_those_that_openapi_allows(app: ModuleType) -> None:
    made = app.build(_remote())
    document = made.openapi() if app is fastapi else made.openapi_schema.to_schema()
    assert all(re.fullmatch(r"[a-zA-Z0-9._-]+", name) for name in document["components"]["securitySchemes"])


def test_litestar_names_the_scheme_for_the_whole_app() -> None:
    document = litestar.build(_remote()).openapi_schema.to_schema()  # type: ignore[arg-type]
    assert document["components"]["securitySchemes"]["SojournSession"]["scheme"] == "bearer"
    assert {"SojournSession": []} in document["security"]
