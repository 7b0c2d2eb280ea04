"""Users on the command line: a reason, a deletion with undo, and an export."""

import json
from pathlib import Path

from .running import call, run


def test_a_deletion_asked_for_later_is_undone_and_a_person_exported(tmp_path: Path) -> None:
    made = run("users", "create", "--email", "ada@example.com", data=tmp_path, stdin="correct horse battery staple\n")
    person = json.loads(made.stdout)
    banned = json.loads(call("events", "--json", data=tmp_path).stdout)
    assert call("users", "ban", person["id"], "--reason", "spam", data=tmp_path).returncode == 0
    (event,) = json.loads(
        call("events", "--json", "--kind", "user.banned", "--actor", "operator", data=tmp_path).stdout
    )
    assert event["details"] == {"reason": "spam"} and event not in banned
    assert call("users", "delete", "--later", person["id"], data=tmp_path).returncode == 0
    assert json.loads(call("users", "list", "--json", data=tmp_path).stdout) == []
    assert json.loads(call("users", "restore", person["id"], data=tmp_path).stdout)["banned"] is True
    document = json.loads(call("users", "export", person["id"], data=tmp_path).stdout)
    assert document["user"]["ban_reason"] == "spam"
    assert "argon2" not in json.dumps(document)
    assert call("users", "restore", person["id"], data=tmp_path).returncode == 1
