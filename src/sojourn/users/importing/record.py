"""One user of another system's export, or the reason for rejecting it. Pure: no store, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sojourn.errors import Json, SojournError
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.users.new_user import NewUser, Status


class UnusableFile(SojournError):
    """The file does not have the announced format; nothing is imported. Never quotes the file, which contains password hashes."""

    code = "import_file_unusable"
    message = "The file cannot be imported"


@dataclass(frozen=True, slots=True)
class RecordPosition:
    """The position in the file: a line of text, or the nth record of a JSON list."""

    unit: Literal["line", "record"]
    number: int

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """`reason` says what is wrong without quoting the record (R-LOG-02)."""

    place: RecordPosition
    external_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A dropped field of an imported user; `why` never quotes its value."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportedAddress:
    value: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedUser:
    """`password` is the digest of the other system, unchecked. The first address of a kind is the primary one.

    `unused` names non-empty source fields that Sojourn does not have; `mended` names fields that were cleaned.
    """

    place: RecordPosition
    external_id: str
    emails: Sequence[ImportedAddress] = ()
    phones: Sequence[ImportedAddress] = ()
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    password: StoredPassword | None = None
    created_at: Instant | None = None
    banned: bool = False
    has_second_factor: bool = False
    public_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    unsafe_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    private_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    unused: Sequence[str] = ()
    left_out: Sequence[LeftOut] = ()
    mended: Sequence[str] = ()

    def refused(self, reason: str) -> RejectedRecord:
        return RejectedRecord(self.place, self.external_id, reason)

    def new_user(self) -> NewUser:
        """The account data without the password."""
        emails, phones = _proven_first(self.emails), _proven_first(self.phones)
        return NewUser(
            email_addresses=[email.value for email in emails],
            email_address_statuses=_statuses(emails, names_user=True),
            phone_numbers=[phone.value for phone in phones],
            phone_number_statuses=_statuses(phones, names_user=not emails),
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            external_id=self.external_id,
            created_at=self.created_at,
            banned=self.banned,
            public_metadata=self.public_metadata,
            unsafe_metadata=self.unsafe_metadata,
            private_metadata=self.private_metadata,
        )


def moment(text: str) -> Instant | None:
    """Parse an ISO 8601 time, in UTC by default; None for empty text. Raises: ValueError."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return Instant.from_datetime(at if at.tzinfo else at.replace(tzinfo=UTC))


def dated(text: str) -> tuple[Instant | None, Sequence[LeftOut]]:
    """The creation time of an account, or a dropped field if the date is invalid."""
    try:
        return moment(text), ()
    except (ValueError, OverflowError):
        return None, [LeftOut("created_at", "it is not a date")]


def split_name(name: str) -> tuple[str | None, str | None]:
    """Split a full name into first and last name."""
    first, _, last = name.strip().partition(" ")
    return first or None, last.strip() or None


def _proven_first(addresses: Sequence[ImportedAddress]) -> list[ImportedAddress]:
    """Sort verified addresses first; the first one becomes the primary address."""
    return sorted(addresses, key=lambda address: not address.verified)


def _statuses(addresses: Sequence[ImportedAddress], *, names_user: bool) -> list[Status]:
    """The status of each address. A sole unverified address is `reserved`, as after a sign-up without verification."""
    found: list[Status] = ["verified" if address.verified else "unverified" for address in addresses]
    if found and names_user and "verified" not in found:
        found[0] = "reserved"
    return found
