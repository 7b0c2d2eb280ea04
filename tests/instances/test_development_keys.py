"""The keys that a developer's data folder holds."""

from pathlib import Path

import pytest

from sojourn.engine import Engine
from sojourn.errors import BadSecretKey
from sojourn.secret import Secret
from sojourn.server.development import DevelopmentKeys, development_keys, keep_development_key
from sojourn.testing.clock import FakeClock


async def test_a_revoked_key_of_the_folder_stays_revoked_at_the_next_start(engine: Engine, clock: FakeClock) -> None:
    secret = Secret.random("sk_test_")  # R-AUZ-08
    keys = DevelopmentKeys(Secret.random().reveal(), secret.reveal())
    await keep_development_key(engine, keys)
    assert await engine.instances.by_secret_key(secret) == engine.instance
    (row,) = await engine.store.instances.secret_keys(engine.instance.id)
    await engine.instances.new_secret_key(engine.instance)
    await engine.instances.revoke_secret_key(engine.instance, row.id)
    clock.advance(seconds=1)
    await keep_development_key(engine, keys)
    with pytest.raises(BadSecretKey):
        await engine.instances.by_secret_key(secret)


def test_git_passes_over_a_data_folder_that_was_made_here(tmp_path: Path) -> None:  # R-KEY-02
    development_keys(tmp_path / "project" / ".sojourn")
    assert (tmp_path / "project" / ".sojourn" / ".gitignore").read_text().splitlines()[-1] == "*"
    development_keys(tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / ".gitignore").exists()


def test_a_folder_of_somebody_elses_and_an_ignore_file_of_their_own_stay_as_they_are(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "work", tmp_path / ".sojourn"
    theirs.mkdir()
    development_keys(theirs)
    assert not (theirs / ".gitignore").exists()
    ours.mkdir()
    (ours / ".gitignore").write_text("!keys.json\n")
    development_keys(ours)
    assert (ours / ".gitignore").read_text() == "!keys.json\n"
