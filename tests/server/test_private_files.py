"""Files with keys and people: for their owner alone where we make them, and told of where they are not."""

import json
import stat
from pathlib import Path

from sojourn.config import Config
from sojourn.engine import Sojourn
from sojourn.messages.mailbox import Mailbox
from sojourn.server.development import development_config, exposed_files
from tests.cli.running import call


async def test_what_a_first_start_makes_is_for_its_owner_alone(tmp_path: Path) -> None:  # R-KEY-01
    config, _ = development_config(Config.load({"data": tmp_path / "data"}, {}))
    engine = await Sojourn.open(config, mailer=Mailbox())
    try:
        modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in config.data.iterdir() if each.name != ".gitignore"}
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
