"""Normalises identifiers: decode, normalise, validate, then compare (R-INP-01, R-INP-03)."""

import re
import unicodedata
from dataclasses import dataclass

import idna
import phonenumbers
from email_validator import EmailNotValidError, validate_email

from sojourn.errors import FieldEmpty, FieldFormat, FieldTooLong, UsernameCharacter, UsernameLength

_MAX_EMAIL = 254
_MAX_NAME = 256
USERNAME_LENGTHS = (4, 64)
_MIN_USERNAME, _MAX_USERNAME = USERNAME_LENGTHS
_USERNAME = re.compile(r"[\w-]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ZWJ = "\u200d"
_JOINERS = ("\u200c", _ZWJ)
_EMOJI_STYLE = "\ufe0f"
_VIRAMA = 9
"""The canonical combining class of viramas (Unicode 4.3)."""
_UNSAFE_IN_EMAIL = re.compile(r"[\s,;<>\"\\]")
_MEXICAN_MOBILE = re.compile(r"\+521\d{10}")
"""A Mexican mobile number in the format used until August 2019, with a 1 after the country code."""
_TEST_PHONE = re.compile(r"\+1\d{3}55501\d{2}")


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`address` is the recipient of mail, `canonical` the form for comparison."""

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
    stripped = trimmed(text)
    if len(stripped.encode("utf-8", "surrogatepass")) > _MAX_EMAIL:
        raise FieldTooLong(param, _MAX_EMAIL)
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


def stored_part(part: str) -> str | None:
    """A part of an address in stored form: IDNA for whole labels of a domain; None if the form is the same."""
    local, at, domain = unicodedata.normalize("NFC", trimmed(part)).rpartition("@")
    if domain.isascii() or not local.isascii():
        return None
    try:
        encoded = [idna.encode(label, uts46=True).decode() if label else "" for label in domain.split(".")]
    except idna.IDNAError:
        return None
    return f"{local}{at}{'.'.join(encoded)}"


def _not_an_email(param: str) -> FieldFormat:
    return FieldFormat("Enter a valid e-mail address, such as name@example.com.", param=param)


def normal_phone(text: str, *, param: str) -> PhoneNumber:
    """E.164, with its country code. Raises: FieldFormat."""
    try:
        parsed = phonenumbers.parse(trimmed(text)[:32], None)
    except phonenumbers.NumberParseException as error:
        raise _not_a_phone(param) from error
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if _MEXICAN_MOBILE.fullmatch(number):
        number = f"+52{number[4:]}"
        parsed = phonenumbers.parse(number, None)
    if not phonenumbers.is_possible_number(parsed) and not _TEST_PHONE.fullmatch(number):
        raise _not_a_phone(param)
    return PhoneNumber(number, number)


def _not_a_phone(param: str) -> FieldFormat:
    return FieldFormat("Enter a phone number with its country code, such as +12015550123.", param=param)


def normal_username(text: str, *, param: str) -> Username:
    """NFKC; letters, digits, `_` and `-`; 4 to 64 characters, not all digits. Raises: UsernameLength, UsernameCharacter."""
    name = unicodedata.normalize("NFKC", trimmed(text)[: _MAX_USERNAME * 4])
    if not _MIN_USERNAME <= len(name) <= _MAX_USERNAME:
        advice = f"A user name has {_MIN_USERNAME} to {_MAX_USERNAME} characters."
        raise UsernameLength(advice, param=param)
    if _is_unclean(name) or _USERNAME.fullmatch(name) is None or name.isdigit():
        raise UsernameCharacter("A user name is made of letters, digits, _ and -, and not of digits only.", param=param)
    return Username(name, unicodedata.normalize("NFKC", name.casefold()))


def normal_name(text: str, *, param: str) -> str:
    """A person's name: NFC, trimmed, without invisible characters that its script does not need.

    Raises: FieldFormat, FieldTooLong.
    """
    name = unicodedata.normalize("NFC", trimmed(text))
    if len(name) > _MAX_NAME:
        raise FieldTooLong(param, _MAX_NAME)
    if _is_unclean(name):
        raise FieldFormat(f"{param} contains invisible characters.", param=param)
    return name


def is_test_address(address: str) -> bool:
    """True for a test address, which accepts the fixed code in development."""
    local, at, _ = address.partition("@")
    if at:
        return "+clerk_test" in local.lower()
    return _TEST_PHONE.fullmatch(address) is not None


def safe_identifier(identifier: str) -> str:
    """The masked address shown before verification: `j***@example.com`."""
    local, at, domain = identifier.partition("@")
    if at:
        return f"{local[:1]}***@{domain}"
    return f"{identifier[:2]}***{identifier[-2:]}" if len(identifier) > 4 else "***"


def trimmed(text: str) -> str:
    """The text without white space and format characters at its ends, which keyboards, chat programs and spreadsheets
    add.
    """
    start, end = 0, len(text)
    while start < end and _is_stray(text[start]):
        start += 1
    while end > start and _is_stray(text[end - 1]) and not is_joiner_in_place(text, end - 1):
        end -= 1
    return text[start:end]


def is_invisible(text: str, at: int) -> bool:
    """True for a control, bidi, zero-width or private character, unless it is a joiner that the script needs there."""
    return unicodedata.category(text[at]) in _INVISIBLE and not is_joiner_in_place(text, at)


def is_joiner_in_place(text: str, at: int) -> bool:
    """True for U+200C or U+200D where it changes how a word is written: after a virama, between letters of a cursive
    script (RFC 5892 appendix A.1, A.2), or between the parts of one emoji (UTS 51 section 1.4.5).
    """
    if at == 0 or text[at] not in _JOINERS:
        return False
    if unicodedata.combining(text[at - 1]) == _VIRAMA:
        return True
    if at + 1 == len(text):
        return False
    if text[at] == _ZWJ and (text[at - 1] == _EMOJI_STYLE or unicodedata.category(text[at - 1]) in ("So", "Sk")):
        return unicodedata.category(text[at + 1]) == "So"
    before = at - 1
    while before > 0 and unicodedata.category(text[before]) == "Mn":
        before -= 1
    return _is_cursive(text[before]) and _is_cursive(text[at + 1])


def _is_cursive(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("AL", "R") and unicodedata.category(character).startswith("L")


def _is_stray(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) == "Cf"


def _is_unclean(text: str) -> bool:
    """Control, bidi, zero-width and other characters that change what a reader sees."""
    return any(is_invisible(text, at) for at in range(len(text)))
