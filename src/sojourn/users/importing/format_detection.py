"""Detects the format of a file from its first bytes and explains which one is expected, before it is parsed. Messages
never quote the file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, TextIO

from sojourn.users.importing.record import UnusableFile

_START = 64 * 1024

WANTED: Mapping[str, str] = {
    "clerk": "the CSV file of the dashboard: Settings, User exports, Export users",
    "django": "auth_user as CSV with a header (psql: \\copy auth_user to auth_user.csv csv header), or `manage.py dumpdata auth.user`",
    "auth0": 'the bulk export of users, a JSON record on each line, such as {"user_id": "auth0|1", "email": "ada@example.com"}',
    "firebase": "what `firebase auth:export users.json --format=json` writes",
}
"""The expected file of each source, as a phrase for error messages."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """`source` is the source that accepts this format, None if none does; `then` explains how to get an accepted file."""

    is_a: str
    source: str | None
    pattern: re.Pattern[str]
    then: str = ""


def _shape(is_a: str, source: str | None, pattern: str, then: str = "") -> _Shape:
    return _Shape(is_a, source, re.compile(rf"[\ufeff\s]*{pattern}", re.DOTALL), then)


_HEADER = r"(?=[^\r\n]*\b{0}\b)"
_SHAPES = (
    _shape("a ZIP archive or a spreadsheet (.xlsx)", None, "PK\x03\x04", "Unpack it, or save the sheet as CSV in UTF-8."),
    _shape("a gzip archive", None, "\x1f(?:\x8b|\udc8b)", "Unpack it with gunzip."),
    _shape("an SQLite database", None, "SQLite format 3\0", "Export its table of users as CSV."),
    _shape("text in UTF-16", None, "(?:\udcff\udcfe|\udcfe\udcff)", "Save it in UTF-8."),
    _shape("a web page", None, r"<(?:!doctype|html)", "The download asked for a sign-in; download the file again."),
    _shape("a property list or XML", None, r"<\?xml"),
    _shape("a dump of a PostgreSQL database", None, r"(?:--\s*\r?\n--\s*PostgreSQL|PGDMP)", "Export the table of users as CSV."),
    _shape("a dump of a MySQL database", None, r"--\s*(?:MySQL|MariaDB) dump|/\*!\d+", "Export the table of users as CSV."),
    _shape("SQL", None, r"(?i:INSERT\s+INTO|CREATE\s+TABLE|COPY\s)", "Export the table of users as CSV."),
    _shape("a dump of Django's", "django", r'\[?\s*\{\s*"model"\s*:'),
    _shape(
        "the file of Auth0's export extension with its column titles", None,
        r'\[?\s*\{(?=[^{}]{0,4096}"(?:Given Name|Family Name|Email Verified|Created At|Nickname|Id)"\s*:)',
        'In the extension, name the columns as in the profile ("user_id", "email"), or take the bulk export of users.',
    ),
    _shape(
        "the answer of the Admin SDK's listUsers, which holds no password hashes", None,
        r'[\[{](?=.{0,8192}"uid"\s*:)(?=.{0,8192}"(?:metadata|providerData|tokensValidAfterTime)"\s*:)',
        "Write the file with `firebase auth:export users.json --format=json`.",
    ),
    _shape("Firebase's export as JSON", "firebase", r'\{\s*"users"\s*:\s*\[\s*(?:\]|\{(?=.{0,8192}"localId"\s*:))'),
    _shape(
        "Firebase's export as CSV", None,
        r"[^,\r\n]{1,128},[^,\r\n]{0,254},(?:true|false)?,(?:[^,\r\n]*,){22,28}[^,\r\n]*(?:\r?\n|$)",
        "Write it as JSON: `firebase auth:export users.json --format=json`.",
    ),
    _shape(
        "the Backend API's list of users, which holds no password hashes", None,
        r'\[?\s*\{(?=.{0,8192}"object"\s*:\s*"user")', "Take the CSV file of the dashboard: Settings, User exports.",
    ),
    _shape("Auth0's export", "auth0", r'\[?\s*\{(?=[^\r\n]{0,16384}"(?:user_id|_id|identities)"\s*:)'),
    _shape("Clerk's export", "clerk", _HEADER.format("primary_email_address") + _HEADER.format("id")),
    _shape("a table of Django's users", "django", _HEADER.format("password") + _HEADER.format("date_joined")),
)  # fmt: skip


def check_source(file: TextIO, source: str) -> None:
    """Reject a file that was recognised as another format; an unrecognised one is left to its reader. Reads from the
    start of `file` and seeks back. Raises: UnusableFile.
    """
    start = file.read(_START)
    file.seek(0)
    found = [shape for shape in _SHAPES if shape.pattern.match(start)]
    if not found or any(shape.source == source for shape in found):
        return
    _refuse(found[0], source)


def _refuse(found: _Shape, source: str) -> NoReturn:
    if found.source is not None:
        raise UnusableFile(f"this is {found.is_a}: sojourn import {found.source} takes it. {_wanted(source)}")
    raise UnusableFile(f"this is {found.is_a}. {found.then or _wanted(source)}")


def with_wanted(error: UnusableFile, source: str) -> UnusableFile:
    """The same error, extended by the expected file, for a file that was not recognised."""
    said = error.long_message
    return error if WANTED[source] in said else UnusableFile(f"{said}. {_wanted(source)}")


def _wanted(source: str) -> str:
    return f"{source} wants {WANTED[source]}"
