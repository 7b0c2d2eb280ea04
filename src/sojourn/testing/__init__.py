"""For tests of apps that use Sojourn: `FakeSojourn`, `FakeClock`, `Mailbox`, and the fixtures in `plugin.py`."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.messages.mailbox import Mailbox
    from sojourn.testing.clock import FakeClock
    from sojourn.testing.fake import FakeSojourn, SignedInBrowser, standing_in

__all__ = ["FakeClock", "FakeSojourn", "Mailbox", "SignedInBrowser", "standing_in"]

_HOMES = {
    "FakeClock": "sojourn.testing.clock",
    "FakeSojourn": "sojourn.testing.fake",
    "Mailbox": "sojourn.messages.mailbox",
    "SignedInBrowser": "sojourn.testing.fake",
    "standing_in": "sojourn.testing.fake",
}


def __getattr__(name: str) -> object:
    """Names are imported when they are first used: the mailbox needs the server's half."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sojourn.testing' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
