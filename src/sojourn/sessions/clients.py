"""Clients: find the caller's, create, rotate secrets, delete."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from sojourn.errors import NotFound, SecretReplaced
from sojourn.ids import ClientId, SignInId, SignUpId, UserId, client_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.activity import Activity
from sojourn.sessions.caller import Caller, Held, Issued
from sojourn.sessions.client import Client, ClientView
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import Ending, Session, SessionStatus, by_the_clock
from sojourn.store.interface import Groups, Page, Store
from sojourn.users.user import User

_log = structlog.get_logger("sojourn.sessions")

GRACE = timedelta(seconds=10)
"""The time for which a client's previous secret may mint tokens, for requests already sent by other tabs (R-SES-08)."""

MAX_LIFETIME = timedelta(days=400)
"""The maximum lifetime of a cookie (RFC 6265bis section 5.5)."""

PREFIX = "clt_"


@dataclass(frozen=True, slots=True)
class Clients:
    store: Store
    clock: Clock
    activity: Activity

    async def find(self, instance: Instance, secret: Secret) -> Client | None:
        """The client with this current secret; None for any other text, which is never adopted as a new secret
        (R-ID-06).
        """
        held = await self.held_by(instance, secret)
        return held.client if held is not None and held.is_current else None

    async def get(self, instance: Instance, id: str) -> Client:
        """Raises: NotFound, also for another instance's client (R-AUZ-02)."""
        client = await self.store.clients.find(instance.id, ClientId(id)) if well_formed(id) else None
        if client is None:
            raise NotFound("No client with that id exists here.")
        return client

    async def list(self, instance: Instance, page: Page) -> Sequence[Client]:
        return await self.store.clients.list(instance.id, page)

    async def count(self, instance: Instance) -> int:
        return await self.store.clients.count(instance.id)

    async def held_by(self, instance: Instance, secret: Secret) -> Held | None:
        """The client with this current or previous secret; None for an unknown one. A secret past its grace period
        counts as unknown and is logged.
        """
        client = await self.of_any_secret(instance, secret)
        if client is None:
            return None
        secret_hash, now = secret.stored_form(), self.clock.now()
        if hmac.compare_digest(client.secret_hash, secret_hash):
            return Held(client, secret_hash)
        if not was_replaced_just_now(client, secret_hash, now):
            _log.warning("session_secret_reuse", client_id=client.id)
            return None
        is_earlier = secret_hash.hex() in client.earlier_secrets
        return Held(client, OPENS_NOTHING if is_earlier else secret_hash, is_current=False)

    async def of_any_secret(self, instance: Instance, secret: Secret) -> Client | None:
        """The client that this secret was made for, also if it opens nothing any more. One that was replaced more than
        once is found by the client's ID, which it contains.
        """
        text, secret_hash = secret.reveal(), secret.stored_form()
        if not text.startswith(PREFIX):
            return None
        client = await self.store.clients.find_by_secret(instance.id, secret_hash)
        if client is not None:
            return client
        named = text[len(PREFIX) :].partition(".")[0]
        client = await self.store.clients.find(instance.id, ClientId(named)) if well_formed(named) else None
        return client if client is not None and secret_hash.hex() in client.earlier_secrets else None

    async def ensure(self, caller: Caller) -> Issued:
        """The caller's client, or a new one with its secret."""
        issued = self.proposed(caller)
        await self.write(self.store, issued)
        return issued

    def proposed(self, caller: Caller) -> Issued:
        """The caller's client, or a new one that the caller writes together with what needs it, so a denial leaves no
        row.
        """
        if caller.client is not None:
            return Issued(caller.client)
        return Issued(*fresh_client(caller.instance, self.clock.now()))

    async def write(self, groups: Groups, issued: Issued) -> None:
        """Write the client if it is a new one."""
        if issued.secret is not None:
            await groups.clients.create(issued.client)

    async def view(self, client: Client) -> ClientView:
        """The client, as found by a request's secret, with its live sessions. Raises: SecretReplaced if one of them
        began or was stepped up after that secret (R-FLOW-01).
        """
        view = await self.view_of_server(client)
        if not all(is_open_to(client, session) for session in view.sessions):
            raise SecretReplaced()
        return view

    async def view_of_server(self, client: Client) -> ClientView:
        """The client with its live sessions, for a server, which has no client secret."""
        return self._viewed(client, await self.store.sessions.of_client(client.instance_id, client.id))

    async def view_by(self, instance: Instance, secret_hash: bytes) -> tuple[ClientView, Mapping[UserId, User]] | None:
        """The client whose current secret has this hash, as `view`, with the users of its sessions; one read instead of
        three.
        """
        facts = await self.store.clients.facts(instance.id, secret_hash)
        return None if facts is None else (self._viewed(facts.client, facts.sessions), facts.users)

    def _viewed(self, client: Client, sessions: Sequence[Session]) -> ClientView:
        now = self.clock.now()
        return ClientView(
            client, tuple(session for session in map(self.activity.seen, sessions) if session.is_live(now))
        )

    async def last_session(self, client: Client) -> Session | None:
        """The session that the browser used last, with its status at the current time."""
        session = await self.store.sessions.last_of_client(client.instance_id, client.id)
        return None if session is None else by_the_clock(self.activity.seen(session), self.clock.now())

    async def delete(self, caller: Caller) -> None:
        """End every session of the client, and the client itself. Raises: SecretReplaced."""
        if caller.client is None:
            return
        now = self.clock.now()
        async with self.store.transaction() as tx:
            await tx.sessions.finish_of_client(
                caller.instance.id, caller.client.id, Ending(SessionStatus.REMOVED, EndCause.SIGNED_OUT_OF_ALL, now)
            )
            if not await tx.clients.delete(caller.client):
                raise SecretReplaced()


OPENS_NOTHING = b""
"""A hash that matches no secret."""


def _new_secret(client: ClientId) -> Secret:
    return Secret.random(f"{PREFIX}{client}.")


def was_replaced_just_now(client: Client, secret_hash: bytes, now: Instant) -> bool:
    """True if this previous or earlier secret is still in its grace period (R-SES-08)."""
    until = client.earlier_secrets.get(secret_hash.hex())
    return in_grace(client, now) if until is None else now < Instant(until)


def in_grace(client: Client, now: Instant) -> bool:
    """True if the previous secret may still mint tokens."""
    return client.previous_secret_until is not None and now < client.previous_secret_until


def is_open_to(client: Client, session: Session) -> bool:
    """True if a request with this client secret may act in `session` at its current strength (R-FLOW-01)."""
    return session.generation is None or session.generation <= client.generation


def fresh_client(instance: Instance, now: Instant) -> tuple[Client, Secret]:
    id = client_id()
    secret = _new_secret(id)
    client = Client(
        id=id,
        instance_id=instance.id,
        secret_hash=secret.stored_form(),
        created_at=now,
        updated_at=now,
        signed_in_changed_at=now,
        expire_at=now + min(MAX_LIFETIME, instance.settings.sessions.lifetime * 2),
    )
    return client, secret


def renewed(client: Client, now: Instant) -> Issued:
    """The client with its next secret, to be written by `replace_secret`."""
    secret = _new_secret(client.id)
    after = replace(
        client,
        secret_hash=secret.stored_form(),
        previous_secret_hash=client.secret_hash,
        previous_secret_until=now + GRACE,
        updated_at=now,
        generation=client.generation + 1,
    )
    return Issued(after, secret)


async def replace_secret(tx: Groups, before: Client, after: Client, now: Instant) -> None:
    """Raises: SecretReplaced if another tab was first; the transaction is then rolled back (R-FLOW-01)."""
    if not await tx.clients.rotate_secret(before, after.secret_hash, now, grace=GRACE):
        raise SecretReplaced()


async def begin_attempt(
    tx: Groups, issued: Issued, now: Instant, *, sign_in_id: SignInId | None = None, sign_up_id: SignUpId | None = None
) -> Issued:
    """Make a sign-in or sign-up the client's current one, in the transaction that creates it.

    A client without live sessions gets a new secret: an attacker who copied or planted the old one cannot reach the
    attempt, and so cannot set a password that the owner's code would confirm (R-FLOW-01, R-ADV-01). Raises: SecretReplaced.
    """
    if not await tx.clients.set_attempts(issued.client, now, sign_in_id=sign_in_id, sign_up_id=sign_up_id):
        raise SecretReplaced()
    client = replace(issued.client, sign_in_id=sign_in_id, sign_up_id=sign_up_id, updated_at=now)
    theirs = await tx.sessions.of_client(client.instance_id, client.id)
    if issued.secret is not None or any(session.is_live(now) for session in theirs):
        return Issued(client, issued.secret)
    return await rotate(tx, client, now)


async def rotate(tx: Groups, client: Client, now: Instant) -> Issued:
    """Give the client a new secret, in the transaction that changes its sessions or their strength (R-FLOW-01).

    Raises: SecretReplaced.
    """
    after = renewed(client, now)
    await replace_secret(tx, client, after.client, now)
    current = await tx.clients.find(client.instance_id, client.id)
    return Issued(current or after.client, after.secret)
