"""A database that cannot be reached, as an operator sees it: one line, with a reason."""

import socket

import pytest

from .running import call, run

_CLOSED = "postgresql://me:hunter2@127.0.0.1:1/shop?connect_timeout=1"


@pytest.mark.parametrize("command", ["migrate", "doctor"])
def test_a_wrong_port_is_one_line_with_its_reason(command: str) -> None:
    refused = run(command, SOJOURN_DATABASE_URL=_CLOSED)
    told = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert "nothing listens at that host and port (tried for 1 seconds" in told
    assert "Traceback" not in told and "hunter2" not in told
    assert command == "doctor" or told.count("\n") == 1


def test_a_database_that_never_answers_is_one_line_with_its_reason() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        port = silent.getsockname()[1]
        refused = call("migrate", SOJOURN_DATABASE_URL=f"postgresql://me@127.0.0.1:{port}/shop?connect_timeout=1")
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "it does not answer in time" in refused.stderr


@pytest.mark.parametrize("url", ["postgresql://me@db:99999/shop", "postgresql://me@db/shop?channel_binding=require"])
def test_an_address_that_cannot_be_used_is_one_line(url: str) -> None:
    refused = call("migrate", SOJOURN_DATABASE_URL=url)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1 and "SOJOURN_DATABASE_URL" in refused.stderr
