"""The only parser of a compact JWS, and the only writer (RFC 7515 section 3.1).

Strict by intent: what two parsers could read differently is refused (R-JWT-03, R-JWT-04, R-JWT-05, RFC 8725).
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn, Protocol

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from sojourn.errors import Json, TokenRefused

LONGEST = 8192
_DEEPEST = 16
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_NAME_ENDS = re.compile(rb'"[ \t\r\n]*:')
_UNDERSTOOD_BY_NOBODY = ("crit", "b64", "zip")
_PADDING = PKCS1v15()
_SHA256 = SHA256()


class Algorithm(StrEnum):
    """The two there are. HMAC and `none` are unknown to this code (R-JWT-02, R-JWT-03)."""

    RS256 = "RS256"
    EDDSA = "EdDSA"


PublicKey = RSAPublicKey | Ed25519PublicKey
PrivateKey = RSAPrivateKey | Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key and the one algorithm that may use it."""

    kid: str
    algorithm: Algorithm
    key: PublicKey


class FindKey(Protocol):
    def __call__(self, kid: str, /) -> VerificationKey | None: ...


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed and verified token; members of `header` other than `alg`, `kid`, `typ` and `cat` mean nothing here."""

    header: dict[str, Json]
    claims: dict[str, Json]


def verify(token: str, find_key: FindKey) -> Jws:
    """Parse and verify. Raises: TokenRefused, and nothing else, for any text."""
    if len(token) > LONGEST:
        _refuse("token-invalid", "The token is longer than 8 KiB.")
    if _COMPACT.fullmatch(token) is None:
        _refuse("token-invalid", "The token is not three base64url parts with dots between them.")
    signed, _, signature_part = token.rpartition(".")
    header_part, _, claims_part = signed.partition(".")
    header = _object(_bytes(header_part))
    algorithm = header.get("alg")
    if algorithm not in ("RS256", "EdDSA"):
        _refuse("token-invalid-algorithm", "The token is not signed with an algorithm this verifier accepts.")
    kid = header.get("kid")
    if not isinstance(kid, str) or _KID.fullmatch(kid) is None:
        _refuse("token-invalid", "The token names no signing key.")
    for member in _UNDERSTOOD_BY_NOBODY:
        if member in header:
            _refuse("token-invalid", f"The token's header holds {member}, which is not understood.")
    known = find_key(kid)
    if known is None:
        _refuse("jwk-kid-mismatch", "The token is signed with a key that is not among the application's.")
    if known.algorithm != algorithm:
        _refuse("token-invalid-algorithm", "The token's algorithm is not that of its key.")
    _check_signature(known.key, _bytes(signature_part), signed.encode("ascii"))
    return Jws(header, _object(_bytes(claims_part)))


def sign(header: str, claims: dict[str, Json], key: PrivateKey) -> str:
    """The compact form of `claims`; `header` is the encoded header, which is the same for all tokens of a key and kind."""
    signed = f"{header}.{encoded(msgspec.json.encode(claims))}"
    message = signed.encode("ascii")
    if isinstance(key, RSAPrivateKey):
        signature = key.sign(message, _PADDING, _SHA256)
    else:
        signature = key.sign(message)
    return f"{signed}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def encoded_header(algorithm: Algorithm, kid: str, *, kind: str = "JWT", category: str | None = None) -> str:
    members = {"alg": algorithm.value, "cat": category, "kid": kid, "typ": kind}
    return encoded(msgspec.json.encode({name: value for name, value in members.items() if value is not None}))


def _check_signature(key: PublicKey, signature: bytes, message: bytes) -> None:
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, _PADDING, _SHA256)
        else:
            key.verify(signature, message)
    except InvalidSignature:
        _refuse("token-invalid-signature", "The token's signature does not fit.")


def _bytes(part: str) -> bytes:
    """Strict base64url without padding: one text per value, so trailing bits must be zero."""
    remainder = len(part) & 3
    if remainder == 1:
        _refuse("token-invalid", "A part of the token is not base64url.")
    data = urlsafe_b64decode(part + "==" if remainder else part)
    if remainder and encoded(data[-(remainder - 1) :])[-1] != part[-1]:
        _refuse("token-invalid", "A part of the token is not canonical base64url.")
    return data


def _object(data: bytes) -> dict[str, Json]:
    """A JSON object without doubled members, deep nesting, NaN or bytes that are not UTF-8."""
    try:
        value = _DECODER.decode(data)
    except (msgspec.DecodeError, RecursionError, ValueError):
        _refuse("token-invalid", "A part of the token is not a JSON object.")
    # a doubled member leaves fewer members than the text has names; only then is the slow, exact look needed
    if len(_NAME_ENDS.findall(data)) != len(value) or b"\\" in data:
        _check_members(data)
    if data.count(b"[") + data.count(b"{") > _DEEPEST and _depth(value) > _DEEPEST:
        _refuse("token-invalid", "The token is nested too deeply.")
    return value


_DECODER = msgspec.json.Decoder(dict[str, object])


def _check_members(data: bytes) -> None:
    try:
        json.loads(data.decode("utf-8"), object_pairs_hook=_distinct)
    except (ValueError, RecursionError):
        _refuse("token-invalid", "The token holds a member twice.")


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("doubled member")
    return members


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)  # pyright: ignore[reportUnknownVariableType]
        ]
        if depth > _DEEPEST + 1:
            break
    return depth - 1


def _refuse(reason: str, advice: str) -> NoReturn:
    raise TokenRefused(reason, advice)
