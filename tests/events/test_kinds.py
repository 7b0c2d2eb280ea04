"""The registry of events: complete, readable, and no door for what a person typed."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

from sojourn.events.event import Event
from sojourn.events.kinds import KINDS, NoDetails, checked, told
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant

SOURCE = Path(__file__).parents[2] / "src" / "sojourn"
KIND = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDS = {"record", "change", "_ended", "_changed"}
NOW = Instant(1_700_000_000_000)


def test_every_kind_that_the_source_records_is_listed_once() -> None:  # R-LOG-01
    recorded: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if "assets" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RECORDS:
                recorded |= {each.value for each in ast.walk(node) if _is_kind(each)}  # type: ignore[attr-defined]
    assert {"session.created", "session.revoked", "user.banned", "sign_in.failed", "settings.updated"} <= recorded
    assert recorded <= KINDS.keys()


def _is_kind(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(KIND.fullmatch(node.value))


def test_every_kind_has_a_whole_sentence() -> None:
    for name in KINDS:
        sentence = told(Event(InstanceId("ins_1"), name, NOW, "anonymous"))
        assert sentence[0].isupper(), name
        assert sentence.endswith("."), name
        assert "{" not in sentence, name


def test_a_sentence_names_who_did_what_and_from_where() -> None:
    event = Event(
        InstanceId("ins_1"), "session.created", NOW, "user_1", user_id=UserId("user_1"), target="sess_1",
        ip_address="192.0.2.1", details={"strategy": "password", "actor": None},
    )  # fmt: skip
    assert told(event) == "user_1 signed in with password from 192.0.2.1."
    changed = Event(InstanceId("ins_1"), "settings.updated", NOW, "operator", details={"fields": ["theme", "sign_up"]})
    assert told(changed) == "The command line changed the settings theme, sign_up."


def test_a_kind_of_another_release_is_named_as_it_is() -> None:  # R-CFG-01
    assert told(Event(InstanceId("ins_1"), "boat.launched", NOW, "operator")) == "boat.launched by operator."


def test_an_unlisted_kind_and_foreign_details_are_refused() -> None:  # R-LOG-01, R-LOG-02
    with pytest.raises(KeyError):
        checked("boat.launched", {})
    with pytest.raises(msgspec.ValidationError):
        checked("user.banned", {"password": "what a person typed"})
    checked("settings.updated", {"fields": ["theme"]})
    assert KINDS["user.unbanned"].details is NoDetails
