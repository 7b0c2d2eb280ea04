"""Keys and tokens that tests share: making an RSA key takes a tenth of a second."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sojourn.errors import Json, TokenRefused
from sojourn.instant import Instant
from sojourn.tokens.jws import Algorithm, encoded, sign
from sojourn.tokens.session_token import TokenClaims, Verifier, mint
from sojourn.tokens.signing_keys import SigningKey

NOW = Instant(1_770_000_000_000)
ISSUER = "https://auth.example.com"
APP = "https://app.example.com"
MINUTE = timedelta(seconds=60)


@cache
def rsa_key() -> SigningKey:
    return SigningKey.generate(Algorithm.RS256, NOW)


@cache
def ed_key() -> SigningKey:
    return SigningKey.generate(Algorithm.EDDSA, NOW)


@cache
def other_rsa_key() -> SigningKey:
    return SigningKey.generate(Algorithm.RS256, NOW)


def pem(key: PrivateKeyTypes) -> str:
    """As people paste it: PKCS#8 without a passphrase."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_pem(key: PrivateKeyTypes) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def grant(**changed: object) -> TokenClaims:
    facts: dict[str, object] = {
        "issuer": ISSUER, "subject": "user_ada", "session_id": "sess_one", "authorized_party": APP,
        "first_factor_age": 0, "second_factor_age": -1,
    }  # fmt: skip
    return TokenClaims(**(facts | changed))  # type: ignore[arg-type]


def good_token(key: SigningKey | None = None, now: Instant = NOW, **changed: object) -> str:
    return mint(grant(**changed), key or rsa_key(), now, life=MINUTE)


def good_claims() -> dict[str, Json]:
    """The payload of a session token minted at NOW."""
    return {
        "azp": APP, "exp": NOW.seconds + 60, "fva": [0, -1], "iat": NOW.seconds, "iss": ISSUER, "jti": "one",
        "nbf": NOW.seconds - 10, "sid": "sess_one", "sub": "user_ada", "sts": "active", "v": 2,
    }  # fmt: skip


def good_header(key: SigningKey | None = None) -> dict[str, Json]:
    key = key or rsa_key()
    return {"alg": key.algorithm.value, "cat": "cl_B7d4PD111AAA", "kid": key.kid, "typ": "JWT"}


def signed(
    claims: Mapping[str, Json] | None = None, header: Mapping[str, Json] | None = None, key: SigningKey | None = None
) -> str:
    """A token with a true signature over whatever claims and header a test wants."""
    key = key or rsa_key()
    header = good_header(key) if header is None else header
    return sign(encoded(msgspec.json.encode(header)), good_claims() if claims is None else claims, key.private)


def signed_bytes(payload: bytes, header: bytes | None = None, key: SigningKey | None = None) -> str:
    """A token with a true signature over bytes that need not be JSON."""
    key = key or rsa_key()
    text = encoded(header if header is not None else msgspec.json.encode(good_header(key)))
    return signed_text(text, encoded(payload), key)


def signed_text(header: str, payload: str, key: SigningKey | None = None) -> str:
    """A token with a true signature over parts that need not be base64url."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256

    private = (key or rsa_key()).private
    assert isinstance(private, RSAPrivateKey)
    message = f"{header}.{payload}"
    return f"{message}.{encoded(private.sign(message.encode(), PKCS1v15(), SHA256()))}"


def refusal(verifier: Verifier, token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(token)
    return refused.value.reason
