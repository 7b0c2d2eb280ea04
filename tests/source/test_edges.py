"""Handlers parse, call and render: what the source of `web/`, `ui/` and `resources/` may not do."""

import ast
from collections.abc import Iterator
from typing import Any

from .test_rules import TREES

EDGES = ("web/", "ui/", "resources/")
HANDLERS = ("web/frontend_api/", "web/backend_api/", "web/admin_api/", "ui/")
QUERY_VALUES = {
    "EventFilter",
    "Page",
    "RecordKind",
    "SecretKey",
    "SessionFilter",
    "SessionSearch",
    "UserFilter",
    "UserPlace",
    "UserOrder",
}
"""Frozen values of the store's interface that operations take and give."""

READERS = {"form": "form", "json_body": "json", "query": "query"}
"""The method of the request context that reads, and how an operation declares it."""


def edge_nodes(folders: tuple[str, ...], kind: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, tree in TREES.items():
        if name.startswith(folders):
            yield from ((name, node) for node in ast.walk(tree) if isinstance(node, kind))


def test_no_edge_asks_the_store_by_itself() -> None:
    found = [f"{file}:{node.lineno}" for file, node in edge_nodes(EDGES, ast.Attribute) if node.attr == "store"]
    assert not found, "an operation in the folder of its domain does that"


def test_an_edge_takes_values_from_the_store_and_nothing_that_reads_or_writes() -> None:
    found: set[str] = set()
    for file, node in edge_nodes(EDGES, ast.ImportFrom):
        if (node.module or "").startswith("sojourn.store"):
            found |= {f"{file}: {each.name}" for each in node.names if each.name not in QUERY_VALUES}
    assert found == {"web/app.py: time_limit"}  # how long a request waits for a database, whatever it is


def test_no_edge_knows_sql() -> None:
    words = ("select ", "insert into ", "update ", "delete from ")
    texts = [
        f"{file}:{node.lineno}"
        for file, node in edge_nodes(EDGES, ast.Constant)
        if isinstance(node.value, str) and node.value.lower().startswith(words) and " where " in node.value.lower()
    ]
    modules = [(file, node.module or "") for file, node in edge_nodes(EDGES, ast.ImportFrom)]
    modules += [(file, each.name) for file, node in edge_nodes(EDGES, ast.Import) for each in node.names]
    imports = [file for file, name in modules if name.partition(".")[0] in ("sqlalchemy", "sqlite3", "asyncpg")]
    assert not texts + imports


def test_no_handler_pages_by_itself() -> None:
    loops = [f"{file}:{node.lineno}" for file, node in edge_nodes(HANDLERS, ast.While)]
    sums = [
        f"{file}:{node.lineno}"
        for file, node in edge_nodes(HANDLERS, ast.AugAssign)
        if isinstance(node.target, ast.Name) and node.target.id in ("offset", "page", "cursor")
    ]
    assert not loops + sums, "a list that goes on page by page is an operation of its domain"


def test_what_handlers_read_is_what_their_operations_declare() -> None:
    for name, tree in TREES.items():
        if not name.startswith(HANDLERS):
            continue
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        read = {
            (READERS[call.func.attr], ast.unparse(call.args[0]))
            for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr in READERS and call.args
            and ast.unparse(call.func.value) == "context" and ast.unparse(call.args[0])[0].isupper()
        }  # fmt: skip
        stated = {
            (each.arg, ast.unparse(each.value))
            for call in calls
            if isinstance(call.func, ast.Name) and call.func.id in ("frontend", "backend", "admin", "development_help")
            for each in call.keywords
            if each.arg in READERS.values()
        }
        passed_on = (
            {("query", "SomePage"), ("query", "InvitationsPage")} if name == "web/backend_api/users.py" else set()
        )
        assert stated == read | passed_on, name
