"""Normalises the filters of a user list to the stored forms, because people paste and type other spellings (R-INP-01)."""

import re
import unicodedata
from dataclasses import replace
from typing import Literal

from sojourn.errors import SojournError
from sojourn.instant import Instant
from sojourn.store.interface import UserFilter
from sojourn.users.identifiers import normal_phone, stored_part, trimmed

_PART_OF_NUMBER = re.compile(r"[+(]?[\d\s().\-/\u2010-\u2013]*\d[\d\s().\-/\u2010-\u2013]*", re.ASCII)
_BETWEEN_DIGITS = re.compile(r"[^\d+]", re.ASCII)


def as_stored(where: UserFilter, now: Instant) -> UserFilter:
    """The filter with texts in NFC and trimmed, domains in IDNA, and phone numbers without separators."""
    query, email, phone = _clean(where.query), _clean(where.email_address_query), _clean(where.phone_number_query)
    return replace(
        where,
        now=now,
        query=query,
        query_as_stored=stored_part(query) if query else None,
        query_as_phone=_digits(query) if query else None,
        email_address_query=email,
        email_address_query_as_stored=stored_part(email) if email else None,
        phone_number_query=(_digits(phone) or phone) if phone else None,
        username_query=_clean(where.username_query, "NFKC"),
        name_query=_clean(where.name_query),
        email_addresses=[stored_part(address) or address for address in where.email_addresses],
        phone_numbers=[_number(number) for number in where.phone_numbers],
        usernames=[_clean(username, "NFKC") or username for username in where.usernames],
    )


def _clean(text: str | None, form: Literal["NFC", "NFKC"] = "NFC") -> str | None:
    return (unicodedata.normalize(form, trimmed(text)) or None) if text else None


def _digits(part: str) -> str | None:
    """A part of a phone number in stored form; None for other texts, and if the form is the same."""
    if _PART_OF_NUMBER.fullmatch(part) is None:
        return None
    digits = _BETWEEN_DIGITS.sub("", part)
    return digits if digits != part else None


def _number(text: str) -> str:
    """The integer value of a filter; other text is searched for unchanged and matches no user."""
    try:
        return normal_phone(text, param="phone_number").canonical
    except SojournError:
        return text
