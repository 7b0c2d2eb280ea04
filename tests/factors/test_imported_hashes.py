"""Digests of other systems: published examples, forms made here by their recipe, and what is refused."""

import hashlib
import hmac
from base64 import b64encode

import bcrypt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sojourn.errors import FieldFormat
from sojourn.factors.password_hashers import _IMPORTS, StoredPassword, import_fits
from sojourn.factors.password_hashing import PasswordHashing

_hashing = PasswordHashing()

_SIGNER = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
_FIREBASE = "lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
_RFC7914 = (
    "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
)
_SHA512_ONCE = (
    "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
    "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce"
)

PUBLISHED = [
    ("phpass", "$P$984478476IagS59wHZvyQMArzfx58u.", "hashcat"),
    ("phpass", "$H$984478476IagS59wHZvyQMArzfx58u.", "hashcat"),
    ("phpass", "$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0", "test12345"),
    ("scrypt_firebase", f"{_FIREBASE}$42xEC+ixf3L2lw==${_SIGNER}$Bw==$8$14", "user1password"),
    ("scrypt_werkzeug", f"scrypt:16384:8:1$SodiumChloride${_RFC7914}", "pleaseletmein"),  # RFC 7914 section 12
    ("pbkdf2_sha1", "pbkdf2_sha1$4096$73616c74$4b007901b765489abead49d926f721d065a429c1", "password"),  # RFC 6070
    ("pbkdf2_sha512", f"pbkdf2_sha512$1$salt${_SHA512_ONCE}", "password"),
    ("pbkdf2_sha512_hex", f"pbkdf2_sha512$1$73616c74${_SHA512_ONCE}", "password"),
]


@pytest.mark.parametrize(("hasher", "digest", "password"), PUBLISHED)
def test_a_published_example_is_verified_and_replaced(
    hasher: str, digest: str, password: str
) -> None:  # R-PWD-03, R-PWD-04
    stored = _hashing.import_digest(hasher, digest)
    verified = _hashing.verify(stored, password)
    assert verified.ok and verified.upgraded is not None and verified.upgraded.hasher == "argon2id"
    assert _hashing.verify(verified.upgraded, password).ok
    assert not _hashing.verify(stored, password + "!").ok


@pytest.mark.parametrize("password", ["word press 12", "a long one " * 20, "pässwörter éàü 12"])
def test_wordpress_hashes_the_mac_of_a_password_with_bcrypt(
    password: str,
) -> None:  # R-PWD-04, WordPress 6.8 wp_hash_password
    mac = b64encode(hmac.new(b"wp-sha384", password.encode(), hashlib.sha384).digest())
    digest = "$wp" + bcrypt.hashpw(mac, bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$")
    stored = _hashing.import_digest("bcrypt", digest)
    verified = _hashing.verify(stored, password)
    assert verified.ok and verified.upgraded is not None and _hashing.verify(verified.upgraded, password).ok
    assert not _hashing.verify(stored, password[:-1]).ok


def test_the_mark_of_wordpress_makes_no_dearer_hash_and_belongs_to_bcrypt_alone() -> None:  # R-PWD-04
    for hasher, digest in (
        ("bcrypt", "$wp$2y$16$" + "a" * 53),
        ("bcrypt_peppered", "$wp$2y$04$" + "a" * 53 + "$pepper"),
    ):
        with pytest.raises(FieldFormat):
            _hashing.import_digest(hasher, digest)


_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _phpass(password: bytes, rounds: str, salt: str) -> str:
    """As its authors wrote it: a bit at a time, six bits a letter, the lowest first."""
    digest = hashlib.md5(salt.encode() + password).digest()
    for _ in range(2 ** _ALPHABET.index(rounds)):
        digest = hashlib.md5(digest + password).digest()
    bits = "".join(f"{byte:08b}"[::-1] for byte in digest)
    letters = [_ALPHABET[int(bits[at : at + 6][::-1], 2)] for at in range(0, 128, 6)]
    return f"$P${rounds}{salt}{''.join(letters)}"


def test_a_phpass_of_an_md5_is_verified() -> None:  # R-PWD-04
    digest = _phpass(hashlib.md5(b"violet ferry").hexdigest().encode(), "9", "saltsalt")
    stored = _hashing.import_digest("md5_phpass", digest)
    assert _hashing.verify(stored, "violet ferry").ok
    assert not _hashing.verify(stored, "violet ferries").ok
    assert not _hashing.verify(_hashing.import_digest("phpass", digest), "violet ferry").ok


def _symfony(password: str, rounds: int, salt: str) -> str:
    salted = f"{password}{{{salt}}}".encode()
    digest = hashlib.sha512(salted)
    for _ in range(1, rounds):
        digest = hashlib.sha512(digest.digest() + salted)
    return f"sha512_symfony${rounds}${salt}${b64encode(digest.digest()).decode()}"


@pytest.mark.parametrize("rounds", [1, 2, 5000])
def test_symfonys_rounds_are_verified(rounds: int) -> None:  # R-PWD-04
    stored = _hashing.import_digest("sha512_symfony", _symfony("violet ferry", rounds, "a salt"))
    assert _hashing.verify(stored, "violet ferry").ok
    assert not _hashing.verify(stored, "violet ferry ").ok


def test_a_pbkdf2_may_name_its_length() -> None:  # R-PWD-04
    made = hashlib.pbkdf2_hmac("sha512", b"violet ferry", b"salt", 1000, 32).hex()
    stored = _hashing.import_digest("pbkdf2_sha512_hex", f"pbkdf2_sha512$1000${b'salt'.hex()}${made}$32")
    assert _hashing.verify(stored, "violet ferry").ok


def test_a_name_that_another_system_did_not_normalise_is_tried_as_typed_first() -> None:  # R-PWD-05
    typed = "cafe\u0301 cafe\u0301"
    stored = _hashing.import_digest("sha512_symfony", _symfony(typed, 3, "salt"))
    verified = _hashing.verify(stored, typed)
    assert verified.ok and verified.upgraded is not None
    assert _hashing.verify(verified.upgraded, "caf\u00e9 caf\u00e9").ok


_SHORT = b64encode(b"x" * 12).decode()
_SIXTEEN = b64encode(b"x" * 16).decode()

REFUSED = [
    ("bcrypt", "$2b$03$" + "a" * 53),
    ("bcrypt", "$2b$16$" + "a" * 53),
    ("argon2id", "$argon2id$v=19$m=262145,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
    ("argon2id", "$argon2id$v=19$m=1024,t=11,p=1$c2FsdHNhbHQ$aGFzaGhhc2g"),
    ("argon2i", "$argon2i$v=19$m=1024,t=2,p=9$c2FsdHNhbHQ$aGFzaGhhc2g"),
    ("pbkdf2_sha256", f"pbkdf2_sha256$5000001$c2FsdA==${_SIXTEEN}"),
    ("pbkdf2_sha256", f"pbkdf2_sha256$000000001999999999${_SIXTEEN}${_SIXTEEN}"),  # more than its first nine digits say
    ("pbkdf2_sha256", f"pbkdf2_sha256$0$c2FsdA==${_SIXTEEN}"),
    ("pbkdf2_sha256", f"pbkdf2_sha256$-1$c2FsdA==${_SIXTEEN}"),
    ("pbkdf2_sha256", f"pbkdf2_sha256$\u0661\u0660$c2FsdA==${_SIXTEEN}"),
    ("pbkdf2_sha256", f"pbkdf2_sha256$1000$c2FsdA==${_SHORT}"),  # a digest of a few bytes fits many passwords
    ("pbkdf2_sha256", f"pbkdf2_sha1$1000$c2FsdA==${_SIXTEEN}"),
    ("pbkdf2_sha512_hex", f"pbkdf2_sha512$1000$73616c74${'ab' * 64}$9999"),
    ("pbkdf2_sha512_hex", f"pbkdf2_sha512$1000$73616c74${'zz' * 64}"),
    ("scrypt_werkzeug", "scrypt:262144:8:1$salt$" + "a" * 128),
    ("scrypt_werkzeug", "scrypt:1023:8:1$salt$" + "a" * 128),
    ("scrypt_werkzeug", "scrypt:1024:9:1$salt$" + "a" * 128),
    ("scrypt_werkzeug", "scrypt:1024:8:11$salt$" + "a" * 128),
    ("scrypt_firebase", f"{_FIREBASE}$42xEC+ixf3L2lw==${_SIGNER}$Bw==$8$18"),
    ("scrypt_firebase", f"{_FIREBASE}$42xEC+ixf3L2lw==${_SIGNER}$Bw==$9$14"),
    ("scrypt_firebase", f"{_FIREBASE}$42xEC+ixf3L2lw==${_SIGNER}$Bw==$0089$14"),
    ("scrypt_firebase", f"{_FIREBASE}$42xEC+ixf3L2lw==${_SIGNER}$Bw==$8$0179"),
    ("scrypt_firebase", "$42xEC+ixf3L2lw==$$Bw==$8$14"),  # nothing signed and nothing expected fits every password
    ("phpass", "$P$J12345678" + "a" * 22),
    ("phpass", "$P$9short"),
    ("sha512_symfony", "sha512_symfony$100001$salt$" + b64encode(bytes(64)).decode()),
    ("sha512_symfony", "sha512_symfony$0$salt$" + b64encode(bytes(64)).decode()),
    ("sha512_symfony", "sha512_symfony$5000$salt$="),
    ("ldap_ssha", "{SSHA}AAAA"),
    ("sha256", "a" * 1025),
]


@pytest.mark.parametrize(("hasher", "digest"), REFUSED)
def test_a_cost_beyond_what_we_bear_or_a_form_that_is_not_its_own_is_refused(
    hasher: str, digest: str
) -> None:  # R-PWD-04
    with pytest.raises(FieldFormat) as refused:
        _hashing.import_digest(hasher, digest)
    assert refused.value.param == "password_digest"


@settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(hasher=st.sampled_from(sorted(_IMPORTS)), digest=st.text(max_size=80))
def test_no_damaged_digest_fits_or_raises(hasher: str, digest: str) -> None:
    assert not import_fits(StoredPassword(hasher, digest), b"violet ferry")


@pytest.mark.parametrize(("hasher", "digest", "password"), PUBLISHED)
def test_a_digest_with_one_letter_changed_fits_no_more(hasher: str, digest: str, password: str) -> None:
    at = digest.index("$", 5) - 5 if hasher == "scrypt_firebase" else len(digest) - 5
    changed = digest[:at] + ("0" if digest[at] != "0" else "1") + digest[at + 1 :]
    assert not import_fits(StoredPassword(hasher, changed), password.encode())
