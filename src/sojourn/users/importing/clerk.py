"""The CSV file that Clerk's dashboard exports. It contains no metadata, dates or bans."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from sojourn.factors.password_hashers import StoredPassword
from sojourn.users.importing.csv_rows import read_rows
from sojourn.users.importing.record import ImportedAddress, ImportedUser, RecordPosition, RejectedRecord

_USED = frozenset(
    {"id", "password_digest", "password_hasher", "username", "first_name", "last_name", "totp_secret"}
    | {"primary_email_address", "verified_email_addresses", "unverified_email_addresses"}
    | {"primary_phone_number", "verified_phone_numbers", "unverified_phone_numbers"}
)
_BETWEEN = re.compile(r"[|,;]")


def read(file: TextIO) -> Iterator[ImportedUser | RejectedRecord]:
    """Raises: UnusableFile."""
    for row in read_rows(file, ["id", "primary_email_address"]):
        yield row if isinstance(row, RejectedRecord) else _user(row.place, row.cells, row.unused(_USED))


def _user(place: RecordPosition, cells: Mapping[str, str], unused: Sequence[str]) -> ImportedUser | RejectedRecord:
    id, digest, hasher = cells["id"], cells.get("password_digest", ""), cells.get("password_hasher", "")
    if not id:
        return RejectedRecord(place, None, "it has no id")
    if digest and not hasher:
        return RejectedRecord(place, id, "it has a password_digest without its password_hasher")
    return ImportedUser(
        place=place,
        external_id=id,
        emails=_addresses(cells, "email_address", "email_addresses"),
        phones=_addresses(cells, "phone_number", "phone_numbers"),
        username=cells.get("username") or None,
        first_name=cells.get("first_name") or None,
        last_name=cells.get("last_name") or None,
        password=StoredPassword(hasher, digest) if digest else None,
        has_second_factor=bool(cells.get("totp_secret")),
        unused=unused,
    )


def _addresses(cells: Mapping[str, str], one: str, many: str) -> list[ImportedAddress]:
    """The primary address first.

    Only addresses listed as verified count as verified; an unverified primary address is in the other list.
    """
    verified = _listed(cells.get(f"verified_{many}", ""))
    others = _listed(cells.get(f"unverified_{many}", ""))
    primary = _listed(cells.get(f"primary_{one}", ""))
    proven = {address.casefold() for address in verified}
    unique = {address.casefold(): address for address in (*primary, *verified, *others)}
    return [ImportedAddress(value, key in proven) for key, value in unique.items()]


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(cell) if part.strip()]
