"""Statements written as text, and the declared ones, as the wall between instances needs them (R-AUZ-02)."""

import ast
import re

from sojourn.store.sql.instance_wall import SPANNING
from sojourn.store.sql.rows.schema import metadata

from .test_rules import nodes

_WALLED = [name for name, table in metadata.tables.items() if "instance_id" in table.c]
_ON_ROWS = re.compile(rf"\b(FROM|JOIN|INTO|UPDATE)\s+(/\*.*?\*/\s*)?({'|'.join(_WALLED)})\b", re.IGNORECASE)
_UPSERT = re.compile(r"INSERT INTO \w+ .*?\(instance_id,.*ON CONFLICT \(instance_id,", re.DOTALL)
_MARK = re.compile(r"/\* spans instances: (.*?) \*/")
_SCHEMA_FILES = ("store/migrations/", "store/sql/late_indexes.py", "store/index_building.py")
"""They build tables and indexes of all instances and return no rows."""


def test_a_statement_written_as_text_is_declared_to_span_instances_or_names_one() -> None:
    found: list[str] = []
    for file, node in nodes(ast.Constant):
        if not isinstance(node.value, str) or not file.startswith("store/") or file.startswith(_SCHEMA_FILES):
            continue
        if _ON_ROWS.search(node.value) and not _MARK.search(node.value) and not _UPSERT.search(node.value):
            found.append(f"{file}:{node.lineno} {node.value[:60]}")
    assert found == []


def test_each_declared_statement_is_listed_and_each_listed_one_exists() -> None:
    used = {
        name for _, node in nodes(ast.Constant) if isinstance(node.value, str) for name in _MARK.findall(node.value)
    }
    for _, node in nodes(ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id == "spanning":
            used.add(node.args[0].value)
    assert used - {"{}"} == set(SPANNING)


def test_every_statement_is_compiled_by_a_dialect_that_is_guarded() -> None:
    engines = [
        file
        for file, node in nodes(ast.Call)
        if ast.unparse(node.func).endswith(("create_engine", "create_async_engine"))
    ]
    assert sorted(engines) == [
        "store/postgres.py",
        "store/sqlite.py",
    ]  # both hand theirs to `EngineDatabase`, which guards it
