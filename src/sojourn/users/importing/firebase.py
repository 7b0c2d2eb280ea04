"""Import of `firebase auth:export users.json` with the project's hash parameters from the console. Custom claims
(`customAttributes`) become public metadata, which also only the server can set.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import msgspec

from sojourn.errors import FieldError
from sojourn.factors.password_hashers import StoredPassword, check_import
from sojourn.instant import Instant
from sojourn.users.importing.json_records import Found, read_list, read_records
from sojourn.users.importing.record import (
    ImportedAddress,
    ImportedUser,
    LeftOut,
    RejectedRecord,
    UnusableFile,
    split_name,
)

_PARAMETER = re.compile(r"\"?(\w+)\"?\s*:\s*\"?([A-Za-z0-9+/=_-]+)\"?")
_NORMAL = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True, repr=False)
class HashParameters:
    """One signer key hashes the passwords of the whole project, so it is as confidential as the hashes."""

    signer_key: str
    salt_separator: str
    rounds: str
    mem_cost: str

    @classmethod
    def read(cls, text: str) -> "HashParameters":
        """`hash_config { … }` as the console shows it, or the same as JSON. Raises: UnusableFile."""
        found = dict(_PARAMETER.findall(text))
        try:
            parameters = cls(
                found["base64_signer_key"].translate(_NORMAL),
                found.get("base64_salt_separator", "").translate(_NORMAL),
                found["rounds"],
                found["mem_cost"],
            )
        except KeyError as missing:
            raise UnusableFile(f"the hash parameters lack {missing.args[0]}") from missing
        if found.get("algorithm", "SCRYPT").upper() != "SCRYPT":
            raise UnusableFile("the hash parameters are not those of SCRYPT, which is what auth:export writes")
        try:
            check_import("scrypt_firebase", parameters.applied("A" * 86 + "==", ""))
        except FieldError as error:
            raise UnusableFile("the hash parameters are damaged, or cost too much") from error
        return parameters

    def applied(self, digest: str, salt: str) -> str:
        return "$".join((digest, salt, self.signer_key, self.salt_separator, self.rounds, self.mem_cost))


class _Export(msgspec.Struct):
    users: list[msgspec.Raw]


class _Account(msgspec.Struct):
    id: str = msgspec.field(name="localId", default="")
    email: str | None = None
    email_verified: bool | None = msgspec.field(name="emailVerified", default=None)
    phone_number: str | None = msgspec.field(name="phoneNumber", default=None)
    display_name: str | None = msgspec.field(name="displayName", default=None)
    password_hash: str | None = msgspec.field(name="passwordHash", default=None)
    salt: str | None = None
    created_at: int | str | None = msgspec.field(name="createdAt", default=None)
    disabled: bool | None = None
    custom_claims: str | None = msgspec.field(name="customAttributes", default=None)
    second_factors: list[msgspec.Raw] | None = msgspec.field(name="mfaInfo", default=None)


def read(file: TextIO, parameters: HashParameters) -> Iterator[ImportedUser | RejectedRecord]:
    """Raises: UnusableFile."""
    for record in read_records(read_list(file.read(), _Export).users, _Account):
        yield record if isinstance(record, RejectedRecord) else _user(record, parameters)


def _user(found: Found[_Account], parameters: HashParameters) -> ImportedUser | RejectedRecord:
    place, account = found.place, found.value
    if not account.id:
        return RejectedRecord(place, None, "it has no localId")
    try:
        roles = msgspec.json.decode(account.custom_claims or "{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return RejectedRecord(place, account.id, "customAttributes is not a JSON object")
    created_at, left_out = _created_at(account.created_at)
    password = None
    if account.password_hash:
        digest, salt = account.password_hash.translate(_NORMAL), (account.salt or "").translate(_NORMAL)
        password = StoredPassword("scrypt_firebase", parameters.applied(digest, salt))
    first, last = split_name(account.display_name or "")
    return ImportedUser(
        place=place,
        external_id=account.id,
        emails=[ImportedAddress(account.email, bool(account.email_verified))] if account.email else [],
        # a number is present only if the user has signed in with it
        phones=[ImportedAddress(account.phone_number, True)] if account.phone_number else [],
        first_name=first,
        last_name=last,
        password=password,
        created_at=created_at,
        banned=bool(account.disabled),
        has_second_factor=bool(account.second_factors),
        public_metadata=roles,
        unused=found.unused,
        left_out=left_out,
    )


def _created_at(given: int | str | None) -> tuple[Instant | None, Sequence[LeftOut]]:
    try:
        return (Instant(int(given)) if given else None), ()
    except ValueError:
        return None, [LeftOut("created_at", "it is not a number of milliseconds")]
