"""Firebase's `auth:export` as JSON, with the hash parameters of the project."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TextIO

from sojourn.users.importing.record import Record, Unreadable, WrongFile, moment_of, object_of, text_of
from sojourn.users.new_user import NewUser

_URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class HashParameters:
    """As the Firebase console shows them under "Password hash parameters"; keys are base64."""

    signer_key: str = ""
    salt_separator: str = ""
    rounds: int = 8
    mem_cost: int = 14

    def read(self, file: TextIO) -> Iterator[Record | Unreadable]:
        """Raises: WrongFile."""
        try:
            people = object_of(json.load(file)).get("users")
        except ValueError as error:
            raise WrongFile(f"this is no JSON: {error}") from error
        if not isinstance(people, list):
            raise WrongFile("there is no list of users: is this the output of firebase auth:export?")
        for number, each in enumerate(people, 1):
            row = object_of(each)
            id = text_of(row, "localId")
            if id is None:
                yield Unreadable(number, "", "the entry has no localId")
            elif text_of(row, "passwordHash") and not self.signer_key:
                yield Unreadable(number, id, "a password needs the project's --signer-key")
            else:
                try:
                    yield Record(number, id, self._new(id, row))
                except ValueError as error:
                    yield Unreadable(number, id, str(error))

    def _new(self, id: str, row: Mapping[str, object]) -> NewUser:
        email, phone = text_of(row, "email"), text_of(row, "phoneNumber")
        first, _, last = (text_of(row, "displayName") or "").partition(" ")
        digest = self._digest(text_of(row, "passwordHash"), text_of(row, "salt") or "")
        return NewUser(
            external_id=id,
            email_addresses=[email] if email else [],
            email_address_statuses=(["verified"] if row.get("emailVerified") is True else ["reserved"]) if email else [],
            phone_numbers=[phone] if phone else [],
            first_name=first or None,
            last_name=last or None,
            password_digest=digest,
            password_hasher="scrypt_firebase" if digest else None,
            skip_password_requirement=digest is None,
            created_at=moment_of(row.get("createdAt")),
            banned=row.get("disabled") is True,
        )

    def _digest(self, hashed: str | None, salt: str) -> str | None:
        if hashed is None:
            return None
        parts = (hashed, salt, self.signer_key, self.salt_separator)
        return "$".join([*(part.translate(_URL_SAFE) for part in parts), str(self.rounds), str(self.mem_cost)])
