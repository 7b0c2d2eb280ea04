"""Sessions: start, touch, end, revoke."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import msgspec

from sojourn.errors import (
    Conflict,
    FieldTooLong,
    Json,
    NotFound,
    SecretReplaced,
    SessionEnded,
    SessionLimitReached,
    SignedOut,
)
from sojourn.events.audit_log import AuditLog
from sojourn.ids import SessionId, UserId, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.sessions.activity import Activity
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client
from sojourn.sessions.clients import fresh_client, is_open_to, rotate
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import Device, Ending, Session, SessionStatus, begun, by_the_clock
from sojourn.store.interface import Groups, Page, SessionFilter, Store
from sojourn.users.account_status import may_sign_in, refuse_banned
from sojourn.users.user import User

_DATA_LIMIT = 8 * 1024
_REVOKED_AT_ONCE = 200

Actor = Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Sessions:
    store: Store
    clock: Clock
    activity: Activity
    audit: AuditLog

    # -- start

    async def start(
        self,
        tx: Groups,
        instance: Instance,
        client: Client,
        user: User,
        device: Device,
        strategy: str,
        *,
        actor: Actor | None = None,
        max_lifetime: timedelta | None = None,
        by_second_factor: bool = False,
    ) -> Session:
        """Start a session of `user` on `client`, open from the client's next secret on, in the caller's transaction. In
        single-session mode it replaces the client's other sessions; above the maximum per user, the longest idle one
        ends or the start is refused, as the settings say (R-SES-03). Raises: UserBanned, SessionLimitReached.
        """
        # read again and locked: a ban, or a new or compromised password, since the proof must win
        current = await tx.users.find(instance.id, user.id)
        if current is None or _password_facts(current) != _password_facts(user):
            raise Conflict("This account has just been changed. Sign in again.")
        refuse_banned(current)
        now = self.clock.now()
        rules = instance.settings.sessions
        await self._make_room(tx, instance, client, user, now, is_impersonation=actor is not None)
        session = begun(
            instance.id,
            client.id,
            user.id,
            now,
            lifetime=min(rules.lifetime, max_lifetime or rules.lifetime),
            inactivity=min(rules.inactivity, timedelta(minutes=10)) if actor else rules.inactivity,
            actor=actor,
            device=device,
            generation=client.generation,
            by_second_factor=by_second_factor,
            strategy=strategy,
        )
        await tx.sessions.create(session)
        await tx.clients.begin_session(client.instance_id, client.id, session.id, now, strategy=strategy)
        await tx.users.note_sign_in(instance.id, user.id, now)
        await self.audit.record(tx, instance, "session.created", user_id=user.id, target=session.id, device=device,
                                details={"strategy": strategy, "actor": _actor_id(actor)})  # fmt: skip
        return session

    async def _make_room(
        self, tx: Groups, instance: Instance, client: Client, user: User, now: Instant, *, is_impersonation: bool
    ) -> None:
        """Races are decided by the lock on the user, which `start` holds. Raises: SessionLimitReached."""
        rules = instance.settings.sessions

        def by(cause: EndCause, rule: str | None = None) -> Ending:
            return Ending(SessionStatus.REPLACED, cause, now, by=user.id, rule=rule)

        replaced: list[Session] = []
        for session in await tx.sessions.of_client(client.instance_id, client.id):
            if session.user_id == user.id:
                ending = by(EndCause.SIGNED_IN_AGAIN)
            elif rules.single_session_mode:
                ending = by(EndCause.SINGLE_SESSION, "sessions.single_session_mode=true")
            else:
                continue
            if gone := await tx.sessions.finish(instance.id, session.id, ending):
                replaced.append(gone)
        by_last_use = [self.activity.seen(session) for session in await tx.sessions.of_user(instance.id, user.id)]
        if rules.at_the_limit == "refuse" and not is_impersonation:
            live = [session for session in by_last_use if session.is_live(now)]
            if len(live) >= rules.sessions_per_user:
                raise SessionLimitReached()
        by_last_use.sort(key=lambda session: session.last_active_at, reverse=True)
        for idle in by_last_use[max(0, rules.sessions_per_user - 1) :]:
            ending = by(EndCause.SESSION_LIMIT, f"sessions.sessions_per_user={rules.sessions_per_user}")
            if gone := await tx.sessions.finish(instance.id, idle.id, ending):
                replaced.append(gone)
        await self._ended(tx, instance, replaced, "session.replaced", now)

    async def create_for(self, instance: Instance, user: User) -> Session:
        """Start a session without a browser, at the request of a server (tests, jobs)."""
        client, _ = fresh_client(instance, self.clock.now())
        async with self.store.transaction() as tx:
            await tx.clients.create(client)
            return await self.start(tx, instance, client, user, Device(), "backend_api")

    # -- read

    async def get(self, instance: Instance, id: SessionId) -> Session:
        """The session with its status at the current time. Raises: NotFound."""
        session = await self.store.sessions.find(instance.id, id) if well_formed(id) else None
        if session is None:
            raise NotFound("No session with that id exists here.")
        return self._by_the_clock(session)

    async def live(self, instance: Instance, id: SessionId) -> tuple[Session, User]:
        """A session that is live at the current time, and its user.

        Raises: NotFound, SessionEnded, also for a banned user.
        """
        session = await self.get(instance, id)
        if not session.is_live(self.clock.now()):
            raise SessionEnded()
        user = await self.store.users.find(instance.id, session.user_id)
        if user is None:
            raise NotFound("No user with that id exists here.")
        if not may_sign_in(user):
            raise SessionEnded()
        return session, user

    async def list(self, instance: Instance, where: SessionFilter, page: Page) -> Sequence[Session]:
        rows = await self.store.sessions.list(instance.id, replace(where, now=self.clock.now()), page)
        return [self._by_the_clock(row) for row in rows]

    async def count(self, instance: Instance, where: SessionFilter) -> int:
        return await self.store.sessions.count(instance.id, replace(where, now=self.clock.now()))

    async def active_of_user(self, instance: Instance, user_id: UserId) -> Sequence[Session]:
        now = self.clock.now()
        rows = await self.store.sessions.of_user(instance.id, user_id)
        return [session for session in map(self.activity.seen, rows) if session.is_live(now)]

    async def own(self, caller: Caller, id: str) -> Session:
        """A live session of the caller's client. Raises: SignedOut, SecretReplaced, SessionEnded, also for another
        client's session (R-SES-11).
        """
        if caller.client is None:
            raise SignedOut()
        session = await self.store.sessions.find(caller.instance.id, SessionId(id)) if well_formed(id) else None
        if session is None or session.client_id != caller.client.id:
            raise SessionEnded()
        if not is_open_to(caller.client, session):
            raise SecretReplaced()
        session = self.activity.seen(session)
        if not session.is_live(self.clock.now()):
            raise SessionEnded()
        return session

    async def acting(self, caller: Caller, id: str | None) -> tuple[Session, User]:
        """The session that acts, by its id or the last active one, and its user. Raises: as `own`."""
        if caller.client is None:
            raise SignedOut()
        chosen = id or caller.client.last_active_session_id
        if chosen is None:
            raise SignedOut()
        session = await self.own(caller, chosen)
        user = await self.store.users.find(caller.instance.id, session.user_id)
        if user is None or not may_sign_in(user):
            raise SessionEnded()
        return session, user

    # -- use

    async def touch(
        self, caller: Caller, id: str, intent: Literal["focus", "select_session", "select_org"] | None = None
    ) -> Session:
        """Record a use of the session and make it the client's current one. Raises: as `own`."""
        session = await self.own(caller, id)
        now = self.clock.now()
        assert caller.client is not None
        if caller.client.last_active_session_id != session.id:
            if not await self.store.clients.set_last_active_session(caller.client, session.id, now):
                raise SecretReplaced()
        self.activity.note(session, now)
        return replace(session, last_active_at=now)

    async def set_data(
        self,
        instance: Instance,
        id: SessionId,
        *,
        public: Mapping[str, Json] | None = None,
        private: Mapping[str, Json] | None = None,
    ) -> Session:
        """Replace the app's data on the session; each kind at most 8 KiB as JSON.

        Raises: FieldTooLong, SessionEnded.
        """
        session = await self.get(instance, id)
        chosen_public = session.public_data if public is None else public
        chosen_private = session.private_data if private is None else private
        for name, value in (("public_data", chosen_public), ("private_data", chosen_private)):
            if len(msgspec.json.encode(value)) > _DATA_LIMIT:
                raise FieldTooLong(name, _DATA_LIMIT)
        saved = await self.store.sessions.save_data(instance.id, id, chosen_public, chosen_private, self.clock.now())
        if saved is None:
            raise SessionEnded()
        return saved

    async def strengthen(self, tx: Groups, client: Client, session: Session, *, second: bool) -> Issued:
        """Record that a factor was proven again, effective from the client's next secret on (R-FLOW-01).

        Raises: SecretReplaced.
        """
        now = self.clock.now()
        generation = client.generation + 1
        await tx.sessions.note_factor(session.instance_id, session.id, now, generation=generation, second=second)
        return await rotate(tx, client, now)

    async def renew(self, tx: Groups, client: Client, session: Session) -> Issued:
        """Open the session to the client's next secret alone, after a change of how its user signs in (R-FLOW-01).

        An earlier copy of the cookie or of the refresh secret becomes useless. Raises: SecretReplaced.
        """
        await tx.sessions.renew(session.instance_id, session.id, generation=client.generation + 1)
        return await rotate(tx, client, self.clock.now())

    # -- end

    async def end(
        self,
        caller: Caller,
        id: str,
        status: SessionStatus = SessionStatus.ENDED,
        cause: EndCause = EndCause.SIGNED_OUT,
        by: str | None = None,
    ) -> tuple[Session, Issued]:
        """Sign out of one session; `by` is the session that asks, if it is another one. Ending an ended session is not an error.

        Raises: SignedOut, SessionEnded (another client's), SecretReplaced.
        """
        if caller.client is None:
            raise SignedOut()
        session = await self.store.sessions.find(caller.instance.id, SessionId(id)) if well_formed(id) else None
        if session is None or session.client_id != caller.client.id:
            raise SessionEnded()
        now = self.clock.now()
        async with self.store.transaction() as tx:
            ending = Ending(status, cause, now, by or session.user_id)
            ended = await tx.sessions.finish(caller.instance.id, session.id, ending)
            if ended is None:
                return self._by_the_clock(session), Issued(caller.client)
            await self._ended(tx, caller.instance, [ended], f"session.{status}", now, device=caller.device)
            return ended, await rotate(tx, caller.client, now)

    async def end_all(self, caller: Caller) -> Issued | None:
        """Sign out of every session of the client; the client itself stays.

        Returns None if the caller has no client. Raises: SecretReplaced.
        """
        if caller.client is None:
            return None
        now = self.clock.now()
        async with self.store.transaction() as tx:
            ending = Ending(SessionStatus.REMOVED, EndCause.SIGNED_OUT_OF_ALL, now)
            ended = await tx.sessions.finish_of_client(caller.instance.id, caller.client.id, ending)
            await tx.clients.set_last_active_session(caller.client, None, now)
            await tx.clients.set_attempts(caller.client, now, sign_in_id=None, sign_up_id=None)
            await self._ended(tx, caller.instance, ended, "session.removed", now, device=caller.device)
            return await rotate(tx, caller.client, now)

    async def revoke(
        self,
        instance: Instance,
        id: SessionId,
        *,
        actor: str,
        cause: EndCause = EndCause.REVOKED,
        by: str | None = None,
    ) -> Session:
        """End a session from outside. Committed before this returns, so no node mints for it afterwards (R-SES-06).

        `by` is the session or secret key that `actor` used. Raises: NotFound. A session that has already ended is returned unchanged.
        """
        session = await self.get(instance, id)
        now = self.clock.now()
        async with self.store.transaction() as tx:
            ending = Ending(SessionStatus.REVOKED, cause, now, by or actor)
            revoked = await tx.sessions.finish(instance.id, id, ending)
            if revoked is not None:
                await self._ended(tx, instance, [revoked], "session.revoked", now, actor=actor)
        return revoked or session

    async def revoke_all_of_user(self, instance: Instance, user_id: UserId, *, actor: str) -> int:
        """End every session of one user and return how many ended (R-SES-05). Their devices become unknown again (R-LIM-03)."""
        async with self.store.transaction() as tx:
            return len(await self.revoke_of_user(tx, instance, user_id, EndCause.REVOKED, actor=actor))

    async def revoke_all(self, instance: Instance, *, actor: str) -> int:
        """End every session of all users that began before now, and return how many (R-SES-05). Commits in steps, so
        that sign-ins continue in between. After a failure it can be repeated and continues where it stopped.
        """
        now, revoked = self.clock.now(), 0
        ending = Ending(SessionStatus.REVOKED, EndCause.ALL_REVOKED, now, actor)
        while True:
            async with self.store.transaction() as tx:
                step = await tx.sessions.finish_of_instance(instance.id, ending, max_rows=_REVOKED_AT_ONCE)
                await self._ended(tx, instance, step, "session.revoked", now, actor=actor)
            if not step:
                return revoked
            revoked += len(step)

    async def revoke_of_user(
        self,
        tx: Groups,
        instance: Instance,
        user_id: UserId,
        cause: EndCause,
        *,
        actor: str,
        keep: SessionId | None = None,
    ) -> Sequence[Session]:
        """End every session of the user but `keep`, and forget their devices, in the caller's transaction (R-PWD-11, R-SES-07)."""
        now = self.clock.now()
        await tx.users.forget_devices(
            instance.id, user_id, now
        )  # first, because `start` locks the user before their sessions
        ending = Ending(SessionStatus.REVOKED, cause, now, actor)
        revoked = await tx.sessions.finish_of_user(instance.id, user_id, ending, keep=keep)
        await self._ended(tx, instance, revoked, "session.revoked", now, actor=actor)
        return revoked

    async def _ended(
        self,
        tx: Groups,
        instance: Instance,
        sessions: Sequence[Session],
        kind: str,
        now: Instant,
        *,
        actor: str | None = None,
        device: Device = Device(),
    ) -> None:
        for client in sorted({session.client_id for session in sessions}):
            await tx.clients.note_signed_in_change(instance.id, client, now)
        for session in sessions:
            await self.audit.record(
                tx, instance, kind, user_id=session.user_id, target=session.id, actor=actor, device=device
            )

    def _by_the_clock(self, session: Session) -> Session:
        return by_the_clock(self.activity.seen(session), self.clock.now())


def _password_facts(user: User) -> tuple[Instant | None, Instant | None]:
    return user.password_changed_at, user.password_compromised_at


def _actor_id(actor: Actor | None) -> Json:
    return actor.get("sub") if actor else None
