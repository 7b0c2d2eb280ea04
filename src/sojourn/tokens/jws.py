"""The only parser and serializer of compact JWS (RFC 7515 section 3.1).

Deliberately strict: text that two parsers could read differently is rejected (R-JWT-03, R-JWT-04, R-JWT-05, RFC 8725).
"""

import json
import logging
import re
from base64 import urlsafe_b64encode
from binascii import a2b_base64
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn, Protocol, cast

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from sojourn.errors import Json, TokenRefused

__all__ = ["Algorithm"]

log = logging.getLogger("sojourn.tokens")

MAX_LENGTH = 8192
"""Maximum length of a token in characters; longer ones are rejected without parsing."""

_DEEPEST = 16
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
_KID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_NAME_ENDS = re.compile(rb'"[ \t\r\n]*:')
_UNDERSTOOD_BY_NOBODY = ("crit", "b64", "zip")
_IGNORED = ("jku", "x5u", "x5c", "jwk")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LAST_OF = {0: None, 2: frozenset("AQgw"), 3: frozenset("AEIMQUYcgkosw048")}
"""By length modulo 4: the final characters without leftover bits (RFC 4648 section 3.5)."""

_PADDING = PKCS1v15()
_SHA256 = SHA256()
_ECDSA = ECDSA(_SHA256)


class Algorithm(StrEnum):
    """The supported algorithms. HMAC and `none` are not implemented (R-JWT-02, R-JWT-03)."""

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
class Header:
    """The header members that verification uses. Others, such as key URLs, are ignored."""

    algorithm: str
    kid: str
    kind: Json
    category: Json


@dataclass(frozen=True, slots=True)
class Jws:
    """A parsed and verified token."""

    header: Header
    claims: dict[str, Json]


def verify(token: str, find_key: FindKey, *, max_length: int = MAX_LENGTH) -> Jws:
    """Parse and verify. Raises: TokenRefused, and nothing else, for any text."""
    if len(token) > max_length:
        _refuse("token-invalid", f"The token is longer than {max_length // 1024} KiB.")
    if _COMPACT.fullmatch(token) is None:
        _refuse("token-invalid", "The token is not three base64url parts with dots between them.")
    signed, _, signature_part = token.rpartition(".")
    header_part, _, claims_part = signed.partition(".")
    header = _header(header_part)
    known = find_key(header.kid)
    if known is None:
        _refuse("jwk-kid-mismatch", "The token is signed with a key that is not among the application's.")
    if known.algorithm != header.algorithm:
        _refuse("token-invalid-algorithm", "The token's algorithm is not that of its key.")
    _check_signature(known.key, _bytes(signature_part), signed.encode("ascii"))
    return Jws(header, _object(_bytes(claims_part)))


def sign(header: str, claims: Mapping[str, Json], key: PrivateKey | EllipticCurvePrivateKey) -> str:
    """The compact form of `claims`; `header` is the encoded header, which is the same for all tokens of a key and kind.

    Curve P-256 is only for an owner's own template keys, whose tokens other services verify.
    """
    signed = f"{header}.{encoded(msgspec.json.encode(claims))}"
    message = signed.encode("ascii")
    if isinstance(key, RSAPrivateKey):
        signature = key.sign(message, _PADDING, _SHA256)
    elif isinstance(key, EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(message, _ECDSA))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")  # RFC 7518 section 3.4
    else:
        signature = key.sign(message)
    return f"{signed}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def encoded_header(algorithm: StrEnum, kid: str, *, kind: str = "JWT", category: str | None = None) -> str:
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


@lru_cache(maxsize=64)  # the header is the same text for all tokens of a key and kind
def _header(part: str) -> Header:
    members = _object(_bytes(part))
    algorithm, kid = members.get("alg"), members.get("kid")
    if algorithm not in ("RS256", "EdDSA"):
        _refuse("token-invalid-algorithm", "The token is not signed with an algorithm this verifier accepts.")
    for member in _UNDERSTOOD_BY_NOBODY:
        if member in members:
            _refuse("token-invalid", f"The token's header holds {member}, which is not understood.")
    if not isinstance(kid, str) or _KID.fullmatch(kid) is None:
        _refuse("token-invalid", "The token names no signing key.")
    for member in _IGNORED:
        if member in members:
            log.warning("token.key_in_header_ignored member=%s", member)
    return Header(algorithm, kid, members.get("typ", "JWT"), members.get("cat"))


def _bytes(part: str) -> bytes:
    """Strict base64url without padding: one text per value, so trailing bits must be zero. `part` holds its alphabet only."""
    remainder = len(part) & 3
    if remainder:
        allowed = _LAST_OF.get(remainder)
        if allowed is None or part[-1] not in allowed:
            _refuse("token-invalid", "A part of the token is not canonical base64url.")
        part += "=="
    return a2b_base64(part.encode("ascii").translate(_TO_STANDARD))


def _object(data: bytes) -> dict[str, Json]:
    """A JSON object without doubled members, deep nesting, NaN or bytes that are not UTF-8."""
    try:
        value = cast("dict[str, Json]", _DECODER.decode(data))
    except (msgspec.DecodeError, RecursionError, ValueError):
        _refuse("token-invalid", "A part of the token is not a JSON object.")
    names = len(_NAME_ENDS.findall(data))
    if b"\\" in data:
        _check_members(data)  # an escape can hide or imitate a name, so only then the slow, exact check is needed
    elif names != len(value) and names != _members(value):
        # a doubled member leaves fewer members than names
        _refuse("token-invalid", "The token holds a member twice.")
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


def _members(value: Json) -> int:
    """The total number of members of all objects in `value`."""
    return sum(len(node) for level in _levels(value) for node in level if isinstance(node, dict))


def _depth(value: Json) -> int:
    return len(_levels(value))


def _levels(value: Json) -> list[list[dict[str, Json] | list[Json]]]:
    """The objects and arrays in `value`, outermost first, one list for each depth. No recursion: an attacker chooses the depth."""

    levels: list[list[dict[str, Json] | list[Json]]] = []
    level = [value] if isinstance(value, dict | list) else []
    while level:
        levels.append(level)
        inner = [node for outer in level for node in (outer.values() if isinstance(outer, dict) else outer)]
        level = [node for node in inner if isinstance(node, dict | list)]
    return levels


def _refuse(reason: str, advice: str) -> NoReturn:
    raise TokenRefused(reason, advice)
