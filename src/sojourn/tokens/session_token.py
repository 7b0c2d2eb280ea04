"""Session tokens: minted from a live session, verified without asking anybody (R-JWT-01 to R-JWT-10)."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from sojourn.errors import Json, TokenRefused
from sojourn.instant import Clock, Instant, SystemClock
from sojourn.tokens.jws import FindKey, Jws, sign, verify
from sojourn.tokens.key_sets import KeySet
from sojourn.tokens.signing_keys import SESSION_CATEGORY, SigningKey

BACKDATED = 10
"""Seconds by which `nbf` lies before `iat`, for verifiers whose clock is behind."""

_LONGEST_LIFE = 24 * 3600
_DEFAULT_SKEW = 5
_MOST_SKEW = 30
_NO_CLAIMS: Mapping[str, Json] = {}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token will say. Factor ages are whole minutes, -1 for never; `custom` never overrides registered claims."""

    issuer: str
    subject: str
    session_id: str
    authorized_party: str | None = None
    first_factor_age: int = -1
    second_factor_age: int = -1
    status: str = "active"
    actor: Mapping[str, Json] | None = None
    custom: Mapping[str, Json] = field(default_factory=lambda: _NO_CLAIMS)


def mint(grant: Grant, key: SigningKey, now: Instant, *, life: timedelta, version: int = 2) -> str:
    """A compact JWS of a grant (RFC 7519 section 4.1); times in whole seconds, rounded down. Version 1 is for older SDKs."""
    seconds = now.seconds
    claims: dict[str, Json] = dict(grant.custom)
    if grant.authorized_party is not None:
        claims["azp"] = grant.authorized_party
    claims["exp"] = seconds + max(1, life // timedelta(seconds=1))
    claims["fva"] = [grant.first_factor_age, grant.second_factor_age]
    claims["iat"] = seconds
    claims["iss"] = grant.issuer
    claims["jti"] = secrets.token_hex(10)
    claims["nbf"] = seconds - BACKDATED
    claims["sid"] = grant.session_id
    claims["sub"] = grant.subject
    if grant.actor is not None:
        claims["act"] = dict(grant.actor)
    if version >= 2:
        claims["sts"] = grant.status
        claims["v"] = 2
    return sign(key.session_header, claims, key.private)


def mint_template(
    custom: Mapping[str, Json],
    key: SigningKey,
    now: Instant,
    *,
    issuer: str,
    subject: str,
    authorized_party: str | None,
    life: timedelta,
    skew: timedelta,
) -> str:
    """A token of the owner's shape for other services; its category keeps it from passing as a session token (R-JWT-08)."""
    claims = dict(custom)
    if authorized_party is not None:
        claims["azp"] = authorized_party
    claims |= {
        "exp": now.seconds + life // timedelta(seconds=1),
        "iat": now.seconds,
        "iss": issuer,
        "jti": secrets.token_hex(10),
        "nbf": now.seconds - skew // timedelta(seconds=1),
        "sub": subject,
    }
    return sign(key.template_header, claims, key.private)


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified session token. `raw` holds every claim as it was signed."""

    user_id: str
    session_id: str
    issued_at: Instant
    expires_at: Instant
    issuer: str
    authorized_party: str | None
    status: str
    factor_ages: tuple[int, int] | None
    organization_id: str | None
    organization_role: str | None
    organization_permissions: frozenset[str]
    actor: Mapping[str, Json] | None
    raw: Mapping[str, Json]


class Verifier:
    """Verifies session tokens, pure and sync; each is remembered by its digest until it expires (design section 4).

    `keys` is a JSON Web Key Set, a PEM public key, or any function from key id to key. `is_revoked` is asked after every
    look-up, by session id (R-JWT-10). A skew outside 0 to 30 seconds is the default, 5 (R-JWT-06).
    """

    def __init__(
        self,
        keys: str | Mapping[str, Json] | FindKey,
        *,
        issuer: str | None = None,
        authorized_parties: Collection[str] = (),
        audience: str | None = None,
        clock_skew: int = _DEFAULT_SKEW,
        clock: Clock | None = None,
        is_revoked: Callable[[str], bool] | None = None,
        remembered: int = 10_000,
    ) -> None:
        if isinstance(keys, str):
            self._find_key: FindKey = KeySet.from_pem(keys).find
        elif isinstance(keys, Mapping):
            self._find_key = KeySet.from_jwks(keys).find
        else:
            self._find_key = keys
        self._issuer = issuer
        self._parties = frozenset(authorized_parties)
        self._audience = audience
        skew = clock_skew if 0 <= clock_skew <= _MOST_SKEW else _DEFAULT_SKEW
        self._skew_millis = skew * 1000
        self._now = (clock or SystemClock()).now
        self._is_revoked = is_revoked
        self._most = remembered
        self._known: dict[bytes, tuple[Claims, int, int]] = {}

    def verify(self, token: str) -> Claims:
        """The claims of a token that is good now. Raises: TokenRefused with the reason the published SDKs use."""
        digest = hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = self._known.get(digest)
        now = self._now().millis
        if known is None:
            known = self._remember(digest, token, now)
        claims, first, last = known
        if now >= last:
            self._known.pop(digest, None)
            _refuse("token-expired", "The token has expired. Get a new one.")
        if now < first:
            _refuse("token-not-active-yet", "The token is not valid yet. Check the clocks of both machines.")
        if self._is_revoked is not None and self._is_revoked(claims.session_id):
            _refuse("session-revoked", "The session of this token has been revoked.")
        return claims

    def forget(self) -> None:
        """Drop what is remembered: keys have changed."""
        self._known.clear()

    def _remember(self, digest: bytes, token: str, now: int) -> tuple[Claims, int, int]:
        claims = self._checked(verify(token, self._find_key))
        first = self._first_moment(claims)
        known = (claims, first, claims.expires_at.millis + self._skew_millis)
        if known[1] <= now < known[2]:
            if len(self._known) >= self._most:
                self._make_room(now)
            self._known[digest] = known
        return known

    def _first_moment(self, claims: Claims) -> int:
        not_before = claims.raw.get("nbf", claims.issued_at.seconds)
        assert isinstance(not_before, int)
        return not_before * 1000 - self._skew_millis

    def _make_room(self, now: int) -> None:
        self._known = {digest: known for digest, known in self._known.items() if now < known[2]}
        for digest in list(self._known)[: max(0, len(self._known) - self._most // 2)]:
            del self._known[digest]

    def _checked(self, jws: Jws) -> Claims:
        claims = jws.claims
        if jws.header.get("typ", "JWT") != "JWT" or jws.header.get("cat", SESSION_CATEGORY) != SESSION_CATEGORY:
            _refuse("token-invalid", "This is not a session token.")
        expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
        if "nbf" in claims:
            _seconds(claims, "nbf")
        if expires - issued > _LONGEST_LIFE or expires <= issued:
            _refuse("token-invalid", "The token's life is not one that a session token has.")
        if issued * 1000 > self._now().millis + self._skew_millis:
            _refuse("token-iat-in-the-future", "The token was issued in the future. Check the clocks of both machines.")
        subject, session_id = _text(claims, "sub"), _text(claims, "sid")
        issuer = _text(claims, "iss")
        if self._issuer is not None and issuer != self._issuer:
            _refuse("token-invalid-issuer", "The token was issued by another server.")
        self._check_parties(claims)
        return _claims(claims, subject, session_id, issuer, issued, expires)

    def _check_parties(self, claims: Mapping[str, Json]) -> None:
        party = claims.get("azp")
        if party is not None and not isinstance(party, str):
            _refuse("token-invalid", "The token's azp claim is not text.")
        if self._parties and party not in self._parties:
            _refuse("token-invalid-authorized-parties", "The token was made for a page that this app does not trust.")
        if self._audience is not None:
            audience = claims.get("aud")
            named = audience if isinstance(audience, list) else [audience]
            if self._audience not in named:
                _refuse("token-invalid-audience", "The token was made for another audience.")


def _claims(
    raw: Mapping[str, Json], subject: str, session_id: str, issuer: str, issued: int, expires: int
) -> Claims:
    organization = raw.get("o")
    org_id, role, permissions = raw.get("org_id"), raw.get("org_role"), raw.get("org_permissions")
    if isinstance(organization, dict):
        org_id, role = organization.get("id"), f"org:{organization.get('rol')}"
    ages = raw.get("fva")
    actor = raw.get("act")
    party = raw.get("azp")
    return Claims(
        user_id=subject,
        session_id=session_id,
        issued_at=Instant.from_seconds(issued),
        expires_at=Instant.from_seconds(expires),
        issuer=issuer,
        authorized_party=party if isinstance(party, str) else None,
        status=str(raw.get("sts", "active")),
        factor_ages=_ages(ages),
        organization_id=org_id if isinstance(org_id, str) else None,
        organization_role=role if isinstance(role, str) else None,
        organization_permissions=frozenset(str(each) for each in permissions) if isinstance(permissions, list) else frozenset(),
        actor=actor if isinstance(actor, dict) else None,
        raw=raw,
    )


def _ages(value: Json) -> tuple[int, int] | None:
    if isinstance(value, list) and len(value) == 2:
        first, second = value
        if isinstance(first, int) and isinstance(second, int):
            return first, second
    return None


def _seconds(claims: Mapping[str, Json], name: str) -> int:
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 32_503_680_000:
        _refuse("token-invalid", f"The token's {name} claim is not a whole number of seconds.")
    return value


def _text(claims: Mapping[str, Json], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        _refuse("token-invalid", f"The token has no {name} claim.")
    return value


def _refuse(reason: str, advice: str) -> NoReturn:
    raise TokenRefused(reason, advice)
