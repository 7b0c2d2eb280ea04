"""Passwords: how new ones are kept, how those of other systems are read, what is refused."""

import hashlib
from base64 import b64encode

import argon2
import bcrypt
import pytest

from sojourn.errors import FieldError, FieldFormat, PasswordCommon, PasswordTooLong, PasswordTooShort
from sojourn.factors.common_passwords import size
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import PasswordHashing
from sojourn.factors.password_policy import check_new_password

TEXT = "correct horse"

_hashing = PasswordHashing()
hash_password, verify_password, import_digest = _hashing.hash, _hashing.verify, _hashing.import_digest


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


_SALT = b"saltsalt"
DIGESTS = {
    "bcrypt": bcrypt.hashpw(TEXT.encode(), bcrypt.gensalt(4)).decode(),
    "bcrypt_peppered": bcrypt.hashpw((TEXT + "pepper").encode(), bcrypt.gensalt(4)).decode() + "$pepper",
    "bcrypt_sha256_django": "bcrypt_sha256$"
    + bcrypt.hashpw(hashlib.sha256(TEXT.encode()).hexdigest().encode(), bcrypt.gensalt(4)).decode(),
    "argon2id": argon2.PasswordHasher(1, 1024, 1).hash(TEXT),
    "argon2i": argon2.PasswordHasher(1, 1024, 1, type=argon2.Type.I).hash(TEXT),
    "pbkdf2_sha256": f"pbkdf2_sha256$1000${_b64(_SALT)}${_b64(hashlib.pbkdf2_hmac('sha256', TEXT.encode(), _SALT, 1000))}",
    "pbkdf2_sha256_django": f"pbkdf2_sha256$1000$saltsalt${_b64(hashlib.pbkdf2_hmac('sha256', TEXT.encode(), _SALT, 1000))}",
    "pbkdf2_sha1": f"pbkdf2_sha1$1000${_SALT.hex()}${hashlib.pbkdf2_hmac('sha1', TEXT.encode(), _SALT, 1000, 32).hex()}",
    "pbkdf2_sha512": f"pbkdf2_sha512$1000$saltsalt${hashlib.pbkdf2_hmac('sha512', TEXT.encode(), _SALT, 1000).hex()}",
    "scrypt_werkzeug": "scrypt:1024:8:1$saltsalt$" + hashlib.scrypt(TEXT.encode(), salt=_SALT, n=1024, r=8, p=1).hex(),
    "md5": hashlib.md5(TEXT.encode()).hexdigest(),
    "md5_salted": "saltsalt$" + hashlib.md5(b"saltsalt" + TEXT.encode()).hexdigest(),
    "sha256": hashlib.sha256(TEXT.encode()).hexdigest(),
    "sha256_salted": "saltsalt$" + hashlib.sha256(b"saltsalt" + TEXT.encode()).hexdigest(),
    "ldap_ssha": "{SSHA}" + _b64(hashlib.sha1(TEXT.encode() + _SALT).digest() + _SALT),
}


def test_a_new_password_is_argon2id_at_the_current_cost() -> None:  # R-PWD-01
    stored = hash_password(TEXT)
    assert stored.digest.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(stored, TEXT).ok
    assert verify_password(stored, TEXT).upgraded is None
    assert TEXT not in repr(stored) and stored.digest not in repr(stored)


@pytest.mark.parametrize(("typed", "fits"), [(TEXT + " ", False), (TEXT.upper(), False), ("x" * 65, False)])
def test_nothing_is_trimmed_truncated_or_folded(typed: str, fits: bool) -> None:  # R-PWD-05
    assert verify_password(hash_password(TEXT), typed).ok is fits


def test_two_spellings_of_one_letter_are_one_password() -> None:  # R-PWD-05
    assert verify_password(hash_password("caf\u00e9 caf\u00e9"), "cafe\u0301 cafe\u0301").ok


@pytest.mark.parametrize("hasher", list(DIGESTS))
def test_an_imported_digest_is_verified_as_its_system_did_and_asks_to_be_replaced(
    hasher: str,
) -> None:  # R-PWD-03, R-PWD-04
    stored = import_digest(hasher, DIGESTS[hasher])
    assert verify_password(stored, TEXT).ok
    assert verify_password(stored, TEXT).upgraded is not None
    assert not verify_password(stored, TEXT + "!").ok


@pytest.mark.parametrize("hasher", ["md5", "md5_salted", "sha256", "sha256_salted"])
def test_a_fast_legacy_hash_is_not_at_rest(hasher: str) -> None:  # R-PWD-04
    stored = import_digest(hasher, DIGESTS[hasher])
    assert DIGESTS[hasher].rpartition("$")[2] not in stored.digest
    assert "$argon2id$" in stored.digest


def test_bcrypt_compares_72_bytes_and_the_replacement_all() -> None:  # R-PWD-07
    long = "a" * 72
    stored = import_digest("bcrypt", bcrypt.hashpw(long.encode(), bcrypt.gensalt(4)).decode())
    assert verify_password(stored, long + "tail").ok
    assert not verify_password(hash_password(long + "tail"), long).ok


@pytest.mark.parametrize(
    ("hasher", "digest"),
    [
        ("bcrypt", "$2b$31$" + "a" * 53),
        ("argon2id", "$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
        ("pbkdf2_sha256", "pbkdf2_sha256$99999999$c2FsdA==$aGFzaA=="),
        ("scrypt_werkzeug", "scrypt:1048576:8:1$salt$" + "a" * 128),
        ("md5", "nothex"),
        ("phpass", "$P$"),
    ],
)
def test_a_digest_that_is_malformed_or_too_costly_is_refused(hasher: str, digest: str) -> None:  # R-PWD-04
    with pytest.raises(FieldFormat) as refused:
        import_digest(hasher, digest)
    assert refused.value.param == "password_digest"


def test_an_unknown_hasher_is_refused() -> None:  # R-PWD-04
    with pytest.raises(FieldError) as refused:
        import_digest("rot13", "abc")
    assert refused.value.param == "password_hasher"


def test_a_damaged_digest_verifies_nothing_and_raises_nothing() -> None:
    for hasher in DIGESTS:
        assert not verify_password(StoredPassword(hasher, "damaged"), TEXT).ok


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("short12", PasswordTooShort),
        ("x" * 257, PasswordTooLong),
        ("Password123", PasswordCommon),
        ("grace.hopper1", PasswordCommon),
    ],
)
def test_lengths_and_common_passwords_are_refused_with_their_own_code(  # R-PWD-06, R-PWD-09
    password: str, error: type[FieldError]
) -> None:
    with pytest.raises(error):
        check_new_password(password, param="password", context=["grace.hopper@example.com"])


@pytest.mark.parametrize(
    "password", ["aaaa bbbb cccc dddd", "einfachlanggenugundneu", "\u00fcber \u00e4\u00f6\u00fc \u00df 123"]
)
def test_no_composition_is_asked_for(password: str) -> None:  # R-PWD-08
    check_new_password(password, param="password")


def test_the_list_of_common_passwords_is_long_enough() -> None:  # R-PWD-09
    assert size() >= 100_000
