"""Signing keys: selects the key that signs now and the published ones (R-KEY-03, R-KEY-04)."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sojourn.errors import Json, NotFound
from sojourn.ids import new_id
from sojourn.instant import Instant
from sojourn.moved import moved
from sojourn.secret import Secret
from sojourn.tokens.jws import Algorithm, PrivateKey, VerificationKey, encoded, encoded_header

__all__ = ["SigningKey", "SigningKeySet"]

PUBLISHED_AFTER_RETIREMENT = timedelta(hours=24, minutes=5, seconds=30)
"""The maximum token lifetime that verifiers accept, plus 5 minutes of cached key sets and the maximum clock skew
(R-KEY-03).
"""

_BEGINS = timedelta(minutes=1)
"""How long before its use a planned key counts as used, because the clocks of processes differ."""

SESSION_CATEGORY = "cl_B7d4PD111AAA"
TEMPLATE_CATEGORY = "cl_B7d4PD222AAA"

_MAX_OPENED = 4096
_opened: dict[bytes, PrivateKeyTypes] = {}
"""Cached by the hash of the PEM: parsing one takes 30 ms, and key sets are read again every minute."""


@dataclass(frozen=True)
class SigningKey:
    """RSA keys are 2048 bits with e = 65537, the only ones whose PEM published SDKs can read (R-JWT-02)."""

    kid: str
    algorithm: Algorithm
    private_pem: Secret = field(repr=False)
    public_pem: str
    created_at: Instant
    active_from: Instant
    retired_at: Instant | None = None

    @classmethod
    def generate(cls, algorithm: Algorithm, now: Instant, *, active_from: Instant | None = None) -> "SigningKey":
        private: PrivateKey
        if algorithm is Algorithm.RS256:
            private = generate_private_key(public_exponent=65537, key_size=2048)
        else:
            private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
        public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
        return cls(new_id("ins_"), algorithm, Secret(pem), public, now, active_from or now)

    @cached_property
    def private(self) -> PrivateKey:
        """Raises: ValueError when the PEM is damaged, TypeError when it is another kind of key."""
        key = opened(self.private_pem)
        if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
            raise TypeError("a signing key is RSA or Ed25519")
        return key

    @cached_property
    def session_header(self) -> str:
        return encoded_header(self.algorithm, self.kid, category=SESSION_CATEGORY)

    @cached_property
    def template_header(self) -> str:
        return encoded_header(self.algorithm, self.kid, category=TEMPLATE_CATEGORY)

    @cached_property
    def plain_header(self) -> str:
        return encoded_header(self.algorithm, self.kid)

    @cached_property
    def verification_key(self) -> VerificationKey:
        return VerificationKey(self.kid, self.algorithm, self.private.public_key())

    def jwk(self) -> dict[str, Json]:
        """Public members only."""
        public = self.private.public_key()
        shared: dict[str, Json] = {"use": "sig", "alg": self.algorithm.value, "kid": self.kid}
        if isinstance(public, RSAPublicKey):
            numbers = public.public_numbers()
            return {"kty": "RSA", **shared, "n": _unsigned(numbers.n), "e": _unsigned(numbers.e)}
        return {"kty": "OKP", **shared, "crv": "Ed25519", "x": encoded(public.public_bytes_raw())}


@dataclass(frozen=True)
class KeyCoverage:
    """When a key signs, and which tokens need it; times are None while no end is known."""

    key: SigningKey
    state: Literal["next", "signing", "retired"]
    signs_until: Instant | None
    tokens_until: Instant | None
    published_until: Instant | None


@dataclass(frozen=True)
class SigningKeySet:
    """The keys of one instance, oldest first."""

    keys: tuple[SigningKey, ...]

    def signing_key(self, now: Instant) -> SigningKey:
        """The youngest active key; a planned successor becomes active once all verifiers can know it.

        Raises: NotFound.
        """
        active = [
            key for key in self.keys if key.active_from <= now and (key.retired_at is None or now < key.retired_at)
        ]
        if not active:
            raise NotFound("This application has no signing key that is active now.")
        return max(active, key=lambda key: key.active_from)

    def planned(self, now: Instant) -> list[SigningKey]:
        """Keys of a planned rotation that can still be cancelled: no process signs with them yet."""
        return [key for key in self.keys if key.active_from > now + _BEGINS and key.retired_at is None]

    def coverage(self, now: Instant, longest_life: timedelta) -> list[KeyCoverage]:
        """Each published key with the times in which it signs and its tokens live, newest first."""
        current = self.signing_key(now)
        return [
            KeyCoverage(
                key,
                "next" if key.active_from > now else "signing" if key is current else "retired",
                signs_until=key.retired_at,
                tokens_until=None if key.retired_at is None else key.retired_at + longest_life,
                published_until=None if key.retired_at is None else key.retired_at + PUBLISHED_AFTER_RETIREMENT,
            )
            for key in reversed(self.published(now))
        ]

    def published(self, now: Instant) -> list[SigningKey]:
        return [key for key in self.keys if key.retired_at is None or now < key.retired_at + PUBLISHED_AFTER_RETIREMENT]

    def pem(self, now: Instant) -> str:
        """The public key of tokens minted now as SPKI PEM, for verifiers that take a single key."""
        return self.signing_key(now).public_pem

    def jwks(self, now: Instant) -> dict[str, Json]:
        """The JSON Web Key Set; the text changes only when a key is added or removed."""
        return {"keys": [key.jwk() for key in self.published(now)]}


def opened(pem: Secret) -> PrivateKeyTypes:
    """The key in a PEM without a passphrase. Raises: ValueError, TypeError, UnsupportedAlgorithm."""
    name = pem.stored_form()
    known = _opened.get(name)
    if known is not None:
        return known
    loaded = load_pem_private_key(pem.reveal().encode("utf-8", "surrogatepass"), password=None)
    if len(_opened) >= _MAX_OPENED:
        _opened.clear()
    _opened[name] = loaded
    return loaded


def _unsigned(number: int) -> str:
    return encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))


__getattr__ = moved(__name__, {"KeyRing": "sojourn.tokens.signing_keys:SigningKeySet"})
