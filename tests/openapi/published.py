"""The published OpenAPI documents, read from a folder beside the checkout: they are no part of this repository."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("SOJOURN_OPENAPI_DIR") or ROOT.parent / "shared" / "reference" / "openapi")
VERSION = "2026-05-12"
VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """`path` as published below the server's address, `pattern` matches what is asked of us."""

    id: str
    method: str
    path: str
    pattern: re.Pattern[str]
    responses: Mapping[str, Any]
    queries: frozenset[str]
    """Names of the parameters in the address."""

    @property
    def key(self) -> tuple[str, str]:
        return self.method, nameless(self.path)


class Document:
    """One published document; `prefix` is what its server address ends with."""

    def __init__(self, name: str, prefix: str) -> None:
        path = FOLDER / f"{name}-{VERSION}.yml"
        if not path.is_file():
            pytest.skip(f"no published documents at {FOLDER}: set SOJOURN_OPENAPI_DIR to the folder that holds them")
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._whole: dict[str, Any] = _nulls_allowed(yaml.load(path.read_text(), Loader=loader))
        self._prefix = prefix
        self.operations = list(self._operations(prefix))
        self._errors = self._validator({"$ref": "#/components/schemas/ClerkErrors"})

    def _operations(self, prefix: str) -> Iterator[Operation]:
        for path, item in self._whole["paths"].items():
            for verb in VERBS:
                if verb in item:
                    whole = prefix + path
                    pattern = re.compile(re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(whole)))
                    found = item[verb]
                    parameters = [self.resolved(each) for each in found.get("parameters", [])]
                    queries = frozenset(each["name"] for each in parameters if each["in"] == "query")
                    yield Operation(found["operationId"], verb.upper(), whole, pattern, found["responses"], queries)

    def written(self, operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the document has at the operation's path, and of the operation itself."""
        item = self._whole["paths"][operation.path.removeprefix(self._prefix)]
        return item, item[operation.method.lower()]

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that a request asks for; literal paths before those with a parameter."""
        matching = [each for each in self.operations if each.method == method and each.pattern.fullmatch(path)]
        return min(matching, key=lambda each: each.path.count("{"), default=None)

    def faults(self, operation: Operation, status: int, body: Any) -> list[str]:
        """What an answer has that the document does not allow, or lacks."""
        if status >= 400:
            return [_told(error) for error in self._errors.iter_errors(body)]
        response = self.resolved(operation.responses.get(str(status)))
        if response is None:
            return [f"status {status} is not documented"]
        content = response.get("content", {}).get("application/json")
        if content is None or "schema" not in content:
            return []
        return [_told(error) for error in self._validator(content["schema"]).iter_errors(body)]

    def _validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        return Draft202012Validator({**schema, "components": self._whole["components"]})

    def resolved(self, found: Any) -> Any:
        while isinstance(found, dict) and "$ref" in found:
            place: Any = self._whole
            for part in found["$ref"].removeprefix("#/").split("/"):
                place = place[part]
            found = place
        return found


def _nulls_allowed(found: Any) -> Any:
    """`nullable` spelled as JSON Schema does, also where the documents write it beside a reference or a choice."""
    if isinstance(found, list):
        return [_nulls_allowed(each) for each in found]
    if not isinstance(found, dict):
        return found
    rest = {name: _nulls_allowed(each) for name, each in found.items() if name != "nullable"}
    return {"anyOf": [{"type": "null"}, rest]} if found.get("nullable") is True else rest


def nameless(path: str) -> str:
    """A path whatever its parameters are called."""
    return re.sub(r"\{[^}]+\}", "{}", path)


@lru_cache(maxsize=1)
def frontend() -> Document:
    return Document("frontend-api", "")


@lru_cache(maxsize=1)
def backend() -> Document:
    return Document("backend-api", "/v1")


def _told(error: Any) -> str:
    inner = "; ".join(_told(each) for each in (error.context or [])[:6])
    return f"at {'/'.join(map(str, error.absolute_path))}: {error.message[:160]}" + (f" ({inner})" if inner else "")
