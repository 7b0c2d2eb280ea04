"""Files that only their owner may read: created with such modes, and reported if existing ones are more open."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """A folder of mode 0700; one that is there stays as it is. Raises: OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_file(path: Path) -> None:
    """An empty file of mode 0600, unless there is one. SQLite gives its log and index files the mode of the database. Raises: OSError."""
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_for_writing(path: Path) -> TextIO:
    """A text of people, line by line, in the place of what was there; a file of ours has mode 0600 then. Raises: OSError."""
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
        os.fchmod(descriptor, 0o600)  # also one that was there: what it holds now is new
    return os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)


def exposed(paths: Iterable[Path]) -> list[str]:
    """A warning for each path that other users may read or own. Missing paths are skipped."""
    return [told for path in paths for told in _told(path)]


def _told(path: Path) -> list[str]:
    try:
        found = path.stat()
    except OSError:
        return []
    told: list[str] = []
    if found.st_mode & _OF_OTHERS:
        mode = "0700" if stat.S_ISDIR(found.st_mode) else "0600"
        told.append(
            f"{path} has mode {stat.S_IMODE(found.st_mode):04o}: chmod {mode} keeps other users of this machine out"
        )
    if found.st_uid != os.geteuid():
        told.append(f"{path} belongs to another user (id {found.st_uid}), who can read and replace it")
    return told
