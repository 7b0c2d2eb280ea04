"""The OpenAPI document of the Backend API, generated from its routes."""

from litestar import Litestar

from sojourn.resources import Resource
from sojourn.web.openapi import document
from sojourn.web.operation import Api


def backend_document(app: Litestar, server: str) -> Resource:
    """The Backend API of this server; every operation requires a secret key."""
    secret_key: Resource = {"type": "http", "scheme": "bearer", "bearerFormat": "sk_…"}
    return document(app, title="Sojourn Backend API", server=server, apis={Api.BACKEND}, security=secret_key)
