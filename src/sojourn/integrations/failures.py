"""Converts server failures in a guard or view to responses, instead of a framework's own 500 (R-REL-03)."""

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
from sojourn.integrations.dashboard_host import DashboardHost
from sojourn.integrations.denials import Denial, dashboard_only, too_much_kept, unreachable, unusable_keys
from sojourn.integrations.request_head import RequestHead

FAILURES = (ServerUnreachable, Overloaded, BadSecretKey, ReadOnlyKey, ConfigError, FieldTooLong, DashboardHost)
"""The host of the dashboard, and all errors of requests to the server, except those about the requested user or session (NotFound, SessionEnded)."""

_SEE_LOG = "its log says what is wrong"
_log = logging.getLogger("sojourn.integrations")


def failed(error: SojournError, asked: RequestHead | None) -> Denial:
    """The response for one of FAILURES: a page for browsers, JSON for programs and without `asked`."""
    if isinstance(error, DashboardHost):
        return dashboard_only(error, asked)
    if isinstance(error, FieldTooLong):
        _log.error("session_data.too_large: %s", error.long_message)
        return too_much_kept(asked)
    if isinstance(error, BadSecretKey | ReadOnlyKey):
        _log.error("keys.wrong: %s", error.long_message)
        return unusable_keys(error.long_message.rstrip("."), asked)
    if isinstance(error, ConfigError):  # the message may name a database, so it is logged, not shown
        _log.error("server.cannot_open: %s", error.long_message)
        return unusable_keys(_SEE_LOG, asked)
    return unreachable(error, asked)
