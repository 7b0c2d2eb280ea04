"""Settings as files and as history, on the command line."""

import json
from pathlib import Path

from .running import call, run


def test_settings_are_exported_compared_and_applied_elsewhere(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert call("settings", "set", "sessions.token_seconds=30", "--why", "faster", data=here).returncode == 0
    exported = run("settings", "export", data=here).stdout
    assert exported == run("settings", "export", data=here).stdout
    file = tmp_path / "settings.json"
    file.write_text(exported)
    compared = call("settings", "diff", str(file), "--exit-code", data=there)
    assert (compared.returncode, compared.stdout.splitlines()[1]) == (1, "sessions.token_seconds\t60\t30")
    assert call("settings", "apply", str(file), "--why", "as on the other server", data=there).returncode == 0
    assert run("settings", "export", data=there).stdout == exported
    same = call("settings", "diff", str(file), "--exit-code", data=there)
    assert (same.returncode, same.stdout, same.stderr.strip()) == (0, "", "Nothing differs.")


def test_a_diff_without_a_file_compares_with_the_defaults(tmp_path: Path) -> None:
    call("settings", "set", "application_name=Ferry", data=tmp_path)
    found = json.loads(call("settings", "diff", "--json", data=tmp_path).stdout)
    assert found == [{"path": "application_name", "before": "My application", "after": "Ferry"}]


def test_history_tells_who_and_why_and_a_change_is_undone(tmp_path: Path) -> None:
    call("settings", "set", "sessions.token_seconds=30", "--why", "faster", data=tmp_path)
    (change,) = json.loads(run("settings", "history", "--json", data=tmp_path).stdout)
    assert (change["actor"], change["reason"]) == ("operator", "faster")
    assert change["changes"] == [{"path": "sessions.token_seconds", "before": 60, "after": 30}]
    undone = call("settings", "undo", change["id"], "--why", "too fast", data=tmp_path)
    assert undone.stdout.splitlines()[1] == "sessions.token_seconds\t30\t60"
    lines = call("settings", "history", data=tmp_path).stdout.splitlines()
    assert [line.split("\t")[3:] for line in lines[1:]] == [
        ["sessions.token_seconds: 30 -> 60", "too fast"], ["sessions.token_seconds: 60 -> 30", "faster"]
    ]  # fmt: skip


def test_a_file_that_is_no_settings_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for text, said in (
        ("[", "cannot be read as JSON"),
        ("[]", "must be an object"),
        ('{"sesions": {}}', "Did you mean sessions?"),
    ):
        file.write_text(text)
        refused = call("settings", "apply", str(file), "--why", "x", data=tmp_path / "data")
        assert refused.returncode == 1
        assert said in refused.stderr
    missing = call("settings", "diff", str(tmp_path / "none.json"), data=tmp_path / "data")
    assert (missing.returncode, "none.json cannot be read" in missing.stderr) == (1, True)
