"""Resets clients in a process that was forked after they were used, such as by gunicorn's `--preload` or
`multiprocessing`.

Of the parent's threads none goes on in the child, its locks may be held for ever, and its database connections must not be
used by two processes. So each handle begins anew in the child; the parent goes on as before.
"""

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    def begin_anew(self) -> None:
        """Called in the child, before anything else of it runs."""
        ...


_known: "WeakSet[Forkable]" = WeakSet()


def watch(handle: Forkable) -> None:
    """Have a handle begin anew in every process that is forked from this one."""
    _known.add(handle)


def _in_child() -> None:
    for handle in list(_known):
        handle.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_in_child)
