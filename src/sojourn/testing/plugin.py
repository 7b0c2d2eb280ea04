"""Pytest fixtures for tests of apps, registered when Sojourn is installed."""

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from sojourn import Sojourn
    from sojourn.integrations.sojourn_client import SojournClient
    from sojourn.messages.mailbox import Mailbox
    from sojourn.testing.clock import FakeClock
    from sojourn.testing.fake import FakeSojourn, SignedInBrowser


@pytest.fixture
def sojourn_handle() -> "SojournClient | None":
    """The `Sojourn` of the app under test, for the fake to stand in for: define it in your conftest.py."""
    return None


@pytest.fixture
def sojourn_clock() -> "FakeClock":
    """The clock by which tokens and sessions expire; `sojourn_clock.advance(minutes=2)`."""
    from sojourn.testing.clock import FakeClock

    return FakeClock()


@pytest.fixture
def sojourn(sojourn_handle: "SojournClient | None", sojourn_clock: "FakeClock") -> "Generator[FakeSojourn, None, None]":
    """A fake Sojourn that replaces the app's own."""
    from sojourn.testing.fake import FakeSojourn, standing_in

    fake = FakeSojourn(sojourn_clock)
    if sojourn_handle is None:
        yield fake
        return
    with standing_in(sojourn_handle, fake):
        yield fake


@pytest.fixture
def signed_in(sojourn: "FakeSojourn") -> "Callable[..., SignedInBrowser]":
    """`signed_in(user, role="org:admin")`: the headers of a signed-in user."""
    return sojourn.signed_in


@pytest.fixture
def mailbox() -> "Mailbox":
    """The mailbox of `sojourn_server`: `mailbox.last("ada@example.com").text`."""
    from sojourn.messages.mailbox import Mailbox

    return Mailbox()


@pytest.fixture
def sojourn_server(
    tmp_path: "Path", sojourn_clock: "FakeClock", mailbox: "Mailbox"
) -> "Generator[Sojourn, None, None]":
    """A complete Sojourn in this process with its own database, for tests that sign up, sign in and read mail."""
    from sojourn import Sojourn

    server = Sojourn(data=tmp_path, clock=sojourn_clock, mailer=mailbox)
    server.ready_now()
    yield server
    server.close_now()
