"""Limits of the connections that one process keeps open: their number and idle time."""

import sys
from contextlib import suppress

from granian.http import HTTP1Settings

IDLE_MS = 130_000
"""Longer than proxies keep theirs (nginx and AWS a minute, Caddy two), because a request on a connection that is just
being closed becomes a 502.
"""

BACKLOG = 1024
"""The listen backlog: connections that the system holds until the process accepts them."""

_MAX_CONNECTIONS = 8192
_OTHER_FILES = 256
"""Other files that the process opens: databases, mail, logs, libraries."""


def http1_settings() -> HTTP1Settings:
    return HTTP1Settings(header_read_timeout=IDLE_MS)


def max_connections() -> int:
    """The maximum number of open connections; further ones wait until another ends (R-REL-03). Browsers and proxies
    keep idle connections, so this limits visitors, not requests. Raises the process's own limit of open files as far as
    the system allows.
    """
    return max(128, min(_MAX_CONNECTIONS, _raise_file_limit(_MAX_CONNECTIONS + _OTHER_FILES) - _OTHER_FILES))


def _raise_file_limit(wanted: int) -> int:
    if sys.platform == "win32":
        return wanted
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    raised = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with suppress(ValueError, OSError):  # macOS rejects more than the kernel's limit per process
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft = raised
    return soft
