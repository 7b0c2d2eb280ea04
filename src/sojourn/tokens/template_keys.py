"""An owner's own signing key for a JWT template, for services configured with its public key (decision 0008)."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sojourn.errors import FieldError
from sojourn.secret import Secret
from sojourn.tokens.jws import encoded, encoded_header
from sojourn.tokens.signing_keys import TEMPLATE_CATEGORY, opened

OwnKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey

_RSA_BITS = range(2048, 4097)
_RSA_EXPONENT = 65537


class TemplateAlgorithm(StrEnum):
    """HMAC is excluded, because the key that a service needs to verify would also let it sign (R-JWT-02)."""

    RS256 = "RS256"
    ES256 = "ES256"
    EDDSA = "EdDSA"


_NEEDED = {
    TemplateAlgorithm.RS256: "an RSA key of 2048 to 4096 bits with the exponent 65537",
    TemplateAlgorithm.ES256: "an elliptic curve key on P-256",
    TemplateAlgorithm.EDDSA: "an Ed25519 key",
}


@dataclass(frozen=True)
class TemplateKey:
    """One key for one algorithm.

    It is in none of our key sets, so Sojourn never accepts tokens signed with it (R-JWT-03, R-JWT-08).
    """

    algorithm: TemplateAlgorithm
    private_pem: Secret = field(repr=False)

    @classmethod
    def read(cls, algorithm: str, pem: str) -> "TemplateKey":
        """Parse and normalize the owner's PEM; takes tens of milliseconds. Raises: FieldError for an unsupported
        algorithm, or a key that is of another type, weak or unreadable.
        """
        if algorithm not in list(TemplateAlgorithm):
            advice = f"signing_algorithm must be one of {', '.join(TemplateAlgorithm)}."
            if algorithm.startswith("HS"):
                advice += " With a shared secret, every service that verifies tokens could also forge them."
            raise FieldError(advice, param="signing_algorithm")
        chosen = TemplateAlgorithm(algorithm)
        try:
            key = opened(Secret(pem.strip() + "\n"))
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            advice = "signing_key must be a private key in PEM, without a passphrase."
            raise FieldError(advice, param="signing_key") from error
        if not _fits(key, chosen):
            raise FieldError(f"{chosen} needs {_NEEDED[chosen]} as signing_key.", param="signing_key")
        spelled = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return cls(chosen, Secret(spelled.decode("ascii")))

    @cached_property
    def private(self) -> OwnKey:
        """Raises: ValueError when the PEM is damaged, TypeError when it is another kind of key."""
        key = opened(self.private_pem)
        if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey | Ed25519PrivateKey):
            raise TypeError("a template key is RSA, P-256 or Ed25519")
        return key

    @cached_property
    def template_header(self) -> str:
        """The JWS header, with the digest of the public key as key ID, so that a service can distinguish keys."""
        public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        kid = encoded(hashlib.sha256(public).digest())
        return encoded_header(self.algorithm, kid, category=TEMPLATE_CATEGORY)


def _fits(key: object, algorithm: TemplateAlgorithm) -> bool:
    match algorithm:
        case TemplateAlgorithm.RS256:
            return (
                isinstance(key, RSAPrivateKey)
                and key.key_size in _RSA_BITS
                and key.public_key().public_numbers().e == _RSA_EXPONENT
            )
        case TemplateAlgorithm.ES256:
            return isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
        case TemplateAlgorithm.EDDSA:
            return isinstance(key, Ed25519PrivateKey)
