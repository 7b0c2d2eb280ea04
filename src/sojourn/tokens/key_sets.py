"""Public keys of a verifier, from a JSON Web Key Set or one PEM (R-JWT-04)."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from sojourn.errors import ConfigError, Json
from sojourn.tokens.jws import Algorithm, VerificationKey

_BITS = range(2048, 8193)
"""RSA key sizes in bits: shorter keys are weak, longer ones only cost time."""


@dataclass(frozen=True, slots=True)
class KeySet:
    """Keys by ID; `only` is used for every ID, because a PEM does not contain one."""

    keys: Mapping[str, VerificationKey]
    only: VerificationKey | None = None

    def find(self, kid: str, /) -> VerificationKey | None:
        return self.only or self.keys.get(kid)

    def named(self) -> dict[str, bytes]:
        """Each ID with its public key as DER, for comparing two sets."""
        return {
            kid: known.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            for kid, known in self.keys.items()
        }

    @classmethod
    def from_pem(cls, pem: str) -> "KeySet":
        """Raises: ConfigError if it is not an RSA (2048 to 8192 bits) or Ed25519 public key."""
        try:
            loaded = load_pem_public_key(_with_lines(pem).encode("ascii"))
        except (ValueError, UnsupportedAlgorithm) as error:
            raise ConfigError("the verification key is not a PEM public key") from error
        if isinstance(loaded, RSAPublicKey) and loaded.key_size in _BITS:
            return cls({}, VerificationKey("", Algorithm.RS256, loaded))
        if isinstance(loaded, Ed25519PublicKey):
            return cls({}, VerificationKey("", Algorithm.EDDSA, loaded))
        raise ConfigError("the verification key must be RSA with 2048 to 8192 bits, or Ed25519")

    @classmethod
    def from_jwks(cls, jwks: Mapping[str, Json]) -> "KeySet":
        """The keys of the set with a supported algorithm; others are ignored."""
        listed = jwks.get("keys")
        found: dict[str, VerificationKey] = {}
        for jwk in listed if isinstance(listed, list) else []:
            key = _from_jwk(jwk) if isinstance(jwk, dict) else None
            if key is not None:
                found[key.kid] = key
        return cls(found)


def _from_jwk(jwk: Mapping[str, Json]) -> VerificationKey | None:
    kid, kind = jwk.get("kid"), jwk.get("kty")
    if not isinstance(kid, str) or jwk.get("use", "sig") != "sig":
        return None
    try:
        if kind == "RSA" and jwk.get("alg", "RS256") == "RS256":
            rsa = RSAPublicNumbers(_number(jwk, "e"), _number(jwk, "n")).public_key()
            return VerificationKey(kid, Algorithm.RS256, rsa) if rsa.key_size in _BITS else None
        if kind == "OKP" and jwk.get("crv") == "Ed25519" and jwk.get("alg", "EdDSA") == "EdDSA":
            return VerificationKey(kid, Algorithm.EDDSA, Ed25519PublicKey.from_public_bytes(_data(jwk, "x")))
    except ValueError:
        return None
    return None


def _number(jwk: Mapping[str, Json], name: str) -> int:
    return int.from_bytes(_data(jwk, name), "big")


def _data(jwk: Mapping[str, Json], name: str) -> bytes:
    """Raises: ValueError."""
    value = jwk.get(name)
    text = value if isinstance(value, str) else ""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _with_lines(pem: str) -> str:
    """Environment variables often carry a PEM on one line, or with `\\n` written out."""
    text = pem.strip().replace("\\n", "\n")
    if "\n" in text:
        return text
    start, end = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"
    body = text.removeprefix(start).removesuffix(end).replace(" ", "")
    return f"{start}\n{body}\n{end}\n"
