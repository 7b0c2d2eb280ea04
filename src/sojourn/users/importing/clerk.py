"""The CSV that Clerk's dashboard exports."""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import TextIO

from sojourn.users.importing.record import Record, Unreadable, WrongFile, text_of
from sojourn.users.new_user import NewUser, Status

_SEPARATORS = re.compile(r"[|,;\s]+")


def read(file: TextIO) -> Iterator[Record | Unreadable]:
    """Raises: WrongFile without the columns `id` and `primary_email_address`."""
    rows = csv.DictReader(file)
    if not {"id", "primary_email_address"} <= set(rows.fieldnames or ()):
        raise WrongFile("the columns id and primary_email_address are missing: is this Clerk's user export?")
    for number, row in enumerate(rows, 1):
        id = text_of(row, "id")
        if id is None:
            yield Unreadable(number, "", "the row has no id")
            continue
        yield Record(number, id, _new(id, row))


def _new(id: str, row: Mapping[str, str]) -> NewUser:
    emails, email_statuses = _addresses(row, "primary_email_address", "email_addresses")
    phones, phone_statuses = _addresses(row, "primary_phone_number", "phone_numbers")
    digest = text_of(row, "password_digest")
    return NewUser(
        external_id=id,
        email_addresses=emails,
        email_address_statuses=email_statuses,
        phone_numbers=phones,
        phone_number_statuses=phone_statuses,
        username=text_of(row, "username"),
        first_name=text_of(row, "first_name"),
        last_name=text_of(row, "last_name"),
        password_digest=digest,
        password_hasher=(text_of(row, "password_hasher") or "bcrypt") if digest else None,
        skip_password_requirement=digest is None,
    )


def _addresses(row: Mapping[str, str], primary: str, plural: str) -> tuple[list[str], list[Status]]:
    """The primary one first; each once, verified when the file says so."""
    verified = _SEPARATORS.split(text_of(row, f"verified_{plural}") or "")
    unverified = _SEPARATORS.split(text_of(row, f"unverified_{plural}") or "")
    every = dict.fromkeys(each for each in (text_of(row, primary) or "", *verified, *unverified) if each)
    return list(every), ["reserved" if each in unverified else "verified" for each in every]
