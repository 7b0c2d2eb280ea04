"""Session tokens: minted from a live session, verified offline (R-JWT-01 to R-JWT-10)."""

import warnings
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NoReturn

from sojourn.errors import Json, TokenRefused
from sojourn.ids import token_id
from sojourn.instant import Clock, Instant, SystemClock
from sojourn.moved import moved
from sojourn.tokens.claims import Claims, read_claims
from sojourn.tokens.jws import MAX_LENGTH, FindKey, Jws, sign, verify
from sojourn.tokens.key_sets import KeySet
from sojourn.tokens.organization_claims import TokenOrganization, organization_claims
from sojourn.tokens.signing_keys import SESSION_CATEGORY, SigningKey
from sojourn.tokens.template_keys import TemplateKey
from sojourn.tokens.templates import RESERVED, RESERVED_IN_SESSIONS
from sojourn.tokens.token_cache import TokenCache

__all__ = ["TokenClaims", "Verifier", "mint"]

BACKDATED = 10
"""Seconds by which `nbf` lies before `iat`, for verifiers whose clock is behind."""

_MAX_LIFE = 24 * 3600
_DEFAULT_SKEW = 5
_MAX_SKEW = 30
_LATEST = 32_503_680_000  # the year 3000: a later time was probably meant as milliseconds
_EARLY = "The token is not valid yet. Check the clocks of both machines."
_NO_CLAIMS: Mapping[str, Json] = {}


@dataclass(frozen=True, slots=True)
class TokenClaims:
    """The claims of a token to mint. Factor ages are whole minutes, -1 for never; `custom` never overrides registered claims."""

    issuer: str
    subject: str
    session_id: str
    authorized_party: str | None = None
    first_factor_age: int = -1
    second_factor_age: int = -1
    status: str = "active"
    actor: Mapping[str, Json] | None = None
    organization: TokenOrganization | None = None
    custom: Mapping[str, Json] = field(default_factory=lambda: _NO_CLAIMS)


def mint(grant: TokenClaims, key: SigningKey, now: Instant, *, life: timedelta, version: int = 2) -> str:
    """A compact JWS of the claims (RFC 7519 section 4.1), with times in whole seconds, rounded down. Version 1 is for
    older SDKs. `life` is limited to between one second and the 24 hours that verifiers allow (R-JWT-06).
    """
    seconds = now.seconds
    claims = {name: value for name, value in grant.custom.items() if name not in RESERVED_IN_SESSIONS}
    if grant.authorized_party is not None:
        claims["azp"] = grant.authorized_party
    claims["exp"] = seconds + min(_MAX_LIFE, max(1, life // timedelta(seconds=1)))
    claims["fva"] = [grant.first_factor_age, grant.second_factor_age]
    claims["iat"] = seconds
    claims["iss"] = grant.issuer
    claims["jti"] = token_id()
    claims["nbf"] = seconds - BACKDATED
    claims["sid"] = grant.session_id
    claims["sub"] = grant.subject
    if grant.actor is not None:
        claims["act"] = dict(grant.actor)
    if grant.organization is not None:
        claims |= organization_claims(grant.organization, version)
    if version >= 2:
        claims["v"] = 2
    if version >= 2 or grant.status != "active":  # a pending session must never look active
        claims["sts"] = grant.status
    return sign(key.session_header, claims, key.private)


def mint_template(
    custom: Mapping[str, Json],
    key: SigningKey | TemplateKey,
    now: Instant,
    *,
    issuer: str,
    subject: str,
    authorized_party: str | None,
    life: timedelta,
    skew: timedelta,
) -> str:
    """A token from an owner's template for other services; its category prevents its use as a session token (R-JWT-08)."""
    claims = {name: value for name, value in custom.items() if name not in RESERVED}
    if authorized_party is not None:
        claims["azp"] = authorized_party
    claims |= {
        "exp": now.seconds + life // timedelta(seconds=1),
        "iat": now.seconds,
        "iss": issuer,
        "jti": token_id(),
        "nbf": now.seconds - skew // timedelta(seconds=1),
        "sub": subject,
    }
    return sign(key.template_header, claims, key.private)


class Verifier:
    """Verifies session tokens, pure and sync; each is cached until it expires (design section 4).

    `keys` is a JSON Web Key Set, a PEM public key, or any function from key id to key. With `authorized_parties` the
    `azp` claim must be present and listed; without, a present one must pass `is_party` (R-JWT-07). `is_revoked` is
    called with the session ID after every look-up (R-JWT-10). A skew outside 0 to 30 seconds, or of another type, is
    replaced by the default, 5 (R-JWT-06). Thread-safe.
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
        is_party: Callable[[str], bool] | None = None,
        is_revoked: Callable[[str], bool] | None = None,
        remembered: int = 10_000,
    ) -> None:
        """Raises: ConfigError for an unusable PEM."""
        if isinstance(keys, str):
            self._find_key: FindKey = KeySet.from_pem(keys).find
        elif isinstance(keys, Mapping):
            self._find_key = KeySet.from_jwks(keys).find
        else:
            self._find_key = keys
        self._issuer = issuer
        # a string is one origin, not a collection of characters
        self._parties = frozenset([authorized_parties] if isinstance(authorized_parties, str) else authorized_parties)
        self._is_party = is_party
        self._audience = audience
        self._skew = _skew(clock_skew)
        self.clock = clock or SystemClock()
        self.is_revoked = is_revoked
        self.token_cache = TokenCache(remembered)

    def verify(self, token: str) -> Claims:
        """The claims of a token that is valid now. Raises: TokenRefused with the reason code of published SDKs."""
        if len(token) > MAX_LENGTH:
            _refuse("token-invalid", "The token is longer than 8 KiB.")
        now = self.clock.seconds()
        self.token_cache.drop_expired(now)
        claims = self.token_cache.find(token)
        if claims is None:
            claims = self._verify_and_cache(token, now)
        elif now < claims.not_before.seconds - self._skew:  # the clock was set back in the meantime
            _refuse("token-not-active-yet", _EARLY)
        if self.is_revoked is not None and self.is_revoked(claims.session_id):
            _refuse("session-revoked", "The session of this token has been revoked.")
        return claims

    def clear_cache(self) -> None:
        """Drop every cached token, because keys have changed."""
        self.token_cache.clear()

    def forget(self) -> None:
        """Deprecated: renamed to `clear_cache`; removed in 0.3."""
        warnings.warn("Verifier.forget is Verifier.clear_cache now; the old name goes in 0.3.", DeprecationWarning, 2)
        self.clear_cache()

    def _verify_and_cache(self, token: str, now: float) -> Claims:
        generation = self.token_cache.generation
        claims = self._checked(verify(token, self._find_key), now)
        end = claims.expires_at.seconds + self._skew
        if now >= end:
            raise TokenRefused(
                "token-expired", "The token has expired. Get a new one.", issued_at=claims.issued_at.seconds
            )
        self.token_cache.add(token, claims, end, generation=generation)
        return claims

    def _checked(self, jws: Jws, now: float) -> Claims:
        raw = jws.claims
        if jws.header.kind != "JWT" or jws.header.category not in (SESSION_CATEGORY, None):
            _refuse("token-invalid", "This is not a session token.")
        expires, issued = _seconds(raw, "exp"), _seconds(raw, "iat")
        not_before = _seconds(raw, "nbf") if "nbf" in raw else issued
        if expires - issued > _MAX_LIFE or expires <= issued:
            _refuse("token-invalid", "The token's life is not one that a session token has.")
        subject, session_id, issuer = _text(raw, "sub"), _text(raw, "sid"), _text(raw, "iss")
        if self._issuer is not None and issuer != self._issuer:
            _refuse("token-invalid-issuer", "The token was issued by another server.")
        self._check_parties(raw)
        if not isinstance(raw.get("sts", "active"), str):  # treating it as absent would make the session active
            _refuse("token-invalid", "The token's sts claim is not text.")
        if type(raw.get("v", 1)) is not int:
            _refuse("token-invalid", "The token's v claim is not a whole number.")
        if not_before - self._skew > now:
            raise TokenRefused("token-not-active-yet", _EARLY, issued_at=issued)
        if issued - self._skew > now:
            late = "The token was issued in the future. Check the clocks of both machines."
            raise TokenRefused("token-iat-in-the-future", late, issued_at=issued)
        return read_claims(
            raw, subject=subject, session_id=session_id, issuer=issuer,
            issued=issued, not_before=not_before, expires=expires,
        )  # fmt: skip

    def _trusts(self, party: str | None) -> bool:
        if self._parties:
            return party in self._parties
        return party is None or self._is_party is None or self._is_party(party)

    def _check_parties(self, raw: Mapping[str, Json]) -> None:
        party = raw.get("azp")
        if party is not None and not isinstance(party, str):
            _refuse("token-invalid", "The token's azp claim is not text.")
        if not self._trusts(party):
            _refuse("token-invalid-authorized-parties", "The token was made for a page that this app does not trust.")
        if self._audience is not None:
            audience = raw.get("aud")
            named = audience if isinstance(audience, list) else [audience]
            if self._audience not in named:
                _refuse("token-invalid-audience", "The token was made for another audience.")


def _skew(given: object) -> int:
    return given if type(given) is int and 0 <= given <= _MAX_SKEW else _DEFAULT_SKEW


def _seconds(claims: Mapping[str, Json], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value <= _LATEST:
        _refuse("token-invalid", f"The token's {name} claim is not a whole number of seconds.")
    return value


def _text(claims: Mapping[str, Json], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        _refuse("token-invalid", f"The token has no {name} claim.")
    return value


def _refuse(reason: str, advice: str) -> NoReturn:
    raise TokenRefused(reason, advice)


__getattr__ = moved(__name__, {"Grant": "sojourn.tokens.session_token:TokenClaims"})
