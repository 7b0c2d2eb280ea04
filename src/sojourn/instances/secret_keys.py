"""Secret keys of the Backend API: their format and scopes (R-AUZ-08)."""

from enum import StrEnum
from zlib import crc32

from sojourn.instances.instance import Environment
from sojourn.secret import Secret

_PREFIX = len("sk_test_")
_RANDOM = 43
"""Characters of 256 bits in base64url; keys of older releases end there, without a checksum."""

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6  # 62**6 > 2**32


class Scope(StrEnum):
    """`READ` allows GET requests only; `FULL` allows everything."""

    FULL = "full"
    READ = "read"

    def allows(self, method: str) -> bool:
        return self is Scope.FULL or method == "GET"


def fresh_secret_key(environment: Environment) -> Secret:
    """`sk_test_` or `sk_live_`, 256 random bits and a checksum, by which secret scanners recognise keys."""
    secret = Secret.random(f"sk_{environment.word}_")
    return Secret(secret.reveal() + _checksum(secret.reveal()))


def is_damaged(secret: Secret) -> bool:
    """True if the checksum does not match, so that no look-up is needed. Keys of older releases have no checksum and pass."""
    text = secret.reveal()
    has_checksum = len(text) == _PREFIX + _RANDOM + _CHECKSUM
    return has_checksum and text[-_CHECKSUM:] != _checksum(text[:-_CHECKSUM])


def _checksum(text: str) -> str:
    """CRC-32 of the key so far, in base 62."""
    number = crc32(text.encode("utf-8", "surrogatepass"))
    letters: list[str] = []
    for _ in range(_CHECKSUM):
        number, digit = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[digit])
    return "".join(reversed(letters))
