"""Cleaning of imported records: names, addresses and numbers are normalised, and values that stay invalid are left out.

An invalid field refuses the user only if it identifies the user or decides whether they may sign in.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from sojourn.errors import FieldError
from sojourn.instant import Instant
from sojourn.users.identifiers import is_invisible, normal_email, normal_name, normal_phone, trimmed
from sojourn.users.importing.record import ImportedAddress, ImportedUser, LeftOut, RejectedRecord
from sojourn.users.metadata import checked_metadata
from sojourn.users.new_user import MAX_ADDRESSES

_SPACES = re.compile(r"\s+")
_SCHEME = re.compile(r"(?:mailto|tel|sms):", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>]*)>[\s.,;]*\Z")
_QUERY = re.compile(r"\?.*", re.DOTALL)
_AROUND = " \t\r\n.,;:<>\"'`"


def cleaned(record: ImportedUser, now: Instant) -> ImportedUser | RejectedRecord:
    """The record with only storable fields; `left_out` and `mended` list the changes. Rejected if it had addresses or
    numbers and neither one of them nor a username is left.
    """
    left: list[LeftOut] = []
    mended: list[str] = []
    names = [_name(getattr(record, param), param, left, mended) for param in ("first_name", "last_name")]
    emails = _addresses(record.emails, "email_address", _email, left, mended)
    phones = _addresses(record.phones, "phone_number", _phone, left, mended)
    if left and not (emails or phones or record.username) and (record.emails or record.phones):
        first = next(omission for omission in left if omission.what in ("email_address", "phone_number"))
        return record.refused(f"{first.what}: {first.why}")
    return replace(
        record,
        first_name=names[0],
        last_name=names[1],
        emails=emails,
        phones=phones,
        created_at=_date(record.created_at, now, left),
        unsafe_metadata={} if _is_unfit_metadata(record, left) else record.unsafe_metadata,
        left_out=(*record.left_out, *left),
        mended=(*record.mended, *mended),
    )


def cleaned_records(
    records: Iterable[ImportedUser | RejectedRecord], now: Instant
) -> Iterable[ImportedUser | RejectedRecord]:
    for record in records:
        yield cleaned(record, now) if isinstance(record, ImportedUser) else record


def clean_name(text: str) -> str:
    """Replace tabs, line breaks and no-break spaces by spaces; remove invisible characters that the script does not
    need.
    """
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", text).replace("\0", " "))
    return trimmed(_visible(spaced))


def clean_email(text: str) -> str:
    """`a@b` of `mailto:a@b`, `Ann <a@b>`, `<a@b>`, `a@b.` and `a@b;`; characters inside stay as they are."""
    address = trimmed(text)
    if named := _IN_BRACKETS.search(address):
        address = named[1]
    address = address.strip(_AROUND)
    if _SCHEME.match(address):
        address = _QUERY.sub("", _SCHEME.sub("", address, count=1))
    return trimmed(address).strip(_AROUND)


def _visible(text: str) -> str:
    return "".join(character for at, character in enumerate(text) if not is_invisible(text, at))


def _name(text: str | None, param: str, left: list[LeftOut], mended: list[str]) -> str | None:
    if not text:
        return None
    name = clean_name(text)
    try:
        fit = normal_name(name, param=param)
    except FieldError as error:
        left.append(LeftOut(param, error.long_message))
        return None
    if fit != unicodedata.normalize("NFC", text.strip()):
        mended.append(param)
    return fit or None


def _without_format(text: str) -> str:
    """Remove bidi and zero-width characters; a control character stays and makes the address invalid."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


@dataclass(frozen=True, slots=True)
class _Spelled:
    """`is_same` is False if a verification of the text does not apply to the address: without invisible characters
    inside, it names another mailbox.
    """

    value: str
    canonical: str
    is_same: bool
    is_mended: bool


def _email(text: str) -> _Spelled:
    address = clean_email(text)
    seen = _without_format(address)
    email = normal_email(seen, param="email_address")
    return _Spelled(email.address, email.canonical, is_same=seen == address, is_mended=seen != text.strip())


def _phone(text: str) -> _Spelled:
    seen = _SCHEME.sub("", _without_format(text).strip(_AROUND), count=1)
    phone = normal_phone(seen, param="phone_number")
    return _Spelled(phone.number, phone.canonical, is_same=True, is_mended=seen != text.strip())


def _addresses(
    given: Sequence[ImportedAddress],
    kind: str,
    spell: Callable[[str], _Spelled],
    left: list[LeftOut],
    mended: list[str],
) -> list[ImportedAddress]:
    """The valid addresses in order, each canonical form once; verified if one of its spellings is."""
    found: dict[str, ImportedAddress] = {}
    for address in given:
        try:
            spelled = spell(address.value)
        except FieldError as error:
            left.append(LeftOut(kind, error.long_message))
            continue
        if spelled.is_mended:
            mended.append(kind)
        known = found.get(spelled.canonical)
        verified = (address.verified and spelled.is_same) or (known is not None and known.verified)
        found[spelled.canonical] = ImportedAddress(known.value if known else spelled.value, verified)
    kept = sorted(found.values(), key=lambda address: not address.verified)[:MAX_ADDRESSES]
    left += [LeftOut(kind, f"a user has at most {MAX_ADDRESSES} of these")] * (len(found) - len(kept))
    return [address for address in found.values() if address in kept]


def _date(at: Instant | None, now: Instant, left: list[LeftOut]) -> Instant | None:
    if at is None or Instant(0) <= at <= now:
        return at
    left.append(LeftOut("created_at", "it lies in the future or before 1970"))
    return None


def _is_unfit_metadata(record: ImportedUser, left: list[LeftOut]) -> bool:
    """Only for metadata that users write themselves: the other kinds may hold permissions, so invalid ones refuse the user."""
    try:
        checked_metadata(record.unsafe_metadata, "unsafe_metadata")
    except FieldError as error:
        left.append(LeftOut("unsafe_metadata", error.long_message))
        return True
    return False
