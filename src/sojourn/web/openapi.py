"""The OpenAPI documents of this server's implemented operations, generated from the routes."""

from collections.abc import Collection, Mapping

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from sojourn.resources import Resource
from sojourn.web.operation import Api, declared

Bodies = Mapping[type, Mapping[str, object]]
"""The schema of each body type; types of one name get different schema names."""

_FORM = "application/x-www-form-urlencoded"
_UPLOAD = "multipart/form-data"

_ERRORS: Resource = {
    "type": "object",
    "required": ["errors", "clerk_trace_id"],
    "properties": {
        "clerk_trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["code", "message", "long_message"],
                "properties": {
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                    "long_message": {"type": "string"},
                    "meta": {"type": "object"},
                },
            },
        },
    },
}


def document(
    app: Litestar, *, title: str, server: str, apis: Collection[Api], security: Resource | None = None
) -> Resource:
    """An OpenAPI 3.1 document of the operations that belong to one of `apis`.

    `security` is a security scheme that every operation requires.
    """
    paths: dict[str, Resource] = {}
    structs: list[type] = []
    routes = [route for route in app.routes if isinstance(route, HTTPRoute) and _api_of(route) in apis]
    for route in routes:
        for handler in route.route_handlers:
            if handler.operation_id is None or not isinstance(handler.operation_id, str):
                continue
            operation = declared(handler.opt)
            if operation is not None:
                structs += [kind for kind in (operation.form, operation.json, operation.gives) if kind]
    schemas, components = msgspec.json.schema_components(structs, ref_template="#/components/schemas/{name}")
    bodies = dict(zip(structs, schemas, strict=True))
    for route in routes:
        for handler in route.route_handlers:
            if isinstance(handler.operation_id, str):
                for method in handler.http_methods:
                    if method not in ("HEAD", "OPTIONS"):
                        paths.setdefault(_published(route), {})[method.lower()] = _operation(route, handler, bodies)
    schemes: Resource = {} if security is None else {"securitySchemes": {"key": security}}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": server}],
        **({} if security is None else {"security": [{"key": []}]}),
        "paths": paths,
        "components": {"schemas": {**components, "Errors": _ERRORS}, **schemes},
    }


def _api_of(route: HTTPRoute) -> Api | None:
    operation = declared(route.route_handlers[0].opt)
    return None if operation is None else operation.api


def _published(route: HTTPRoute) -> str:
    path = route.path_format
    return path if path.startswith("/") else f"/{path}"


def _operation(route: HTTPRoute, handler: HTTPRouteHandler, bodies: Bodies) -> Resource:
    declaration = declared(handler.opt)
    assert declaration is not None
    in_path = [_in_path(name) for name in route.path_parameters]
    answered: object = {} if declaration.gives is None else bodies[declaration.gives]
    operation: Resource = {
        "operationId": handler.operation_id,
        "parameters": in_path + ([] if declaration.query is None else _fields_of(declaration.query)),
        "responses": {
            "2XX": {"description": "Done.", "content": {"application/json": {"schema": answered}}},
            "4XX": _refusal("Refused; nothing has changed."),
            "503": _refusal("Busy; try again after the seconds in Retry-After."),
        },
    }
    if declaration.upload is not None:
        content = {_UPLOAD: {"schema": _file(declaration.upload)}}
        operation["requestBody"] = {"required": True, "content": content}
    elif declaration.form is not None:
        operation["requestBody"] = {"content": {_FORM: {"schema": bodies[declaration.form]}}}
    elif declaration.json is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": bodies[declaration.json]}}}
    return operation


def _file(field: str) -> Resource:
    return {"type": "object", "required": [field], "properties": {field: {"type": "string", "format": "binary"}}}


def _in_path(name: str) -> Resource:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _refusal(text: str) -> Resource:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}}


def _fields_of(query: type) -> list[Resource]:
    """The fields of a query with their bounds; they are optional but never null."""
    schemas = msgspec.json.schema(query)["$defs"]
    found: list[Resource] = []
    for name, schema in schemas[query.__name__]["properties"].items():
        kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
        shown = schemas[kinds[0]["$ref"].rpartition("/")[2]] if "$ref" in kinds[0] else kinds[0]
        found.append({"name": name, "in": "query", "required": False, "schema": shown})
    return found


def admin_document(app: Litestar, server: str) -> Resource:
    """The admin API of this server, with the types of its answers."""
    bearer: Resource = {"type": "http", "scheme": "bearer"}
    return document(app, title="Sojourn admin API", server=server, apis={Api.ADMIN}, security=bearer)


def frontend_document(app: Litestar, server: str) -> Resource:
    """The Frontend API of this server."""
    return document(app, title="Sojourn Frontend API", server=server, apis={Api.FRONTEND, Api.PUBLIC})
