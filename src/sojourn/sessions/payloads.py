"""Custom claims before they are saved: what tokens would hold, for whom they would be too large, and when they take effect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import cast

import msgspec

from sojourn.errors import FieldError, Json, NotFound
from sojourn.factors.factor_set import FactorSet
from sojourn.ids import ClientId, UserId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instances.instances import KNOWN_FOR
from sojourn.instances.settings import Settings
from sojourn.instant import Clock, Instant
from sojourn.sessions.minting import granted
from sojourn.sessions.session import Session, begun
from sojourn.store.interface import Page, Store, UserFilter, UserOrder
from sojourn.tokens.cookie_size import largest_token, too_large
from sojourn.tokens.jws import Algorithm, verify
from sojourn.tokens.session_token import mint, mint_template
from sojourn.tokens.signing_keys import SigningKey
from sojourn.tokens.templates import RESERVED_IN_SESSIONS, TemplateProblem, problems, render
from sojourn.users.token_facts import token_facts
from sojourn.users.user import User

_SAMPLE = 100
_SHOWN = 10
_MOST_PROBLEMS = 50
_HISTORY = 200

_SIGNATURE = {Algorithm.RS256: 342, Algorithm.EDDSA: 86}
"""Letters of a signature in base64url: 256 bytes of RSA-2048, 64 of Ed25519."""


@dataclass(frozen=True, slots=True)
class TokenPreview:
    """A user's custom claims as they are now and as they would be; `token` is the whole decoded token, `size` its bytes."""

    user: User
    before: Json
    after: Json
    token: Mapping[str, Json]
    size: int


@dataclass(frozen=True, slots=True)
class Meter:
    """Sizes in bytes: of a token without custom claims, of the largest one of the sample, and what a cookie holds.

    `claims` are the bytes that each custom claim takes in the largest token.
    """

    fixed: int
    largest: int
    largest_user: UserId | None
    sampled: int
    most: int
    claims: Mapping[str, int]

    @property
    def is_too_large(self) -> bool:
        return self.largest > self.most


@dataclass(frozen=True, slots=True)
class Preview:
    """`chosen` and `users` are empty while there are problems; `users` are real users, the most recently active first."""

    problems: Sequence[TemplateProblem]
    chosen: TokenPreview | None = None
    users: Sequence[TokenPreview] = ()
    meter: Meter | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """When live sessions have the current claims: every token minted since `new_from` has them, and older ones have
    expired at `old_until`. Nobody has to sign in again. All None if the claims were never changed.
    """

    changed_at: Instant | None
    new_from: Instant | None
    old_until: Instant | None


@dataclass(frozen=True, slots=True)
class Payloads:
    store: Store
    clock: Clock
    factors: FactorSet

    async def preview(self, instance: Instance, claims: Mapping[str, Json], *, user_id: str | None = None) -> Preview:
        """The effect of these claims in session tokens. Raises: NotFound for the user."""
        if found := list(islice(problems(claims, reserved=RESERVED_IN_SESSIONS), _MOST_PROBLEMS)):
            return Preview(found)
        now = self.clock.now()
        measure = _Measure.of(instance, now)

        def shown(user: User, session: Session, has_second_factor: bool) -> TokenPreview:
            return measure.preview(user, session, claims, has_second_factor)

        chosen, users = await self._people(instance, user_id, now, shown)
        return Preview((), chosen, users, await self.meter(instance, claims))

    async def preview_template(
        self,
        instance: Instance,
        claims: Mapping[str, Json],
        *,
        before: Mapping[str, Json],
        lifetime: timedelta,
        user_id: str | None = None,
    ) -> Preview:
        """The effect of these claims of a JWT template, whose token is no cookie. Raises: NotFound for the user."""
        if found := list(islice(problems(claims), _MOST_PROBLEMS)):
            return Preview(found)
        now = self.clock.now()
        measure = _Measure.of(instance, now)

        def shown(user: User, session: Session, has_second_factor: bool) -> TokenPreview:
            return measure.template(user, session, claims, before, lifetime, has_second_factor)

        chosen, users = await self._people(instance, user_id, now, shown)
        return Preview((), chosen, users)

    async def _people(
        self,
        instance: Instance,
        user_id: str | None,
        now: Instant,
        shown: Callable[[User, Session, bool], TokenPreview],
    ) -> tuple[TokenPreview | None, Sequence[TokenPreview]]:
        """The previews of the chosen user and of ten others."""
        chosen = [] if user_id is None else [await self._user(instance, user_id)]
        active = UserFilter(order_by="last_active_at", now=now)
        people = [*chosen, *await self.store.users.list(instance.id, active, Page(_SHOWN))]
        second = await self.factors.second_factors(self.store, instance, people, now)
        previews = [shown(user, await self._session(instance, user, now), bool(second.get(user.id))) for user in people]
        return (previews[0], previews[1:]) if chosen else (None, previews)

    async def meter(self, instance: Instance, claims: Mapping[str, Json]) -> Meter:
        """Measures tokens of an empty user and of the most recently created, changed and active users."""
        now = self.clock.now()
        measure = _Measure.of(instance, now)
        nobody = User(UserId("user_" + "x" * 27), instance.id, now, now)
        sample = await self._sample(instance, now)
        sizes = [(measure.size(user, _any_session(user, now), claims), user) for user in (nobody, *sample)]
        largest, user = max(sizes, key=lambda pair: pair[0])
        session = _any_session(user, now)
        return Meter(
            fixed=measure.size(nobody, _any_session(nobody, now), {}),
            largest=largest,
            largest_user=None if user is nobody else user.id,
            sampled=len(sample),
            most=largest_token(instance.publishable_key),
            claims={
                name: measure.size(user, session, {name: value}) - measure.size(user, session, {})
                for name, value in claims.items()
            },
        )

    async def check_claims(self, instance: Instance, settings: Settings) -> None:
        """Refuse custom claims that would make a user's token too large for a browser's cookie. Raises: FieldError."""
        meter = await self.meter(replace(instance, settings=settings), settings.sessions.claims)
        if advice := too_large(meter.largest, instance.publishable_key):
            name, size = max(meter.claims.items(), key=lambda pair: pair[1], default=("", 0))
            most = f" The largest is {name}, with {size:,} bytes." if name else ""
            raise FieldError(f"Nothing was saved. {advice}{most}", param="sessions.claims")

    async def rollout(self, instance: Instance) -> Rollout:
        """When the last token with the earlier claims expires, from the history of the settings."""
        changes = await self.store.settings_changes.list(instance.id, limit=_HISTORY)
        lives = [instance.settings.sessions.token_seconds]
        for change in changes:
            values = {value.path: value for value in change.values}
            if life := values.get("sessions.token_seconds"):
                lives += [seconds for seconds in (life.before, life.after) if isinstance(seconds, int)]
            if "sessions.claims" in values:
                new_from = change.created_at + KNOWN_FOR
                return Rollout(change.created_at, new_from, new_from + timedelta(seconds=max(lives)))
        return Rollout(None, None, None)

    async def _user(self, instance: Instance, id: str) -> User:
        user = await self.store.users.find(instance.id, UserId(id)) if well_formed(id) else None
        if user is None:
            raise NotFound("No user has that id.")
        return user

    async def _session(self, instance: Instance, user: User, now: Instant) -> Session:
        """The user's session that was used last, or one that is not stored."""
        live = [each for each in await self.store.sessions.of_user(instance.id, user.id) if each.is_live(now)]
        return live[0] if live else _any_session(user, now)

    async def _sample(self, instance: Instance, now: Instant) -> list[User]:
        found: dict[UserId, User] = {}
        orders: tuple[UserOrder, ...] = ("created_at", "updated_at", "last_active_at")
        for order in orders:
            where = UserFilter(order_by=order, now=now)
            found |= {user.id: user for user in await self.store.users.list(instance.id, where, Page(_SAMPLE))}
        return list(found.values())


@dataclass(frozen=True, slots=True)
class _Measure:
    """Mints tokens that verify nowhere: their key is thrown away."""

    instance: Instance
    key: SigningKey
    now: Instant

    @classmethod
    def of(cls, instance: Instance, now: Instant) -> "_Measure":
        return cls(instance, SigningKey.generate(Algorithm.EDDSA, now), now)

    def preview(
        self, user: User, session: Session, claims: Mapping[str, Json], has_second_factor: bool
    ) -> TokenPreview:
        facts = self._facts(user, session, has_second_factor)
        token = self._token(user, session, claims, has_second_factor=has_second_factor)
        before = render(self.instance.settings.sessions.claims, facts)
        return TokenPreview(user, before, render(claims, facts), self._read(token), self._length(token))

    def template(
        self,
        user: User,
        session: Session,
        claims: Mapping[str, Json],
        before: Mapping[str, Json],
        lifetime: timedelta,
        has_second_factor: bool,
    ) -> TokenPreview:
        facts = self._facts(user, session, has_second_factor)
        after = cast("dict[str, Json]", render(claims, facts))
        url = self.instance.public_url
        token = mint_template(
            after,
            self.key,
            self.now,
            issuer=url,
            subject=user.id,
            authorized_party=url,
            life=lifetime,
            skew=timedelta(0),
        )
        return TokenPreview(user, render(before, facts), after, self._read(token), self._length(token))

    def _facts(self, user: User, session: Session, has_second_factor: bool) -> Mapping[str, Json]:
        return token_facts(user, session, self.now, self.instance.public_url, has_second_factor=has_second_factor)

    def _read(self, token: str) -> Mapping[str, Json]:
        return verify(token, lambda kid: self.key.verification_key, max_length=len(token)).claims

    def size(self, user: User, session: Session, claims: Mapping[str, Json]) -> int:
        return self._length(self._token(user, session, claims))

    def _length(self, token: str) -> int:
        algorithm = Algorithm(self.instance.settings.sessions.token_algorithm)
        return len(token) + _SIGNATURE[algorithm] - _SIGNATURE[Algorithm.EDDSA]

    def _token(
        self, user: User, session: Session, claims: Mapping[str, Json], *, has_second_factor: bool = False
    ) -> str:
        given = cast("dict[str, Json]", msgspec.to_builtins(claims))
        sessions = msgspec.structs.replace(self.instance.settings.sessions, claims=given)
        settings = msgspec.structs.replace(self.instance.settings, sessions=sessions)
        planned = replace(self.instance, settings=settings)
        origin = max((planned.public_url, *settings.allowed_origins), key=len)
        grant = granted(planned, session, user, self.now, origin, has_second_factor=has_second_factor)
        return mint(grant, self.key, self.now, life=settings.sessions.token_life)


def _any_session(user: User, now: Instant) -> Session:
    """An unsaved session of the user, for measuring its token."""
    day = timedelta(days=1)
    client_id = ClientId("client_" + "x" * 27)
    session = begun(user.instance_id, client_id, user.id, now, lifetime=day, inactivity=day)
    return replace(session, first_factor_at=now.before(day))
