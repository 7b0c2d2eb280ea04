"""Creates files that only their owner may read, and reports existing ones with wider permissions."""

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_SQLITE = "sqlite:///"
_OF_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(path: Path) -> None:
    """Create a folder of mode 0700; an existing one keeps its mode. Raises: OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_file(path: Path) -> None:
    """Create an empty file of mode 0600, unless it exists.

    SQLite gives its log and index files the mode of the database. Raises: OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def open_for_writing(path: Path) -> TextIO:
    """Open a text file with personal data for writing, replacing its content; set mode 0600 on a file that we own.

    Raises: OSError.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    found = os.fstat(descriptor)
    if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid():
        os.fchmod(descriptor, 0o600)  # an existing file too, because its new content is personal data
    return os.fdopen(descriptor, "w", encoding="utf-8", buffering=1)


def exposed_files(database_url: str, *paths: Path) -> list[str]:
    """As `exposed`, for these paths and the files of an SQLite database."""
    if not database_url.startswith(_SQLITE):
        return exposed(paths)
    database = Path(database_url.removeprefix(_SQLITE))
    beside = (database.with_name(database.name + end) for end in ("-wal", "-shm"))
    return exposed((*paths, database, *beside))


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
