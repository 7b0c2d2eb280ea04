"""Rules that no test of behaviour can show, read from the source itself."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    import sre_parse as parser

SOURCE = Path(__file__).parents[2] / "src" / "sojourn"
TREES = {
    str(path.relative_to(SOURCE)): ast.parse(path.read_text())
    for path in sorted(SOURCE.rglob("*.py"))
    if "assets" not in path.parts
}

SECRET = re.compile(r"(secret|hash|digest|signature|mac|token|proof|password)s?$")
ASKS_THE_DATABASE = "store/sql/"
"""Where `==` builds a statement: rows are found by the hash of a secret, in an index."""

OUTWARD = {"AsyncClient", "Client", "stream", "urlopen", "create_connection", "request", "send"}
MODULES = {"httpx", "urllib", "socket", "aiosmtplib"}


def nodes(kind: type[Any]) -> Iterator[tuple[str, Any]]:
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield name, node


def test_no_secret_is_compared_byte_by_byte() -> None:  # R-ID-04
    found: list[str] = []
    for file, node in nodes(ast.Compare):
        sides = [node.left, *node.comparators]
        if file.startswith(ASKS_THE_DATABASE) or not any(isinstance(each, ast.Eq | ast.NotEq) for each in node.ops):
            continue
        if any(isinstance(each, ast.Constant) for each in sides):
            continue  # a setting or a status; no secret is written in the source
        if any(SECRET.search(_name(each)) for each in sides):
            found.append(f"{file}:{node.lineno} {ast.unparse(node)}")
    assert not found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_every_pattern_is_read_in_linear_time() -> None:  # R-LIM-08
    patterns = [
        node.args[0].value
        for _, node in nodes(ast.Call)
        if ast.unparse(node.func).startswith("re.") and node.args and isinstance(node.args[0], ast.Constant)
    ]
    assert len(patterns) > 30
    assert not [pattern for pattern in patterns if _may_explode(parser.parse(pattern))]


@pytest.mark.parametrize("pattern", ["(a+)+", "(?:x*y?)*", "(a|b+)*c", "((a{2,})b)+"])
def test_the_rule_about_patterns_finds_those_that_explode(pattern: str) -> None:
    assert _may_explode(parser.parse(pattern))


def _may_explode(items: Any, *, inside: bool = False) -> bool:
    """Whether something without a bound is repeated without a bound, so that a text can be divided in ever more ways."""
    for operation, value in items:
        parts: list[Any] = []
        endless = False
        match str(operation):
            case "MAX_REPEAT" | "MIN_REPEAT":
                endless = value[1] == parser.MAXREPEAT
                parts = [value[2]]
            case "SUBPATTERN":
                parts = [value[3]]
            case "BRANCH":
                parts = value[1]
            case "ASSERT" | "ASSERT_NOT":
                parts = [value[1]]
            case _:
                continue
        if (inside and endless) or any(_may_explode(part, inside=inside or endless) for part in parts):
            return True
    return False


def test_every_call_outward_has_a_deadline() -> None:  # R-LIM-08
    calls = [
        (f"{file}:{node.lineno}", {each.arg for each in node.keywords})
        for file, node in nodes(ast.Call)
        if isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value).partition(".")[0] in MODULES
        and node.func.attr in OUTWARD
    ]
    assert len(calls) >= 3
    assert not [where for where, given in calls if "timeout" not in given]


def test_no_cookie_is_ever_meant_for_pages_of_other_sites() -> None:  # R-CKI-03
    texts = [node.value for _, node in nodes(ast.Constant) if isinstance(node.value, str)]
    assert any("samesite=lax" in text.lower() for text in texts)
    assert not [text for text in texts if "samesite=none" in text.lower().replace(" ", "")]


MACHINES = {"sign_ins/sign_in.py": "SignIn", "sign_ups/sign_up.py": "SignUp", "sessions/session.py": "Session"}
"""The modules that write the status of an attempt or a session, and what each is the only one to make."""

DECODES_ROWS = "store/sql/"


def test_every_status_is_reached_through_its_machine() -> None:  # R-FLOW-02, R-SES-10
    found = [
        f"{file}:{node.lineno} {ast.unparse(node)}"
        for file, node in nodes(ast.Call)
        if file not in MACHINES and not file.startswith(DECODES_ROWS) and _writes_a_status(node)
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    ["replace(sign_in, status=X)", "dataclasses.replace(a, status=X)", "SignIn(id, status=X)", "sign_up.SignUp(id)"],
)
def test_the_rule_about_statuses_finds_what_goes_past_a_machine(text: str) -> None:
    assert _writes_a_status(ast.parse(text, mode="eval").body)


def _writes_a_status(call: Any) -> bool:
    name = _name(call.func)
    return name in MACHINES.values() or (name == "replace" and any(each.arg == "status" for each in call.keywords))


def test_one_rule_says_who_may_sign_in() -> None:  # R-FLOW-04
    raising = [file for file, node in nodes(ast.Call) if _name(node.func) == "UserBanned"]
    assert raising == ["users/account_status.py"]
    asking = {
        f"{file}:{node.test.lineno}"
        for file, node in nodes(ast.If)
        if file != "users/account_status.py"
        and any(isinstance(each, ast.Attribute) and each.attr == "banned" for each in ast.walk(node.test))
    }
    assert not {each for each in asking if not each.startswith("store/sql/user_search.py")}  # a filter of lists
