"""Failures of the server that an app's guard or view meets, as answers: never a framework's own 500 (R-REL-03)."""

import logging

from sojourn.errors import (
    BadSecretKey,
    ConfigError,
    FieldTooLong,
    Overloaded,
    ReadOnlyKey,
    ServerUnreachable,
    SojournError,
)
from sojourn.integrations.denials import Denial, too_much_kept, unreachable, unusable_keys
from sojourn.integrations.request_head import RequestHead

FAILURES = (ServerUnreachable, Overloaded, BadSecretKey, ReadOnlyKey, ConfigError, FieldTooLong)
"""Every error that a question to the server raises, beside those about the one who was asked for (NotFound, SessionEnded)."""

_SEE_LOG = "its log says what is wrong"
_log = logging.getLogger("sojourn.integrations")


def failed(error: SojournError, asked: RequestHead | None) -> Denial:
    """The answer for one of FAILURES, a page for people and JSON for programs. Without `asked` it is JSON."""
    if isinstance(error, FieldTooLong):
        _log.error("session_data.too_large: %s", error.long_message)
        return too_much_kept(asked)
    if isinstance(error, BadSecretKey | ReadOnlyKey):
        _log.error("keys.wrong: %s", error.long_message)
        return unusable_keys(error.long_message.rstrip("."), asked)
    if isinstance(error, ConfigError):  # it may name a database: for the log, not for visitors
        _log.error("server.cannot_open: %s", error.long_message)
        return unusable_keys(_SEE_LOG, asked)
    return unreachable(error, asked)
