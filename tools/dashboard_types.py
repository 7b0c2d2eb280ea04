"""Writes the types of the dashboard's calls from the OpenAPI document of the admin API, so that neither can drift from the server.

`python -m tools.dashboard_types` writes `frontend/dashboard/src/api/schema.d.ts`; a test compares.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sojourn.web.admin_api.routes import ADMIN_HANDLERS
from sojourn.web.app import litestar_app
from sojourn.web.openapi import admin_document

FILE = Path(__file__).parents[1] / "frontend" / "dashboard" / "src" / "api" / "schema.d.ts"

_HEAD = """/**
 * The admin API as the page sees it, with the shape that `openapi-fetch` reads.
 * Written by `python -m tools.dashboard_types` from the OpenAPI document of the server: change the handlers instead.
 */
"""
_SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_REF = "#/components/schemas/"

Schema = Mapping[str, Any]


def written() -> str:
    """The text of the file."""
    document = admin_document(litestar_app(apis=ADMIN_HANDLERS), "")
    return "\n".join([_HEAD, *_components(document), "", *_paths(document), ""])


def _components(document: Schema) -> Iterator[str]:
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    answered = _answered(document)
    yield "export interface components {\n  schemas: {"
    for name, schema in sorted(schemas.items()):
        if text := str(schema.get("description", "")).split("\n\n")[0]:
            yield f"    /** {' '.join(text.split())} */"
        yield f"    {name}: {_type(schema, complete=name in answered)};"
    yield "  };\n}"


def _answered(document: Schema) -> set[str]:
    """The schemas of answers. An answer has all its fields, also those with a default, which a request may leave out."""
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    waiting = [
        each["responses"]["2XX"]["content"]["application/json"]["schema"]
        for operations in document["paths"].values()
        for each in operations.values()
    ]
    found: set[str] = set()
    while waiting:
        for name in _references(waiting.pop()):
            if name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix(_REF)
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _paths(document: Schema) -> Iterator[str]:
    yield "export interface paths {"
    for path, operations in sorted(document["paths"].items()):
        yield f"  {json.dumps(path)}: {{"
        for method, operation in sorted(operations.items()):
            yield f"    {method}: {{"
            yield from (f"      {line}" for line in _operation(operation))
            yield "    };"
        yield "  };"
    yield "}"


def _operation(operation: Schema) -> Iterator[str]:
    places = {place: [each for each in operation["parameters"] if each["in"] == place] for place in ("path", "query")}
    fields = {place: "; ".join(map(_parameter, each)) for place, each in places.items() if each}
    if fields:
        shown = "; ".join(f"{place}{'' if place == 'path' else '?'}: {{ {text} }}" for place, text in fields.items())
        yield f"parameters: {{ {shown} }};"
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        yield f'requestBody: {{ content: {{ "application/json": {_type(schema)} }} }};'
    schema = operation["responses"]["2XX"]["content"]["application/json"]["schema"]
    yield f'responses: {{ 200: {{ content: {{ "application/json": {_type(schema)} }} }} }};'


def _parameter(parameter: Schema) -> str:
    return f"{parameter['name']}{'' if parameter['required'] else '?'}: {_type(parameter['schema'])}"


def _type(schema: Schema, *, complete: bool = False) -> str:
    if "$ref" in schema:
        return f"components[{json.dumps('schemas')}][{json.dumps(schema['$ref'].removeprefix(_REF))}]"
    if "anyOf" in schema:
        return " | ".join(_type(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(json.dumps(word) for word in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"({_type(schema.get('items', {}))})[]"
        case "object":
            return _object(schema, complete=complete)
        case str(name):
            return _SCALARS[name]
        case _:
            return "unknown"


def _object(schema: Schema, *, complete: bool) -> str:
    if "properties" not in schema:
        return f"Record<string, {_type(schema.get('additionalProperties') or {})}>"
    required = schema["properties"] if complete else schema.get("required", ())
    fields = (f"{name}{'' if name in required else '?'}: {_type(each)}" for name, each in schema["properties"].items())
    return f"{{ {'; '.join(fields)} }}"


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
