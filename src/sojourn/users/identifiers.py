"""Identifiers in their one spelling: decode, normalise, refuse, then compare (R-INP-01, R-INP-03)."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sojourn.errors import FieldEmpty, FieldFormat, FieldTooLong, UsernameCharacter, UsernameLength

_EMAIL_LONGEST = 254
_NAME_LONGEST = 256
_USERNAME_SHORTEST, _USERNAME_LONGEST = 4, 64
_USERNAME = re.compile(r"[\w-]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_UNSAFE_IN_EMAIL = re.compile(r"[\s,;<>\"\\]")
_TEST_PHONE = re.compile(r"\+1\d{3}55501\d{2}")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`address` is what mail is sent to, `canonical` what is compared."""

    address: str
    canonical: str


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    number: str
    canonical: str


@dataclass(frozen=True, slots=True)
class Username:
    name: str
    canonical: str


def normal_email(text: str, *, param: str) -> EmailAddress:
    """Lower case and IDNA for the domain, case-folded local part; dots and plus signs stay. Raises: FieldFormat."""
    stripped = text.strip()
    if len(stripped.encode("utf-8", "surrogatepass")) > _EMAIL_LONGEST:
        raise FieldTooLong(param, _EMAIL_LONGEST)
    if not stripped:
        raise FieldEmpty(param)
    if _UNSAFE_IN_EMAIL.search(stripped) or _is_unclean(stripped) or not stripped.partition("@")[0].isascii():
        raise _not_an_email(param)
    try:
        valid = validate_email(stripped, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise _not_an_email(param) from error
    domain = valid.ascii_domain.lower()
    return EmailAddress(f"{valid.local_part}@{domain}", f"{valid.local_part.casefold()}@{domain}")


def _not_an_email(param: str) -> FieldFormat:
    return FieldFormat("Enter a valid e-mail address, such as name@example.com.", param=param)


def normal_phone(text: str, *, param: str) -> PhoneNumber:
    """E.164, with its country code. Raises: FieldFormat."""
    try:
        parsed = phonenumbers.parse(text.strip()[:32], None)
    except phonenumbers.NumberParseException as error:
        raise _not_a_phone(param) from error
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if not phonenumbers.is_possible_number(parsed) and not _TEST_PHONE.fullmatch(number):
        raise _not_a_phone(param)
    return PhoneNumber(number, number)


def _not_a_phone(param: str) -> FieldFormat:
    return FieldFormat("Enter a phone number with its country code, such as +12015550123.", param=param)


def normal_username(text: str, *, param: str) -> Username:
    """NFKC; letters, digits, `_` and `-`; 4 to 64 characters, not all digits. Raises: UsernameLength, UsernameCharacter."""
    name = unicodedata.normalize("NFKC", text.strip()[: _USERNAME_LONGEST * 4])
    if not _USERNAME_SHORTEST <= len(name) <= _USERNAME_LONGEST:
        advice = f"A user name has {_USERNAME_SHORTEST} to {_USERNAME_LONGEST} characters."
        raise UsernameLength(advice, param=param)
    if _is_unclean(name) or _USERNAME.fullmatch(name) is None or name.isdigit():
        raise UsernameCharacter("A user name is made of letters, digits, _ and -, and not of digits only.", param=param)
    return Username(name, unicodedata.normalize("NFKC", name.casefold()))


def normal_name(text: str, *, param: str) -> str:
    """A person's name: NFC, trimmed, without what cannot be seen. Raises: FieldFormat, FieldTooLong."""
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > _NAME_LONGEST:
        raise FieldTooLong(param, _NAME_LONGEST)
    if _is_unclean(name):
        raise FieldFormat(f"{param} holds characters that cannot be seen.", param=param)
    return name


def is_test_address(address: str) -> bool:
    """Whether it is one of the addresses that take the fixed code in development."""
    local, at, _ = address.partition("@")
    if at:
        return "+clerk_test" in local.lower()
    return _TEST_PHONE.fullmatch(address) is not None


def safe_identifier(identifier: str) -> str:
    """What may be shown of an address to somebody who has not proven it: `j***@example.com`."""
    local, at, domain = identifier.partition("@")
    if at:
        return f"{local[:1]}***@{domain}"
    return f"{identifier[:2]}***{identifier[-2:]}" if len(identifier) > 4 else "***"


def _is_unclean(text: str) -> bool:
    """Control, bidi, zero-width and other characters that change what a reader sees."""
    return any(unicodedata.category(character) in _INVISIBLE for character in text)
