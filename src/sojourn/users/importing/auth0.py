"""Auth0's bulk export: a JSON record on each line, with `passwordHash` if Auth0's support has added it. Users can write
`user_metadata` themselves, so it becomes unsafe metadata, because apps may trust public metadata.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TextIO

import msgspec

from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.users.importing.json_records import Found, read_lines, read_list, read_records
from sojourn.users.importing.record import (
    ImportedAddress,
    ImportedUser,
    LeftOut,
    RejectedRecord,
    UnusableFile,
    dated,
    split_name,
)


class _ObjectId(msgspec.Struct):
    oid: str = msgspec.field(name="$oid", default="")


class _Long(msgspec.Struct):
    number: str = msgspec.field(name="$numberLong")


class _Date(msgspec.Struct):
    """Extended JSON, relaxed or canonical; a number is milliseconds since 1970."""

    date: str | int | _Long = msgspec.field(name="$date", default="")


class _Profile(msgspec.Struct):
    user_id: str = ""
    object_id: _ObjectId | None = msgspec.field(name="_id", default=None)
    email: str | None = None
    email_verified: bool | None = None
    phone_number: str | None = None
    phone_verified: bool | None = None
    username: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    name: str | None = None
    password_hash: str | None = msgspec.field(name="passwordHash", default=None)
    created_at: str | _Date | None = None
    blocked: bool | None = None
    multifactor: list[str] | None = None
    user_metadata: dict[str, Any] | None = None
    app_metadata: dict[str, Any] | None = None


def read(file: TextIO) -> Iterator[ImportedUser | RejectedRecord]:
    """Raises: UnusableFile."""
    start = file.read(64)
    file.seek(0)
    if start.lstrip("\ufeff \t\r\n").startswith("["):  # the export extension writes the records as one list
        records = read_records(read_list(file.read(), list[msgspec.Raw]), _Profile)
    else:
        records = read_lines(file, _Profile)
    count = 0
    for count, record in enumerate(records, 1):
        user = record if isinstance(record, RejectedRecord) else _user(record)
        if count == 1 and isinstance(user, RejectedRecord):
            raise UnusableFile(f"the first record is not one of Auth0's: {user.reason}")
        yield user
    if count == 0:
        raise UnusableFile("the file holds no record")


def _user(found: Found[_Profile]) -> ImportedUser | RejectedRecord:
    place, profile = found.place, found.value
    id = profile.user_id
    if not id and profile.object_id is not None and profile.object_id.oid:
        id = f"auth0|{profile.object_id.oid}"  # the user_id of a database user, which the file with hashes omits
    if not id:
        return RejectedRecord(place, None, "it has no user_id")
    at, left_out = _created_at(profile.created_at)
    first, last = _names(profile)
    return ImportedUser(
        place=place,
        external_id=id,
        emails=[ImportedAddress(profile.email, bool(profile.email_verified))] if profile.email else [],
        phones=[ImportedAddress(profile.phone_number, bool(profile.phone_verified))] if profile.phone_number else [],
        username=profile.username or None,
        first_name=first,
        last_name=last,
        password=StoredPassword("bcrypt", profile.password_hash) if profile.password_hash else None,
        created_at=at,
        banned=bool(profile.blocked),
        has_second_factor=bool(profile.multifactor),
        unsafe_metadata=profile.user_metadata or {},
        private_metadata=profile.app_metadata or {},
        unused=found.unused,
        left_out=left_out,
    )


def _created_at(given: str | _Date | None) -> tuple[Instant | None, Sequence[LeftOut]]:
    date = given.date if isinstance(given, _Date) else given
    if isinstance(date, _Long):
        date = int(date.number) if date.number.isascii() and date.number.isdigit() else date.number
    return (Instant(date), ()) if isinstance(date, int) else dated(date or "")


def _names(profile: _Profile) -> tuple[str | None, str | None]:
    """For a user who never entered a name, Auth0 fills `name` with the address and `nickname` with a part of it."""
    if profile.given_name or profile.family_name:
        return profile.given_name or None, profile.family_name or None
    name = profile.name or ""
    return (None, None) if "@" in name else split_name(name)
