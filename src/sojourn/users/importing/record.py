"""One user as another system wrote them down, or why they cannot be taken. Reading is pure: no store, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sojourn.errors import Json, SojournError
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.users.new_user import NewUser, Status


class UnusableFile(SojournError):
    """Not the file that was announced; nothing of it is imported. Never quotes the file: it holds password hashes."""

    code = "import_file_unusable"
    message = "The file cannot be imported"


@dataclass(frozen=True, slots=True)
class RecordPosition:
    """Where in the file, as an operator finds it: a line of text, or the nth record of a JSON list."""

    unit: Literal["line", "record"]
    number: int

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"


@dataclass(frozen=True, slots=True)
class RejectedRecord:
    """`reason` says what was wrong, and never what the record holds (R-LOG-02)."""

    place: RecordPosition
    external_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A field that did not come along with its person; `why` never says what it holds."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class ImportedAddress:
    value: str
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedUser:
    """`password` is the digest of the other system, unchecked. The first address of a kind is the primary one.

    `unused` names the fields of the source that hold something and have no place here; `mended` those that were cleaned.
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
        """What the account is made of, but for its password."""
        emails, phones = _proven_first(self.emails), _proven_first(self.phones)
        return NewUser(
            email_addresses=[each.value for each in emails],
            email_address_statuses=_statuses(emails, names_user=True),
            phone_numbers=[each.value for each in phones],
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
    """An ISO 8601 time, in UTC unless it says otherwise; None for an empty text. Raises: ValueError."""
    if not text:
        return None
    at = datetime.fromisoformat(text)
    return Instant.from_datetime(at if at.tzinfo else at.replace(tzinfo=UTC))


def dated(text: str) -> tuple[Instant | None, Sequence[LeftOut]]:
    """When an account was made, or what is told of a date that cannot be read."""
    try:
        return moment(text), ()
    except (ValueError, OverflowError):
        return None, [LeftOut("created_at", "it is not a date")]


def split_name(name: str) -> tuple[str | None, str | None]:
    """A name that is kept in one field, so that first and last name together read as it does."""
    first, _, last = name.strip().partition(" ")
    return first or None, last.strip() or None


def _proven_first(addresses: Sequence[ImportedAddress]) -> list[ImportedAddress]:
    """The primary address is the first; one that is not verified gives way to one that is."""
    return sorted(addresses, key=lambda each: not each.verified)


def _statuses(addresses: Sequence[ImportedAddress], *, names_user: bool) -> list[Status]:
    """Somebody whose only address was never proven keeps it, as after a sign-up without proof: it still names them."""
    found: list[Status] = ["verified" if each.verified else "unverified" for each in addresses]
    if found and names_user and "verified" not in found:
        found[0] = "reserved"
    return found
