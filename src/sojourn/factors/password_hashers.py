"""Stored passwords, and all supported formats of imported ones (R-PWD-04). Our own form is in `password_hashing.py`."""

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import argon2
import bcrypt
from argon2.low_level import Type

from sojourn.errors import FieldError, FieldFormat

__all__ = ["StoredPassword"]

_OTHER_ARGON2 = {kind: argon2.PasswordHasher(type=kind) for kind in (Type.I, Type.ID)}

_BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
_WORDPRESS = "$wp"
_ARGON2 = re.compile(r"\$argon2(i|id)\$v=\d{1,3}\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")
_MAX_PBKDF2 = 5_000_000
_PBKDF2 = re.compile(r"([a-z0-9_]{1,32})\$([1-9][0-9]{0,6})\$([^$]{1,512})\$([^$]{1,512})(?:\$([1-9][0-9]{0,2}))?")
_WERKZEUG = re.compile(r"scrypt:(\d{1,7}):(\d{1,3}):(\d{1,3})\$([^$]+)\$([0-9a-f]{128})", re.ASCII)
_FIREBASE = re.compile(
    r"([A-Za-z0-9+/]{22,512}={0,2})\$([A-Za-z0-9+/]{0,128}={0,2})\$([A-Za-z0-9+/]{22,512}={0,2})"
    r"\$([A-Za-z0-9+/]{0,128}={0,2})\$([1-9][0-9]?)\$([1-9][0-9]?)"
)
_PHPASS = re.compile(r"\$[PH]\$[./0-9A-Za-z]{31}")
_SYMFONY = re.compile(r"sha512_symfony\$(\d{1,6})\$([^$]{1,128})\$([A-Za-z0-9+/]{86}==)", re.ASCII)
_LEAST_BYTES = 16
"""A shorter digest would match too many passwords."""
_MAX_SCRYPT = (1 << 17, 8, 10)


@dataclass(frozen=True, slots=True)
class StoredPassword:
    """`hasher` names how `digest` was made; `pepper` is the id of the pepper key applied last, if any (R-PWD-02)."""

    hasher: str
    digest: str
    pepper: str | None = None

    def __repr__(self) -> str:
        return f"StoredPassword({self.hasher}, hidden)"


def check_import(hasher: str, digest: str) -> None:
    """Check that this is a supported digest of acceptable cost. Raises: FieldError (unknown hasher), FieldFormat (digest)."""
    checked = _IMPORTS.get(hasher)
    if checked is None:
        raise FieldError(f"{hasher[:40]} is not a password hasher that can be imported.", param="password_hasher")
    if len(digest) > 1024 or not checked(digest):
        raise FieldFormat(
            "password_digest does not have the form of its hasher, or costs too much.", param="password_digest"
        )


def import_fits(stored: StoredPassword, text: bytes) -> bool:
    """True if the password matches the imported digest. Never raises."""
    shape, check = _IMPORTS.get(stored.hasher), _CHECKS.get(stored.hasher)
    if shape is None or check is None or not shape(stored.digest):
        return False  # damaged, so its cost parameters are not used
    try:
        return check(stored.digest, text)
    except (ValueError, TypeError, IndexError, OverflowError, argon2.exceptions.Argon2Error):
        return False


def _argon2_fits(hasher: argon2.PasswordHasher, digest: str, text: bytes) -> bool:
    try:
        return hasher.verify(digest, text)
    except (
        argon2.exceptions.VerifyMismatchError,
        argon2.exceptions.VerificationError,
        argon2.exceptions.InvalidHashError,
    ):
        return False


# -- shapes and costs that are taken ---------------------------------------------------------------------------------


def _bcrypt_or_wordpress_shape(digest: str) -> bool:
    return _bcrypt_shape(digest.removeprefix(_WORDPRESS))


def _bcrypt_shape(digest: str) -> bool:
    found = _BCRYPT.fullmatch(digest)
    return found is not None and 4 <= int(found[1]) <= 15


def _argon2_shape(digest: str) -> bool:
    found = _ARGON2.fullmatch(digest)
    return found is not None and int(found[2]) <= 262_144 and int(found[3]) <= 10 and int(found[4]) <= 8


def _pbkdf2_shape(name: str, digest_form: str) -> Callable[[str], bool]:
    def shape(digest: str) -> bool:
        found = _PBKDF2.fullmatch(digest)
        if found is None or found[1] != name or int(found[2]) > _MAX_PBKDF2:
            return False
        try:
            made = _bytes_of(found[4], digest_form)
        except ValueError:
            return False
        return len(made) >= _LEAST_BYTES and int(found[5] or len(made)) == len(made) <= 256

    return shape


def _werkzeug_shape(digest: str) -> bool:
    found = _WERKZEUG.fullmatch(digest)
    return found is not None and _scrypt_cost(int(found[1]), int(found[2]), int(found[3]))


def _firebase_shape(digest: str) -> bool:
    found = _FIREBASE.fullmatch(digest)
    return found is not None and int(found[6]) <= 17 and _scrypt_cost(1 << int(found[6]), int(found[5]), 1)


def _scrypt_cost(n: int, r: int, p: int) -> bool:
    return 1 < n <= _MAX_SCRYPT[0] and n & (n - 1) == 0 and 1 <= r <= _MAX_SCRYPT[1] and 1 <= p <= _MAX_SCRYPT[2]


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda digest: pattern.fullmatch(digest) is not None


def _peppered_shape(digest: str) -> bool:
    return _bcrypt_shape(digest[:60]) and digest[60:61] == "$" and len(digest) > 61


def _django_bcrypt_shape(digest: str) -> bool:
    return digest.startswith("bcrypt_sha256$") and _bcrypt_shape(digest.removeprefix("bcrypt_sha256$"))


def _phpass_shape(digest: str) -> bool:
    return _PHPASS.fullmatch(digest) is not None and _ITOA.index(digest[3]) <= 20


def _symfony_shape(digest: str) -> bool:
    found = _SYMFONY.fullmatch(digest)
    return found is not None and 1 <= int(found[1]) <= 100_000


_IMPORTS: Mapping[str, Callable[[str], bool]] = {
    "bcrypt": _bcrypt_or_wordpress_shape,
    "bcrypt_sha256_django": _django_bcrypt_shape,
    "bcrypt_peppered": _peppered_shape,
    "argon2i": _argon2_shape,
    "argon2id": _argon2_shape,
    "pbkdf2_sha1": _pbkdf2_shape("pbkdf2_sha1", "hex"),
    "pbkdf2_sha256": _pbkdf2_shape("pbkdf2_sha256", "base64"),
    "pbkdf2_sha256_django": _pbkdf2_shape("pbkdf2_sha256", "base64"),
    "pbkdf2_sha512": _pbkdf2_shape("pbkdf2_sha512", "hex"),
    "pbkdf2_sha512_hex": _pbkdf2_shape("pbkdf2_sha512", "hex"),
    "scrypt_firebase": _firebase_shape,
    "scrypt_werkzeug": _werkzeug_shape,
    "phpass": _phpass_shape,
    "md5_phpass": _phpass_shape,
    "md5": _matches(re.compile(r"[0-9a-fA-F]{32}")),
    "md5_salted": _matches(re.compile(r"[^$]{1,128}\$[0-9a-fA-F]{32}")),
    "sha256": _matches(re.compile(r"[0-9a-fA-F]{64}")),
    "sha256_salted": _matches(re.compile(r"[^$]{1,128}\$[0-9a-fA-F]{64}")),
    "ldap_ssha": _matches(re.compile(r"\{SSHA\}[A-Za-z0-9+/]{27,128}={0,2}")),
    "sha512_symfony": _symfony_shape,
}
FAST: Mapping[str, str] = {"md5": "md5", "md5_salted": "md5", "sha256": "sha256", "sha256_salted": "sha256"}
"""Hasher to algorithm: wrapped in argon2id when they come in, so nothing weak is at rest. An LDAP salt and Symfony's rounds
stand inside the digest, so those two are replaced at first sign-in."""


# -- checks ----------------------------------------------------------------------------------------------------------


def _bcrypt_fits(digest: str, text: bytes) -> bool:
    # bcrypt itself reads 72 bytes: the old hash is compared so, then replaced by one of the whole password (R-PWD-07)
    return bcrypt.checkpw(text[:72], digest.replace("$2y$", "$2b$", 1).encode())


def _bcrypt_or_wordpress_fits(digest: str, text: bytes) -> bool:
    """WordPress 6.8 and newer writes `$wp` before a bcrypt hash of the password's HMAC, so that none is too long for bcrypt."""
    if not digest.startswith(_WORDPRESS):
        return _bcrypt_fits(digest, text)
    mac = hmac.digest(b"wp-sha384", text, "sha384")
    return _bcrypt_fits(digest.removeprefix(_WORDPRESS), b64encode(mac))


def _peppered_fits(digest: str, text: bytes) -> bool:
    return _bcrypt_fits(digest[:60], text + digest[61:].encode())


def _django_bcrypt_fits(digest: str, text: bytes) -> bool:
    return _bcrypt_fits(digest.removeprefix("bcrypt_sha256$"), hashlib.sha256(text).hexdigest().encode())


def _imported_argon2_fits(digest: str, text: bytes) -> bool:
    kind = Type.ID if digest.startswith("$argon2id") else Type.I
    return _argon2_fits(_OTHER_ARGON2[kind], digest, text)


def _pbkdf2_fits(algorithm: str, salt_form: str, digest_form: str) -> Callable[[str, bytes], bool]:
    def fits(digest: str, text: bytes) -> bool:
        parts = digest.split("$")
        salt, expected = _salt_of(parts[2], salt_form), _bytes_of(parts[3], digest_form)
        length = int(parts[4]) if len(parts) == 5 else len(expected)
        made = hashlib.pbkdf2_hmac(algorithm, text, salt, int(parts[1]), min(length, 256))
        return hmac.compare_digest(made, expected)

    return fits


def _bytes_of(text: str, form: str) -> bytes:
    """Raises: ValueError."""
    if form == "base64":
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    return bytes.fromhex(text) if form == "hex" else text.encode()


def _salt_of(text: str, form: str) -> bytes:
    try:
        return _bytes_of(text, form)
    except ValueError:
        return text.encode()  # some systems hash the salt as text


def _werkzeug_fits(digest: str, text: bytes) -> bool:
    method, salt, expected = digest.split("$")
    _, n, r, p = method.split(":")
    made = hashlib.scrypt(text, salt=salt.encode(), n=int(n), r=int(r), p=int(p), maxmem=256 << 20, dklen=64)
    return hmac.compare_digest(made.hex(), expected)


def _firebase_fits(digest: str, text: bytes) -> bool:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    expected, salt, signer, separator, rounds, cost = digest.split("$")
    key = hashlib.scrypt(
        text,
        salt=b64decode(salt) + b64decode(separator),
        n=1 << int(cost),
        r=int(rounds),
        p=1,
        maxmem=256 << 20,
        dklen=32,
    )
    encryptor = Cipher(algorithms.AES(key), modes.CTR(b"\0" * 16)).encryptor()
    made = encryptor.update(b64decode(signer)) + encryptor.finalize()
    return hmac.compare_digest(made, b64decode(expected))


_ITOA = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _phpass_fits(digest: str, text: bytes) -> bool:
    state = hashlib.md5(digest[4:12].encode() + text, usedforsecurity=False).digest()
    for _ in range(1 << _ITOA.index(digest[3])):
        state = hashlib.md5(state + text, usedforsecurity=False).digest()
    return hmac.compare_digest(_phpass_text(state), digest[12:])


def _phpass_text(data: bytes) -> str:
    letters: list[str] = []
    for start in range(0, len(data), 3):
        group = data[start : start + 3]
        number = int.from_bytes(group, "little")
        letters += [_ITOA[(number >> (6 * place)) & 63] for place in range(len(group) + 1)]
    return "".join(letters)


def _md5_phpass_fits(digest: str, text: bytes) -> bool:
    return _phpass_fits(digest, hashlib.md5(text, usedforsecurity=False).hexdigest().encode())


def _ssha_fits(digest: str, text: bytes) -> bool:
    data = b64decode(digest.removeprefix("{SSHA}"))
    return hmac.compare_digest(hashlib.sha1(text + data[20:], usedforsecurity=False).digest(), data[:20])


def _symfony_fits(digest: str, text: bytes) -> bool:
    _, rounds, salt, expected = digest.split("$")
    merged = text + b"{" + salt.encode() + b"}"
    state = hashlib.sha512(merged).digest()
    for _ in range(int(rounds) - 1):
        state = hashlib.sha512(state + merged).digest()
    return hmac.compare_digest(b64encode(state).decode(), expected)


_CHECKS: Mapping[str, Callable[[str, bytes], bool]] = {
    "bcrypt": _bcrypt_or_wordpress_fits,
    "bcrypt_sha256_django": _django_bcrypt_fits,
    "bcrypt_peppered": _peppered_fits,
    "argon2i": _imported_argon2_fits,
    "argon2id": _imported_argon2_fits,
    "pbkdf2_sha1": _pbkdf2_fits("sha1", "hex", "hex"),
    "pbkdf2_sha256": _pbkdf2_fits("sha256", "base64", "base64"),
    "pbkdf2_sha256_django": _pbkdf2_fits("sha256", "raw", "base64"),
    "pbkdf2_sha512": _pbkdf2_fits("sha512", "raw", "hex"),
    "pbkdf2_sha512_hex": _pbkdf2_fits("sha512", "hex", "hex"),
    "scrypt_firebase": _firebase_fits,
    "scrypt_werkzeug": _werkzeug_fits,
    "phpass": _phpass_fits,
    "md5_phpass": _md5_phpass_fits,
    "ldap_ssha": _ssha_fits,
    "sha512_symfony": _symfony_fits,
}
