"""`sojourn doctor` says what is in force without anybody having set it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from sojourn.limits.rate_limit import LIMITS

from .running import call


def _found(data: Path) -> dict[str, str]:
    return json.loads(call("doctor", "--json", data=data).stdout)["findings"]


def test_every_limit_and_deadline_is_named(tmp_path: Path) -> None:
    assert call("settings", "set", 'protection.rate_limits={"attempts":[7,11]}', data=tmp_path).returncode == 0
    found = _found(tmp_path)
    limits = ", ".join(text for name, text in found.items() if name.startswith("limits ("))
    for name, (most, seconds) in {**LIMITS, "attempts": (7, 11)}.items():
        assert f"{name} {most} in {seconds} s" in limits.split(", ")
    assert {"limits (per process)", "limits (persistent)"} < found.keys()  # SQLite has one process
    assert found["wrong codes from unknown browsers, per account"].startswith("100 a year")
    assert found["wrong codes on known devices of an account"].startswith("100 a year")
    assert found["accounts"] == "locked for 3600 s after 10 wrong tries; a password ends after 100 wrong ones"
    claims = "kept from other accounts for 10 minutes while a code lives, otherwise a minute; never from a sign-up"
    assert found["unverified addresses"] == claims
    assert found["imported hashes"].startswith("refused where a check takes over 250 ms")
    assert found["revoked keys"] == "refused by every process of this server within 1 s"
    assert found["session tokens"].startswith("4096 bytes")
    assert found["orders of users"].startswith("by any field up to 10,000 users; above, by created_at")
    assert found["grace period of a replaced client secret"].startswith("10 s")
    assert found["handshakes of one browser"] == "12 at a time, each valid for 15 minutes and one use"
    assert found["clients without a sign-in"] == "deleted after a day"
    assert found["lists"] == "3 at a time, others wait 1.5 s; each times out after 3 s; 500 entries at most"
    assert found["database timeout"] == "5 s per request; after 3 timeouts in a row requests are rejected immediately"


def test_a_search_index_that_is_not_built_yet_is_named(tmp_path: Path) -> None:
    assert _found(tmp_path)["search"] == "search and lists use their indexes"
    with closing(sqlite3.connect(tmp_path / "sojourn.db")) as database:
        database.execute("PRAGMA user_version = 0")
        database.execute("DROP INDEX ix_users_banned")
    assert _found(tmp_path)["search"].startswith("ix_users_banned, user_search not built yet")
    assert call("migrate", data=tmp_path).returncode == 0
    assert _found(tmp_path)["search"] == "search and lists use their indexes"
