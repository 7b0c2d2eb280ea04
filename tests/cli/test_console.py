"""Administrators on the command line: invited, listed, given a role, removed, and a way in for those who lost theirs."""

import json
import re
from pathlib import Path

from .running import call, run


def test_an_operator_invites_lists_changes_and_removes_administrators(tmp_path: Path) -> None:
    # R-FLOW-06, R-ADM-01
    link = run("console", "open", data=tmp_path).stdout.strip()
    assert re.fullmatch(r"http://localhost:\d+/dashboard/open\?token=\S+", link)
    (owner,) = json.loads(call("console", "list", "--json", data=tmp_path).stdout)
    assert (owner["email_address"], owner["role"]) == ("developer@example.com", "owner")
    assert owner["id"] in call("console", "list", data=tmp_path).stdout
    last = call("console", "role", owner["id"], "viewer", data=tmp_path)
    assert last.returncode == 1
    assert "only owner" in last.stderr
    assert call("console", "remove", "developer@example.com", data=tmp_path).returncode == 1
    invited = run("console", "invite", "ada@example.com", "--role", "support", data=tmp_path).stdout
    assert "/dashboard/join?token=" in invited
    unknown = call("console", "role", "nobody@example.com", "viewer", data=tmp_path)
    assert unknown.returncode == 1
    assert "sojourn console list" in unknown.stderr
