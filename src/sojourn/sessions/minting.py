"""Minting: a session token from a live session. The path that every tab takes once a minute (design section 4)."""

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

from sojourn.errors import FieldError, Json, NotFound, SessionEnded, UserBanned
from sojourn.ids import SessionId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.keyring import Keyring
from sojourn.instances.records import Records
from sojourn.instant import Clock, Instant
from sojourn.sessions.activity import Activity
from sojourn.sessions.session import Session
from sojourn.store.interface import Store
from sojourn.tokens.session_token import Grant, mint, mint_template
from sojourn.tokens.templates import render
from sojourn.users.token_facts import token_facts
from sojourn.users.user import User

OLDEST_API = "2021-02-05"
CLAIMS_VERSION_2 = "2025-04-10"


@dataclass(frozen=True, slots=True)
class Minting:
    store: Store
    clock: Clock
    activity: Activity
    keyring: Keyring
    records: Records

    async def mint(
        self, instance: Instance, secret_hash: bytes, id: str, *, origin: str | None, api_version: str = OLDEST_API
    ) -> str:
        """A fresh token for a live session of the client that holds the secret: one read, one signature.

        Only custom claims need to know more of the user than whether they are banned.

        Raises: SessionEnded, also for sessions of others (R-SES-11); UserBanned.
        """
        if not well_formed(id):
            raise SessionEnded()
        now = self.clock.now()
        wants_user = bool(instance.settings.sessions.claims)
        facts = await self.store.sessions.mint_facts(
            instance.id, secret_hash, SessionId(id), now, with_user=wants_user
        )
        if facts is None:
            raise SessionEnded()
        session = self.activity.seen(facts.session)
        if not session.is_live(now):
            raise SessionEnded()
        self.activity.note(session, now)
        if facts.is_banned:
            raise UserBanned()
        return await self._signed(instance, session, facts.user, now, origin=origin, api_version=api_version)

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
        """A token for a session that the caller has found live. Claims version by API version. Raises: UserBanned.

        `backdated` moves only the claims that say from when it is good, for verifiers whose clock is behind.
        """
        if user.banned:
            raise UserBanned()
        return await self._signed(
            instance, session, user, self.clock.now(), origin=origin, api_version=api_version, life=life, backdated=backdated
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
        custom: dict[str, Json] = {}
        if instance.settings.sessions.claims and user is not None:
            facts = token_facts(user, session, now, instance.public_url)
            custom = cast("dict[str, Json]", render(instance.settings.sessions.claims, facts))
        grant = Grant(
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
        key = await self.keyring.signing_key(instance)
        version = 2 if api_version >= CLAIMS_VERSION_2 else 1
        life = min(life or instance.settings.sessions.token_life, session.expire_at.since(now))
        return mint(grant, key, now.before(backdated), life=life + backdated, version=version)

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
        if user.banned:
            raise UserBanned()
        template = await self.records.template_named(instance, name)
        if template is None:
            raise NotFound(f"No JWT template is named {name!r}." if name.isidentifier() else None)
        now = self.clock.now()
        claims = render(template.claims, token_facts(user, session, now, instance.public_url))
        if not isinstance(claims, dict):
            raise FieldError("The template's claims are not an object.", param="claims")
        return mint_template(
            claims,
            template.signing or await self.keyring.signing_key(instance),
            now,
            issuer=instance.public_url,
            subject=user.id,
            authorized_party=origin,
            life=life or timedelta(seconds=template.lifetime),
            skew=timedelta(seconds=template.allowed_clock_skew),
        )


def _minutes(session: Session, now_millis: int, *, second: bool) -> int:
    """Whole minutes since the factor was proven; -1 for never."""
    at = session.second_factor_at if second else session.first_factor_at
    return -1 if at is None else max(0, (now_millis - at.millis) // 60_000)
