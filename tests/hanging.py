"""A PostgreSQL that hangs, for tests: what they assert is the order of events, never how long they take."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from sojourn.store import postgres as postgres_store
from sojourn.store import time_limit
from sojourn.testing.databases import PostgresServer

SHORT = 0.2
"""Seconds that stand for the five."""


@contextmanager
def hanging(server: PostgresServer) -> Iterator[None]:
    """The server is suspended, and who asks it is short of patience."""
    with pytest.MonkeyPatch.context() as patched, server.suspended():
        patched.setattr(time_limit, "MAX_SECONDS", SHORT)
        for name in ("_CONNECT_SECONDS", "_POOL_SECONDS", "_PROBE_SECONDS"):
            patched.setattr(postgres_store, name, SHORT)
        yield
