"""A disk that fills up while people sign up: what was acknowledged stays, what was not is refused, and room heals it."""

import subprocess
import sys

_UNTIL_FULL = """
import asyncio, resource, signal, sqlite3, sys
from pathlib import Path
from sojourn.errors import Overloaded
from sojourn.ids import instance_id as new_instance_id
from sojourn.store.opening import open_store
from tests.contract.values import a_user

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

async def main(folder):
    store = open_store(f"sqlite:///{folder}/sojourn.db")
    await store.migrate()
    instance, kept, refused = new_instance_id(), [], 0
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, most))
    while refused < 3 and len(kept) < 5000:
        user = a_user(instance, f"person{len(kept)}.{refused}@example.com")
        try:
            await store.users.create(user)
            kept.append(user)
        except Overloaded:
            refused += 1
    assert refused == 3, "the disk never filled up"
    assert await store.users.find(instance, kept[0].id) == kept[0]
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    later = a_user(instance, "later@example.com")
    await store.users.create(later)
    for user in (*kept, later):
        assert await store.users.find(instance, user.id) == user
    await store.close()
    with sqlite3.connect(Path(folder) / "sojourn.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM users").fetchone() == (len(kept) + 1,)
    print(len(kept))

asyncio.run(main(sys.argv[1]))
"""


def test_a_full_disk_refuses_loses_nothing_and_recovers(tmp_path: object) -> None:  # R-REL-05
    run = subprocess.run(
        [sys.executable, "-c", _UNTIL_FULL, str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr[-3000:]
    assert int(run.stdout) > 10
