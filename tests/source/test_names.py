"""A class name tells where to look: no two public classes of the source share one."""

import ast
from collections import defaultdict
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src" / "sojourn"
CLIENT_OF_THE_BACKEND_API = "backend"
"""Its classes are the wire objects and groups of operations as an app sees them, most of them generated, and so carry the words of
the wire: a `Session` there mirrors the `Session` here. Apps import one, the server the other."""

OF_FRAMEWORKS = {"SessionStore", "SojournMiddleware"}
"""Django names both: it loads `SessionStore` from the module in `SESSION_ENGINE`, and `MIDDLEWARE` lists a dotted path."""


def public_classes() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] == CLIENT_OF_THE_BACKEND_API:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found[node.name].append(f"{path.relative_to(SOURCE)}:{node.lineno}")
    return found


def test_no_two_public_classes_have_one_name() -> None:
    shared = {name: homes for name, homes in public_classes().items() if len(homes) > 1}
    assert {name: homes for name, homes in shared.items() if name not in OF_FRAMEWORKS} == {}


def test_every_exception_is_needed() -> None:
    shared = {name for name, homes in public_classes().items() if len(homes) > 1}
    assert shared >= OF_FRAMEWORKS


def test_no_docstring_begins_with_what_or_whether() -> None:
    """`What can be used no more` is a riddle; `Expirable tables` is a name. A bool's docstring says when it is True."""
    riddles = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        if node.value.value.split(maxsplit=1)[:1] in (["What"], ["Whether"])
    ]
    assert riddles == []
