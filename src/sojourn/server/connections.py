"""The connections that one process keeps open: how many, and for how long while nothing is asked on them."""

import sys
from contextlib import suppress

from granian.http import HTTP1Settings

IDLE_MS = 130_000
"""Longer than proxies keep theirs (nginx and AWS a minute, Caddy two): a request on a connection that ends that moment is a 502."""

BACKLOG = 1024
"""Connections that the system holds until the process accepts them."""

_MAX_CONNECTIONS = 8192
_OTHER_FILES = 256
"""Files that the process opens besides: databases, mail, logs, libraries."""


def http1_settings() -> HTTP1Settings:
    return HTTP1Settings(header_read_timeout=IDLE_MS)


def max_connections() -> int:
    """How many connections are accepted at a time; the next one waits, unanswered, until another ends (R-REL-03).

    Browsers and proxies keep connections that they do not use, so this is the number of visitors and not of requests. Raises
    the process's own limit of open files as far as the system allows.
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
    with suppress(ValueError, OSError):  # macOS refuses more than the kernel's own number for one process
        resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
        soft = raised
    return soft
