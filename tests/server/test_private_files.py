"""Files with keys and people: for their owner alone where we make them, and told of where they are not."""

import json
import stat
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.server.development import development_config, exposed_files
from tests.cli.running import call, run


async def test_what_a_first_start_makes_is_for_its_owner_alone(tmp_path: Path) -> None:  # R-KEY-01
    config, _ = development_config(Config.load({"data": tmp_path / "data"}, {}))
    engine = await Engine.open(config, mailer=Mailbox())
    try:
        modes = {
            each.name: stat.S_IMODE(each.stat().st_mode) for each in config.data.iterdir() if each.name != ".gitignore"
        }
        assert {"keys.json", "sojourn.db", "sojourn.db-wal", "sojourn.db-shm"} <= modes.keys()
        assert set(modes.values()) == {0o600}, modes
        assert stat.S_IMODE(config.data.stat().st_mode) == 0o700
        assert exposed_files(config) == []
    finally:
        await engine.close()


def test_files_that_others_may_read_are_told_of_and_left_as_they_are(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert call("users", "list", data=data).returncode == 0
    database = data / "sojourn.db"
    database.chmod(0o644)
    data.chmod(0o755)
    told = json.loads(call("doctor", "--json", data=data).stdout)["findings"]["files"]
    assert f"{database} has mode 0644: chmod 0600" in told and f"{data} has mode 0755: chmod 0700" in told
    assert stat.S_IMODE(database.stat().st_mode) == 0o644


@pytest.mark.parametrize("option", ["--report", "--left-out"])
def test_what_an_import_reports_is_for_its_owner_alone(tmp_path: Path, option: str) -> None:
    people, report = tmp_path / "people.csv", tmp_path / "refused.jsonl"
    people.write_text("id,primary_email_address\n,who@example.com\n")
    for before in (None, "what somebody else may read"):
        if before is not None:
            report.write_text(before)
            report.chmod(0o644)
        assert call("import", "clerk", str(people), option, str(report), data=tmp_path).returncode == 1
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        assert before != report.read_text()
        report.unlink()


def test_a_report_may_go_to_a_device(tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("id,primary_email_address\n,who@example.com\n")
    told = run("import", "clerk", str(people), "--report", "/dev/stderr", data=tmp_path).stderr
    assert "it has no id" in told
