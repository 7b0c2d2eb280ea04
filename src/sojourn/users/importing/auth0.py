"""Auth0's export: one JSON object a line, with `passwordHash` when their support has added it."""

import json
from collections.abc import Iterator, Mapping
from typing import TextIO

from sojourn.errors import Json
from sojourn.users.importing.record import Record, Unreadable, WrongFile, moment_of, object_of, text_of
from sojourn.users.new_user import NewUser

_OURS = ("user_id", "Id", "_id")


def read(file: TextIO) -> Iterator[Record | Unreadable]:
    """Raises: WrongFile when the first line is no object of a person."""
    number = 0
    for line in file:
        if not line.strip():
            continue
        number += 1
        try:
            row: Mapping[str, Json] = object_of(json.loads(line))
            id = next((found for name in _OURS if (found := _id(row.get(name)))), None)
        except ValueError as error:
            if number == 1:
                raise WrongFile(f"the first line is no JSON object: {error}") from error
            yield Unreadable(number, "", "the line is no JSON object")
            continue
        if id is None:
            if number == 1:
                raise WrongFile("the first line has no user_id: is this Auth0's export as NDJSON?")
            yield Unreadable(number, "", "the line has no user_id")
            continue
        try:
            yield Record(number, id, _new(id, row))
        except ValueError as error:
            yield Unreadable(number, id, str(error))


def _id(value: Json) -> str | None:
    """Also as `{"$oid": …}`, which exports with password hashes have."""
    found = value.get("$oid") if isinstance(value, dict) else value
    return found if isinstance(found, str) and found else None


def _new(id: str, row: Mapping[str, Json]) -> NewUser:
    email, digest = text_of(row, "email"), text_of(row, "passwordHash")
    return NewUser(
        external_id=id,
        email_addresses=[email] if email else [],
        email_address_statuses=(["verified"] if row.get("email_verified") is True else ["reserved"]) if email else [],
        username=text_of(row, "username"),
        first_name=text_of(row, "given_name"),
        last_name=text_of(row, "family_name"),
        password_digest=digest,
        password_hasher="bcrypt" if digest else None,
        skip_password_requirement=digest is None,
        public_metadata=object_of(row.get("user_metadata")),
        private_metadata=object_of(row.get("app_metadata")),
        created_at=moment_of(row.get("created_at")) if isinstance(row.get("created_at"), str) else None,
        banned=row.get("blocked") is True,
    )
