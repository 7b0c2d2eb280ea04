"""Django's `auth_user`: as CSV with a header, or as `manage.py dumpdata auth.user` writes it.

Django does not record if an address was verified, so an option of the import decides for all addresses.
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import TextIO

import msgspec

from sojourn.factors.password_hashers import StoredPassword
from sojourn.users.importing.csv_rows import read_rows
from sojourn.users.importing.json_records import Found, read_lines, read_list, read_records
from sojourn.users.importing.record import ImportedAddress, ImportedUser, RejectedRecord, UnusableFile, dated

_TRUE, _FALSE = frozenset({"t", "true", "1"}), frozenset({"f", "false", "0"})
_USED = frozenset({"id", "password", "username", "email", "first_name", "last_name", "is_active", "date_joined"})
_HEX_MD5 = re.compile(r"[0-9a-fA-F]{32}")


class _Fields(msgspec.Struct):
    password: str
    username: str = ""
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    is_active: bool = True
    date_joined: str | None = None


class _Object(msgspec.Struct):
    model: str
    pk: int | str | None = None
    fields: msgspec.Raw = msgspec.Raw(b"{}")


def read(file: TextIO, *, verified: bool = False) -> Iterator[ImportedUser | RejectedRecord]:
    """Raises: UnusableFile."""
    start = file.read(64)
    file.seek(0)
    match start.lstrip("\ufeff \t\r\n")[:1]:
        case "[":
            yield from _read_json(read_records(read_list(file.read(), list[msgspec.Raw]), _Object), verified)
        case "{":  # dumpdata --format jsonl
            yield from _read_json(read_lines(file, _Object), verified)
        case _:
            yield from _read_csv(file, verified)


def _read_csv(file: TextIO, verified: bool) -> Iterator[ImportedUser | RejectedRecord]:
    for row in read_rows(file, ["id", "password", "email"]):
        if isinstance(row, RejectedRecord):
            yield row
            continue
        cells, active = row.cells, row.cells.get("is_active", "t").lower()
        if active not in _TRUE | _FALSE:
            yield RejectedRecord(row.place, cells["id"], "is_active is neither true nor false")
            continue
        fields = _Fields(
            password=cells["password"],
            username=cells.get("username", ""),
            email=cells["email"],
            first_name=cells.get("first_name"),
            last_name=cells.get("last_name"),
            is_active=active in _TRUE,
            date_joined=cells.get("date_joined"),
        )
        unused = row.unused(_USED, nothing=_FALSE)
        yield _user(Found(row.place, fields, unused), cells["id"], verified)


def _read_json(
    records: Iterator[Found[_Object] | RejectedRecord], verified: bool
) -> Iterator[ImportedUser | RejectedRecord]:
    is_of_users = False
    for record in records:
        if isinstance(record, RejectedRecord):
            yield record
            continue
        entry = record.value
        if not entry.model.lower().endswith(".user"):  # of any app, because a dump may contain more than users
            continue
        is_of_users = True
        if entry.pk is None:
            yield RejectedRecord(record.place, None, "it has no pk: write the dump without --natural-primary")
            continue
        fields = next(read_records([entry.fields], _Fields))
        if isinstance(fields, RejectedRecord):
            yield RejectedRecord(record.place, str(entry.pk), fields.reason)
        else:
            yield _user(replace(fields, place=record.place), str(entry.pk), verified)
    if not is_of_users:
        raise UnusableFile("the file holds no auth.user: write it with `manage.py dumpdata auth.user`")


def _user(found: Found[_Fields], id: str, verified: bool) -> ImportedUser | RejectedRecord:
    place, fields = found.place, found.value
    if not id:
        return RejectedRecord(place, None, "it has no id")
    created_at, left_out = dated(fields.date_joined or "")
    try:
        password = _password(fields.password)
    except ValueError:
        return RejectedRecord(place, id, "password is not a hash of Django's that can be imported")
    # many projects store the address in `username`; it is imported as an address
    name, email = fields.username, fields.email or ""
    if "@" in name:
        name, email = "", email or name
    return ImportedUser(
        place=place,
        external_id=id,
        emails=[ImportedAddress(email, verified)] if email else [],
        username=name or None,
        first_name=fields.first_name or None,
        last_name=fields.last_name or None,
        password=password,
        created_at=created_at,
        banned=not fields.is_active,
        unused=found.unused,
        left_out=left_out,
    )


def _password(text: str) -> StoredPassword | None:
    """Django's digest converted to our form, None for an unusable password. Raises: ValueError, also for plain text."""
    if not text or text.startswith("!"):
        return None
    algorithm, mark, rest = text.partition("$")
    if not mark:
        if not _HEX_MD5.fullmatch(text):
            raise ValueError
        return StoredPassword("md5", text)
    match algorithm:
        case "pbkdf2_sha256":
            return StoredPassword("pbkdf2_sha256_django", text)
        case "bcrypt_sha256":
            return StoredPassword("bcrypt_sha256_django", text)
        case "bcrypt":
            return StoredPassword("bcrypt", rest)
        case "argon2":
            return StoredPassword("argon2id" if rest.startswith("argon2id$") else "argon2i", f"${rest}")
        case "pbkdf2_sha1":
            rounds, salt, digest = rest.split("$")
            # our format reads a salt that looks hexadecimal as hexadecimal, so it is encoded that way
            return StoredPassword("pbkdf2_sha1", f"pbkdf2_sha1${rounds}${salt.encode().hex()}${_hex(digest)}")
        case "scrypt":
            n, salt, r, p, digest = rest.split("$")
            return StoredPassword("scrypt_werkzeug", f"scrypt:{n}:{r}:{p}${salt}${_hex(digest)}")
        case "md5":
            salt, digest = rest.split("$")
            return StoredPassword("md5_salted", rest) if salt else StoredPassword("md5", digest)
        case _:
            raise ValueError


def _hex(text: str) -> str:
    return b64decode(text, validate=True).hex()
