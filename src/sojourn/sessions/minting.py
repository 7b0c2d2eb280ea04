"""Mints a session token for a live session. Every tab requests one once a minute (design section 4)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import structlog

from sojourn.errors import FieldError, Json, NotFound, SessionEnded, SojournError
from sojourn.events.audit_log import AuditLog
from sojourn.factors.factor_set import FactorSet
from sojourn.ids import SessionId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplates
from sojourn.instances.key_store import KeyStore
from sojourn.instant import Clock, Instant
from sojourn.sessions.activity import Activity, Seen
from sojourn.sessions.session import Session
from sojourn.sessions.usage import Use
from sojourn.store.interface import Store
from sojourn.tokens.cookie_size import largest_token, too_large
from sojourn.tokens.session_token import TokenClaims, mint, mint_template
from sojourn.tokens.templates import mentions, render
from sojourn.users.account_status import refuse_banned
from sojourn.users.token_facts import token_facts
from sojourn.users.user import User

OLDEST_API = "2021-02-05"
CLAIMS_VERSION_2 = "2025-04-10"
SYSTEM = "system"
"""The actor in the audit log for events that the server itself detects."""

_MAX_TOLD = 1000
_TOLD_EVERY = timedelta(seconds=1)

_log = structlog.get_logger("sojourn.sessions")


@dataclass(slots=True)
class Minting:
    store: Store
    clock: Clock
    activity: Activity
    key_store: KeyStore
    jwt_templates: JwtTemplates
    audit: AuditLog
    factors: FactorSet
    _told: dict[SessionId, Instant] = field(default_factory=dict[SessionId, Instant])
    """Sessions whose token was too large, with the time at which this process reported it."""

    async def mint(
        self,
        instance: Instance,
        secret_hash: bytes,
        id: str,
        *,
        origin: str | None,
        api_version: str = OLDEST_API,
        seen: Seen | None = None,
    ) -> str:
        """A fresh token for a live session of the client that holds the secret, with one read and one signature; `seen` is
        for the summary of its uses. Only custom claims need more of the user than the ban. Raises: SessionEnded, also for other clients' sessions
        (R-SES-11); UserBanned.
        """
        now = self.clock.now()
        wants_user = bool(instance.settings.sessions.claims)
        session, user = await self._facts(instance, secret_hash, id, now, with_user=wants_user, seen=seen)
        return await self._signed(instance, session, user, now, origin=origin, api_version=api_version)

    async def mint_from_template(
        self, instance: Instance, secret_hash: bytes, id: str, name: str, *, origin: str | None
    ) -> str:
        """As `mint`, shaped by the owner's template. Raises: as `mint`, and NotFound for the template."""
        session, user = await self._facts(instance, secret_hash, id, self.clock.now(), with_user=True, seen=None)
        if user is None:
            raise SessionEnded()
        return await self.from_template(instance, session, user, name, origin=origin)

    async def _facts(
        self,
        instance: Instance,
        secret_hash: bytes,
        id: str,
        now: Instant,
        *,
        with_user: bool,
        seen: Seen | None,
    ) -> tuple[Session, User | None]:
        """The data for minting from the live session that the secret opens; records the use.

        Raises: SessionEnded, UserBanned.
        """
        if not well_formed(id):
            raise SessionEnded()
        facts = await self.store.sessions.mint_facts(instance.id, secret_hash, SessionId(id), now, with_user=with_user)
        if facts is None:
            raise SessionEnded()
        session = self.activity.seen(facts.session)
        if not session.is_live(now):
            raise SessionEnded()
        self.activity.note(session, now, Use.REFRESH, seen)
        refuse_banned(facts)
        return session, facts.user

    async def for_session(
        self,
        instance: Instance,
        session: Session,
        user: User,
        *,
        origin: str | None,
        api_version: str = OLDEST_API,
        life: timedelta | None = None,
        backdated: timedelta = timedelta(0),
    ) -> str:
        """A token for a session that the caller has found live. The API version decides the claims version. Raises:
        UserBanned. `backdated` moves only `nbf` and `iat` back, for verifiers whose clock is behind.
        """
        refuse_banned(user)
        return await self._signed(
            instance,
            session,
            user,
            self.clock.now(),
            origin=origin,
            api_version=api_version,
            life=life,
            backdated=backdated,
        )

    async def _signed(
        self,
        instance: Instance,
        session: Session,
        user: User | None,
        now: Instant,
        *,
        origin: str | None,
        api_version: str,
        life: timedelta | None = None,
        backdated: timedelta = timedelta(0),
    ) -> str:
        has_second = await self._has_second_factor(instance, user, instance.settings.sessions.claims, now)
        grant = granted(instance, session, user, now, origin, has_second_factor=has_second)
        key = await self.key_store.signing_key(instance)
        version = 2 if api_version >= CLAIMS_VERSION_2 else 1
        life = min(life or instance.settings.sessions.token_life, session.expire_at.since(now))
        token = mint(grant, key, now.before(backdated), life=life + backdated, version=version)
        if grant.custom and (advice := too_large(len(token), instance.publishable_key)):
            await self._tell(instance, session, now, len(token), advice)
        return token

    async def _has_second_factor(
        self, instance: Instance, user: User | None, claims: Mapping[str, Json], now: Instant
    ) -> bool:
        """Asks the factors, and reads credentials, only for claims that say so of a user."""
        if user is None or not mentions(claims, "user.two_factor_enabled"):
            return False
        return bool((await self.factors.second_factors(self.store, instance, [user], now)).get(user.id))

    async def _tell(self, instance: Instance, session: Session, now: Instant, size: int, advice: str) -> None:
        """Log a too large token and record it for the operator, once per session and process, and at most once a
        second. The token is minted anyway, because an app that reads it from a header can use it.
        """
        newest = next(reversed(self._told.values()), None)
        if session.id in self._told or (newest is not None and now.since(newest) < _TOLD_EVERY):
            return
        if len(self._told) >= _MAX_TOLD:
            self._told.clear()
        self._told[session.id] = now
        _log.warning("session.token_too_large", session_id=session.id, bytes=size, advice=advice)
        details: dict[str, Json] = {"bytes": size, "most": largest_token(instance.publishable_key)}
        with suppress(SojournError):  # a failed write of the log must not sign the user out
            async with self.store.transaction() as tx:
                await self.audit.record(
                    tx, instance, "session.token_too_large", user_id=session.user_id, target=session.id,
                    actor=SYSTEM, details=details,
                )  # fmt: skip

    async def from_template(
        self,
        instance: Instance,
        session: Session,
        user: User,
        name: str,
        *,
        origin: str | None,
        life: timedelta | None = None,
    ) -> str:
        """A token for other services, shaped by the owner's template; `life` replaces its own. Raises: NotFound, UserBanned."""
        refuse_banned(user)
        template = await self.jwt_templates.find_named(instance, name)
        if template is None:
            raise NotFound(f"No JWT template is named {name!r}." if name.isidentifier() else None)
        now = self.clock.now()
        has_second = await self._has_second_factor(instance, user, template.claims, now)
        facts = token_facts(user, session, now, instance.public_url, has_second_factor=has_second)
        claims = render(template.claims, facts)
        if not isinstance(claims, dict):
            raise FieldError("The template's claims are not an object.", param="claims")
        return mint_template(
            claims,
            template.signing or await self.key_store.signing_key(instance),
            now,
            issuer=instance.public_url,
            subject=user.id,
            authorized_party=origin,
            life=life or timedelta(seconds=template.lifetime),
            skew=timedelta(seconds=template.allowed_clock_skew),
        )


def granted(
    instance: Instance,
    session: Session,
    user: User | None,
    now: Instant,
    origin: str | None,
    *,
    has_second_factor: bool = False,
) -> TokenClaims:
    """The contents of the token that the session has now, with the instance's custom claims."""
    custom: dict[str, Json] = {}
    if instance.settings.sessions.claims and user is not None:
        facts = token_facts(user, session, now, instance.public_url, has_second_factor=has_second_factor)
        custom = cast("dict[str, Json]", render(instance.settings.sessions.claims, facts))
    return TokenClaims(
        issuer=instance.public_url,
        subject=session.user_id,
        session_id=session.id,
        authorized_party=origin,
        first_factor_age=_minutes(session, now.millis, second=False),
        second_factor_age=_minutes(session, now.millis, second=True),
        status=session.status.value,
        actor=session.actor,
        custom=custom,
    )


def _minutes(session: Session, now_millis: int, *, second: bool) -> int:
    """Whole minutes since the factor was proven; -1 for never."""
    at = session.second_factor_at if second else session.first_factor_at
    return -1 if at is None else max(0, (now_millis - at.millis) // 60_000)
