"""The import rules in `pyproject.toml` leave nothing out: what they list is what the source says."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import grimp

ROOT = Path(__file__).parents[2]
DOMAIN = (
    "console",
    "events",
    "factors",
    "instances",
    "limits",
    "messages",
    "sessions",
    "sign_ins",
    "sign_ups",
    "users",
)
PARTS_WITHOUT_A_STORE = {
    "sojourn.factors.fair_slots",
    "sojourn.messages.mailbox",
    "sojourn.messages.mailer",
    "sojourn.messages.smtp",
}
"""They wait or send, and so are no pure modules; no store is part of that."""


@cache
def contracts() -> dict[str, dict[str, Any]]:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {each["name"]: each for each in linter["contracts"]}


@cache
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("sojourn", include_external_packages=True)


def pure() -> set[str]:
    return set(contracts()["A pure module imports no operation and no store"]["source_modules"])


def test_every_module_of_a_domain_that_reaches_no_store_is_listed_as_pure() -> None:
    graph = imports()
    of_domains = {each for each in graph.modules if each.split(".")[1:2] and each.split(".")[1] in DOMAIN}
    modules = {each for each in of_domains if not graph.find_children(each)}
    reach_none = {each for each in modules if not _reaches_a_store(each)}
    empty = {each for each in reach_none if not graph.find_modules_directly_imported_by(each) and _is_empty(each)}
    assert reach_none - empty - PARTS_WITHOUT_A_STORE == pure(), "list it twice in pyproject.toml, or give it its part"


def _reaches_a_store(module: str) -> bool:
    return any(each.startswith("sojourn.store") for each in imports().find_upstream_modules(module))


def _is_empty(module: str) -> bool:
    return (ROOT / "src" / module.replace(".", "/") / "__init__.py").exists()


def test_the_layer_of_pure_modules_is_the_list_of_them() -> None:
    ignored = contracts()["Imports point one way"]["ignore_imports"]
    assert {each.partition(" -> ")[2] for each in ignored} == pure()
    assert all(each.startswith("sojourn.** -> ") for each in ignored)


def test_every_folder_and_module_at_the_top_has_a_layer() -> None:
    layered = {each.strip() for layer in contracts()["Imports point one way"]["layers"] for each in layer.split(":")}
    there = {each.removeprefix("sojourn.") for each in imports().find_children("sojourn")}
    assert there - layered <= {"backend", "testing"}  # the client of the Backend API, and what users' tests import


def test_the_rule_for_pure_modules_sees_what_a_module_waits_with() -> None:
    assert "asyncio" in imports().find_modules_directly_imported_by("sojourn.factors.fair_slots")
