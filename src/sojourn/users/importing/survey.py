"""The first pass over a file, before anything is written: checks that it is readable and collects facts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword
from sojourn.instant import Instant
from sojourn.users.importing.cleaning import cleaned_records
from sojourn.users.importing.record import ImportedAddress, ImportedUser, RejectedRecord


@dataclass(frozen=True, slots=True)
class Survey:
    """`proven` are the verified addresses in the file, stored as hashes because a file may hold millions.

    `passwords` holds one hash for each cost in the file (R-ENU-02).
    """

    records: int
    proven: Collection[int]
    passwords: Collection[StoredPassword] = ()

    @classmethod
    def of(cls, records: Iterable[ImportedUser | RejectedRecord]) -> "Survey":
        """Raises: UnusableFile, which the second pass then cannot raise."""
        count, proven, passwords = 0, set[int](), dict[str | None, StoredPassword]()
        for record in cleaned_records(records, Instant(0)):
            count += 1
            if isinstance(record, ImportedUser):
                proven.update(_key(address) for address in (*record.emails, *record.phones) if address.verified)
                if record.password is not None:
                    passwords.setdefault(cost_of(record.password), record.password)
        return cls(count, proven, list(passwords.values()))

    def without_claims(self, record: ImportedUser) -> ImportedUser:
        """The record without unverified additional addresses that another record has verified."""
        return replace(record, emails=self._unclaimed(record.emails), phones=self._unclaimed(record.phones))

    def _unclaimed(self, addresses: Sequence[ImportedAddress]) -> Sequence[ImportedAddress]:
        if len(addresses) < 2:
            return addresses
        return [address for address in addresses if address.verified or _key(address) not in self.proven]


def _key(address: ImportedAddress) -> int:
    return hash(address.value.casefold())
