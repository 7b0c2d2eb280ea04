"""Resets objects in a process that was forked after they were used, such as by gunicorn's `--preload` or `multiprocessing`.

The parent's threads do not exist in the child, its locks may be held forever, and its connections must not be used by two
processes. So each object starts from scratch in the child; the parent is not affected.
"""

import os
from typing import Protocol
from weakref import WeakSet


class Forkable(Protocol):
    def begin_anew(self) -> None:
        """Reset the state; called in the child before any other code runs."""
        ...


_known: "WeakSet[Forkable]" = WeakSet()


def watch(forkable: Forkable) -> None:
    """Reset the object in every process that is forked from this one."""
    _known.add(forkable)


def _in_child() -> None:
    for forkable in list(_known):
        forkable.begin_anew()


if hasattr(os, "register_at_fork"):  # not on Windows, where nothing forks
    os.register_at_fork(after_in_child=_in_child)
