"""Our own OpenAPI documents, made from the routes themselves: what this server implements."""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import get_type_hints

import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from sojourn.resources import Resource
from sojourn.web.access import Api, declared

Bodies = Mapping[type, Mapping[str, object]]
"""The schema of each body type, named apart from others of its name."""

_FORM = "application/x-www-form-urlencoded"
_UPLOAD = "multipart/form-data"
_INJECTED = frozenset({"exchange", "instance", "engine", "request", "scope", "state", "headers", "cookies"})
_SIMPLE: Mapping[object, str] = {str: "string", int: "integer", bool: "boolean", float: "number"}

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

    `security` is a security scheme that every operation asks for.
    """
    paths: dict[str, Resource] = {}
    structs: list[type] = []
    routes = [route for route in app.routes if isinstance(route, HTTPRoute) and _api_of(route) in apis]
    for route in routes:
        for handler in route.route_handlers:
            if handler.operation_id is None or not isinstance(handler.operation_id, str):
                continue
            structs += [kind for kind in (_form_of(handler), _json_of(handler)) if kind is not None]
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
    access = declared(route.route_handlers[0].opt)
    return None if access is None else access.api


def _published(route: HTTPRoute) -> str:
    path = route.path_format
    return path if path.startswith("/") else f"/{path}"


def _operation(route: HTTPRoute, handler: HTTPRouteHandler, bodies: Bodies) -> Resource:
    in_path = [_in_path(name) for name in route.path_parameters]
    operation: Resource = {
        "operationId": handler.operation_id,
        "parameters": in_path + _query_of(handler, set(route.path_parameters)),
        "responses": {
            "2XX": {"description": "Done.", "content": {"application/json": {"schema": {}}}},
            "4XX": _refusal("Refused; nothing has changed."),
            "503": _refusal("Busy; try again after the seconds in Retry-After."),
        },
    }
    form, json, upload = _form_of(handler), _json_of(handler), handler.opt.get("upload")
    if isinstance(upload, str):
        operation["requestBody"] = {"required": True, "content": {_UPLOAD: {"schema": _file(upload)}}}
    elif form is not None:
        operation["requestBody"] = {"content": {_FORM: {"schema": bodies[form]}}}
    elif json is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": bodies[json]}}}
    return operation


def _file(field: str) -> Resource:
    return {"type": "object", "required": [field], "properties": {field: {"type": "string", "format": "binary"}}}


def _in_path(name: str) -> Resource:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _in_query(name: str, word: str) -> Resource:
    return {"name": name, "in": "query", "required": False, "schema": {"type": word}}


def _refusal(text: str) -> Resource:
    return {"description": text, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Errors"}}}}


def _form_of(handler: HTTPRouteHandler) -> type | None:
    return _struct(handler.opt.get("form"))


def _json_of(handler: HTTPRouteHandler) -> type | None:
    return _struct(handler.opt.get("json")) or _struct(_hints(handler.fn).get("data"))


def _struct(kind: object) -> type | None:
    return kind if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else None


def _hints(function: Callable[..., object]) -> Mapping[str, object]:
    return get_type_hints(function)


def _query_of(handler: HTTPRouteHandler, in_path: set[str]) -> list[Resource]:
    """Plain keyword parameters are query parameters, and so are the fields of `opt["query"]`."""
    found: list[Resource] = []
    hints = _hints(handler.fn)
    for name in inspect.signature(handler.fn).parameters:
        word = _SIMPLE.get(hints.get(name))
        if name not in _INJECTED and name not in in_path and name != "data" and word is not None:
            found.append(_in_query(name, word))
    query = _struct(handler.opt.get("query"))
    return found if query is None else found + _fields_of(query)


def _fields_of(query: type) -> list[Resource]:
    """The fields of a query with the bounds they are read with; an absent one is absent, never null."""
    schemas = msgspec.json.schema(query)["$defs"]
    found: list[Resource] = []
    for name, schema in schemas[query.__name__]["properties"].items():
        kinds = [kind for kind in schema.get("anyOf", [schema]) if kind.get("type") != "null"]
        shown = schemas[kinds[0]["$ref"].rpartition("/")[2]] if "$ref" in kinds[0] else kinds[0]
        found.append({"name": name, "in": "query", "required": False, "schema": shown})
    return found


def frontend_document(app: Litestar, server: str) -> Resource:
    """The Frontend API of this server."""
    return document(app, title="Sojourn Frontend API", server=server, apis={Api.FRONTEND, Api.PUBLIC})
