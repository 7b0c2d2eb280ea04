"""Inspects a token: its claims, verified or not, and each reason for which this server or an app refuses it."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from sojourn.engine import Engine
from sojourn.errors import Json, TokenRefused
from sojourn.inspector.claims import explained_claims, likely_template
from sojourn.inspector.inspection import ArtefactCause, Claim, Problem, Subject, Token, moment_text
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.origin import is_loopback_origin, origin_alone, origin_of
from sojourn.store.interface import EventFilter, Page
from sojourn.tokens.cookie_size import largest_token, too_large
from sojourn.tokens.jws import VerificationKey, verify
from sojourn.tokens.signing_keys import TEMPLATE_CATEGORY, SigningKey

_MAX_TEMPLATES = 100
_LONGEST = 4 * 8192
_SKEW = 5
_ROTATIONS = EventFilter(kinds=["signing_key.rotated"])


@dataclass(frozen=True, slots=True)
class ReadToken:
    """`claims` is None for text that is no token. `problems`: the deciding one first, empty for a valid token."""

    subject: Subject
    token: Token | None
    claims: Mapping[str, Json] | None
    problems: list[Problem]

    @property
    def session_id(self) -> str | None:
        return self._text("sid")

    @property
    def user_id(self) -> str | None:
        return self._text("sub")

    @property
    def issued_at(self) -> int | None:
        """In seconds."""
        value = (self.claims or {}).get("iat")
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def _text(self, name: str) -> str | None:
        value = (self.claims or {}).get(name)
        return value if isinstance(value, str) else None


class TokenReader:
    def __init__(self, engine: Engine, instance: Instance) -> None:
        self._engine = engine
        self._instance = instance

    async def read(self, text: str) -> ReadToken:
        """Never raises for any text."""
        header, claims = _part(text, 0), _part(text, 1)
        if header is None or claims is None:
            return ReadToken(Subject.UNKNOWN, None, None, [_MALFORMED])
        ring = await self._engine.key_store.ring(self._instance)
        key = next((each for each in ring.keys if each.kid == header.get("kid")), None)
        problems = await self._signature(text, header, claims, key)
        is_genuine = not problems
        subject = _subject(header, claims)
        if is_genuine or key is None:
            problems += self._claims(subject, claims, is_genuine=is_genuine)
        if subject is Subject.SESSION_TOKEN and (advice := too_large(len(text), self._publishable_key)):
            problems.append(Problem(cause=ArtefactCause.TOKEN_TOO_LARGE, told=advice, advice=_SMALLER))
        token = Token(
            bytes=len(text),
            largest=largest_token(self._publishable_key),
            is_genuine=is_genuine,
            key_id=_text(header.get("kid")),
            algorithm=_text(header.get("alg")),
            claims=await self._explained(subject, claims),
        )
        return ReadToken(subject, token, claims, problems)

    @property
    def _publishable_key(self) -> str:
        return self._instance.publishable_key

    async def _explained(self, subject: Subject, claims: Mapping[str, Json]) -> list[Claim]:
        name: str | None = None
        written: Mapping[str, Json] = {}
        if subject is Subject.TEMPLATE_TOKEN:
            listed = await self._engine.jwt_templates.list(self._instance, Page(_MAX_TEMPLATES))
            templates = {template.name: template.claims for template in listed}
            found = likely_template(claims, templates)
            name = found[0] if len(found) == 1 else "of another name" if not found else " or ".join(found)
            written = templates[found[0]] if found else {}
        return explained_claims(claims, self._instance, template=name, template_claims=written)

    async def _signature(
        self, text: str, header: Mapping[str, Json], claims: Mapping[str, Json], key: SigningKey | None
    ) -> list[Problem]:
        """Why the signature does not make the token one of this server; empty if it does."""
        instance, now = self._instance, self._engine.clock.now()
        issuer = claims.get("iss")
        is_elsewhere = isinstance(issuer, str) and issuer != instance.public_url
        if key is None:
            if is_elsewhere:
                told = f"The token is another server's: its issuer is {_shown(issuer)}, and this server is {instance.public_url}."
                return [Problem(cause=ArtefactCause.ANOTHER_INSTANCE, told=told, advice=_SAME_KEYS)]
            return [await self._unknown_key(header, claims)]
        known = key.verification_key

        def find(kid: str, /) -> VerificationKey | None:
            return known if kid == known.kid else None

        try:
            verify(text, find, max_length=_LONGEST)
        except TokenRefused as refused:
            cause = ArtefactCause.SIGNATURE_WRONG if "signature" in refused.reason else ArtefactCause.TOKEN_MALFORMED
            return [Problem(cause=cause, told=refused.long_message or "The token does not verify.", advice=_WHOLE)]
        if key.kid not in {each.kid for each in (await self._engine.key_store.ring(instance)).published(now)}:
            at = key.retired_at
            told = f"The key that signed the token was rotated away: it was retired on {moment_text(at) if at else 'an unknown day'}."
            return [Problem(cause=ArtefactCause.KEY_ROTATED_AWAY, told=told, advice=_NEW_TOKEN)]
        return []

    async def _unknown_key(self, header: Mapping[str, Json], claims: Mapping[str, Json]) -> Problem:
        """A key that was dropped by an emergency rotation after the issue, or one that never was this server's."""
        issued = claims.get("iat")
        kid = _text(header.get("kid"))
        if isinstance(issued, int) and not isinstance(issued, bool):
            for entry in await self._engine.store.events.list(self._instance.id, Page(50), _ROTATIONS):
                if entry.details.get("emergency") and entry.at.seconds >= issued and entry.target != kid:
                    told = (
                        f"The key that signed the token was rotated away: the emergency rotation of {moment_text(entry.at)}"
                        " dropped every older key."
                    )
                    return Problem(cause=ArtefactCause.KEY_ROTATED_AWAY, told=told, advice=_NEW_TOKEN)
        told = "The token is signed with a key that this server never had, or no longer has."
        return Problem(cause=ArtefactCause.KEY_UNKNOWN, told=told, advice=_SAME_KEYS)

    def _claims(self, subject: Subject, claims: Mapping[str, Json], *, is_genuine: bool) -> list[Problem]:
        """Problems of the claims of a token, whatever its signature says."""
        problems: list[Problem] = []
        instance, now = self._instance, self._engine.clock.seconds()
        issuer, party = claims.get("iss"), claims.get("azp")
        if subject is Subject.TEMPLATE_TOKEN:
            problems.append(Problem(cause=ArtefactCause.NOT_A_SESSION_TOKEN, told=_FOR_OTHERS, advice=_WHOLE))
        if isinstance(issuer, str) and issuer != instance.public_url and is_genuine:
            told = f"The token's issuer is {_shown(issuer)}, and this server is {instance.public_url}: SOJOURN_PUBLIC_URL was changed, or the app names another issuer."
            problems.append(Problem(cause=ArtefactCause.WRONG_ISSUER, told=told, advice=_SAME_KEYS))
        if isinstance(party, str) and not self._is_party(party):
            told = f"The token was issued to a page of {_shown(party)}, which is not among allowed_origins, so apps refuse it."
            problems.append(Problem(cause=ArtefactCause.WRONG_PARTY, told=told, advice=_PARTY))
        problems += _of_times(claims, now)
        return problems

    def _is_party(self, party: str) -> bool:
        instance, normal = self._instance, origin_alone(party)
        if normal is None:
            return False
        listed = {origin_of(instance.public_url), *map(origin_of, instance.settings.allowed_origins)}
        return normal in listed or (instance.is_development and is_loopback_origin(normal))


def clock_problem(token: ReadToken, date: Instant) -> Problem | None:
    """The clock of the app's machine is behind, because its response (`date`) is older than the token of the request."""
    issued = token.issued_at
    if issued is None or token.token is None or not token.token.is_genuine or issued - date.seconds <= _SKEW:
        return None
    return clock_off(date.seconds - issued)


def clock_off(seconds: int) -> Problem:
    """`seconds`: positive if the app's clock is ahead of the server's."""
    side = "ahead of" if seconds > 0 else "behind"
    told = f"The clock of the app's machine is off by {abs(seconds):,} s: it is {side} the server's."
    return Problem(cause=ArtefactCause.CLOCK_OFF, told=told, advice=_CLOCKS)


def _of_times(claims: Mapping[str, Json], now: float) -> list[Problem]:
    expires, issued, since = (_seconds(claims.get(name)) for name in ("exp", "iat", "nbf"))
    if issued is not None and issued - _SKEW > now:
        return [clock_ahead(issued - int(now))]
    if since is not None and since - _SKEW > now:
        told = f"The token is not valid yet: it is valid from {moment_text(Instant.from_seconds(since))}, {since - int(now):,} s from now."
        return [Problem(cause=ArtefactCause.TOKEN_NOT_YET_VALID, told=told, advice=_CLOCKS)]
    if expires is not None and now >= expires + _SKEW:
        ago = int(now) - expires
        told = f"The token expired on {moment_text(Instant.from_seconds(expires))}, {ago:,} s ago."
        return [Problem(cause=ArtefactCause.TOKEN_EXPIRED, told=told, advice=_NEW_TOKEN)]
    return []


def clock_ahead(seconds: int) -> Problem:
    told = (
        f"The token is not valid yet: it was issued {seconds:,} s in the future by this server's clock. The clock of the"
        " machine that issued it is ahead, or this one is behind."
    )
    return Problem(cause=ArtefactCause.TOKEN_NOT_YET_VALID, told=told, advice=_CLOCKS)


def _subject(header: Mapping[str, Json], claims: Mapping[str, Json]) -> Subject:
    if "handshake" in claims:
        return Subject.HANDSHAKE
    return Subject.TEMPLATE_TOKEN if header.get("cat") == TEMPLATE_CATEGORY else Subject.SESSION_TOKEN


def _part(text: str, number: int) -> dict[str, Json] | None:
    """A part of the token as an object, verified or not."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > _LONGEST:
        return None
    try:
        part = parts[number]
        return msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict[str, Any])
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _seconds(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 32_503_680_000 else None


def _text(value: Json) -> str | None:
    return value[:128] if isinstance(value, str) else None


def _shown(value: Json) -> str:
    """An origin or issuer of an unverified token: untrusted text, shortened."""
    return str(value)[:200]


_CLOCKS = "Set the clocks of the app's machine and of the server by NTP. They may differ by five seconds."
_SAME_KEYS = "Check that the app's keys belong to this server: run `sojourn env` again and restart the app."
_NEW_TOKEN = "Nothing, if the session is live: the SDK fetches a new token by itself."
_WHOLE = "Send the token that `getToken()` returns, whole and in one header."
_SMALLER = "Make the claims of `sessions.claims`, or the metadata that they name, smaller."
_PARTY = "If the page is yours, add its origin to the setting `allowed_origins`, or to `authorized_parties` of the app."
_MALFORMED = Problem(
    cause=ArtefactCause.TOKEN_MALFORMED, told="This is malformed: not a JSON Web Token.", advice=_WHOLE
)
_FOR_OTHERS = "This token was made from a JWT template for another service: it is not a session token, so no app accepts it as one."
