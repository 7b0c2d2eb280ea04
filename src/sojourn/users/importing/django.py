"""Django's `auth_user`: as CSV (`COPY auth_user TO … CSV HEADER`) or JSON (`manage.py dumpdata auth.user`)."""

import csv
import json
from collections.abc import Iterator, Mapping
from typing import TextIO

from sojourn.users.importing.record import Record, Unreadable, WrongFile, moment_of, object_of, text_of
from sojourn.users.new_user import NewUser

_TRUE = ("true", "t", "1")


def read(file: TextIO) -> Iterator[Record | Unreadable]:
    """Raises: WrongFile."""
    begin = file.read(1)
    file.seek(0)
    for number, (id, row) in enumerate(_of_json(file) if begin == "[" else _of_csv(file), 1):
        try:
            yield Record(number, id, _new(id, row))
        except ValueError as error:
            yield Unreadable(number, id, str(error))


def _of_csv(file: TextIO) -> Iterator[tuple[str, Mapping[str, object]]]:
    rows = csv.DictReader(file)
    if not {"id", "username", "password"} <= set(rows.fieldnames or ()):
        raise WrongFile("the columns id, username and password are missing: is this auth_user with its header?")
    for row in rows:
        yield str(row["id"]), row


def _of_json(file: TextIO) -> Iterator[tuple[str, Mapping[str, object]]]:
    try:
        dumped = json.load(file)
    except ValueError as error:
        raise WrongFile(f"this is no JSON: {error}") from error
    for each in dumped:
        row = object_of(each)
        if "fields" not in row or "pk" not in row:
            raise WrongFile("the objects have no pk and fields: is this the output of dumpdata?")
        yield str(row["pk"]), object_of(row["fields"])


def _new(id: str, row: Mapping[str, object]) -> NewUser:
    hasher, digest = _password(text_of(row, "password") or "")
    email, username = text_of(row, "email"), text_of(row, "username")
    return NewUser(
        external_id=id,
        email_addresses=[email] if email else [],
        # Django asks nobody to prove an address
        email_address_statuses=["reserved"] if email else [],
        username=None if username and "@" in username else username,
        first_name=text_of(row, "first_name"),
        last_name=text_of(row, "last_name"),
        password_hasher=hasher,
        password_digest=digest,
        skip_password_requirement=digest is None,
        created_at=moment_of(row.get("date_joined")),
        banned=str(row.get("is_active", "true")).lower() not in _TRUE,
    )


def _password(encoded: str) -> tuple[str | None, str | None]:
    """Hasher and digest; nothing for a password that nobody can use. Raises: ValueError for one we cannot check."""
    if not encoded or encoded.startswith("!"):
        return None, None
    algorithm, _, rest = encoded.partition("$")
    if algorithm == "pbkdf2_sha256":
        return "pbkdf2_sha256_django", encoded
    if algorithm == "bcrypt_sha256":
        return "bcrypt_sha256_django", encoded
    if algorithm == "bcrypt":
        return "bcrypt", rest
    if algorithm == "argon2":
        return ("argon2id" if rest.startswith("argon2id") else "argon2i"), f"${rest}"
    raise ValueError(f"passwords hashed with {algorithm[:20]!r} cannot be taken over: let this person set a new one")
