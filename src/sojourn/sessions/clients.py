"""Clients: finding the browser that asks, giving it a secret, forgetting it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sojourn.errors import UnknownDevBrowser
from sojourn.ids import UserId, client_id
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.secret import Secret
from sojourn.sessions.activity import Activity
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.client import Client, ClientView
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import DevBrowser, Groups, Store
from sojourn.users.user import User

GRACE = timedelta(seconds=10)
"""How long the previous secret of a client is still accepted, for tabs that were already on their way (R-SES-08)."""

LONGEST = timedelta(days=400)
"""No cookie outlives this (RFC 6265bis section 5.5)."""

_PREFIX = "clt_"
_DEV_PREFIX = "dvb_"


@dataclass(frozen=True, slots=True)
class Clients:
    store: Store
    clock: Clock
    activity: Activity

    async def find(self, instance: Instance, secret: Secret) -> Client | None:
        """The client that holds the secret; None for anything unknown, which is never adopted (R-ID-06)."""
        if not secret.reveal().startswith(_PREFIX):
            return None
        return await self.store.clients.find_by_secret(instance.id, secret.stored_form(), self.clock.now())

    async def ensure(self, caller: Caller) -> Issued:
        """The caller's client, or a new one with its secret."""
        issued = self.proposed(caller)
        await self.write(self.store, issued)
        return issued

    def proposed(self, caller: Caller) -> Issued:
        """The caller's client, or a new one that is still to be written, with what needed it: a refusal leaves no row."""
        if caller.client is not None:
            return Issued(caller.client)
        return Issued(*fresh_client(caller.instance, self.clock.now()))

    async def write(self, groups: Groups, issued: Issued) -> None:
        """Write the client if it is a new one."""
        if issued.secret is not None:
            await groups.clients.create(issued.client)

    async def view(self, client: Client) -> ClientView:
        """The client with the sessions that are live by the clock."""
        return self._viewed(client, await self.store.sessions.of_client(client.id))

    async def view_by(self, instance: Instance, secret: Secret) -> tuple[ClientView, Mapping[UserId, User]] | None:
        """The client that holds the secret, as `view` shows it, with its users: one read where `find` and the rest take three.

        None also for a previous secret within its grace, which `find` knows.
        """
        if not secret.reveal().startswith(_PREFIX):
            return None
        facts = await self.store.clients.facts(instance.id, secret.stored_form())
        return None if facts is None else (self._viewed(facts.client, facts.sessions), facts.users)

    def _viewed(self, client: Client, sessions: Sequence[Session]) -> ClientView:
        now = self.clock.now()
        return ClientView(client, tuple(each for each in map(self.activity.seen, sessions) if each.is_live(now)))

    async def forget(self, caller: Caller) -> None:
        """End every session of the client, and the client itself."""
        if caller.client is None:
            return
        now = self.clock.now()
        async with self.store.transaction() as tx:
            await tx.sessions.finish_of_client(caller.client.id, SessionStatus.REMOVED, now)
            await tx.clients.delete(caller.instance.id, caller.client.id)

    async def renew(self, client: Client) -> Issued:
        """A new secret after a sign-out, so that the old one dies with what it could do (R-FLOW-01)."""
        async with self.store.transaction() as tx:
            issued = await rotate(tx, client, self.clock.now())
            current = await tx.clients.find(client.instance_id, client.id)
        return Issued(current or issued.client, issued.secret)

    async def new_dev_browser(self, instance: Instance, client: Client | None) -> Secret:
        """A development browser: what stands for the cookie where a browser blocks it."""
        token = Secret.random(_DEV_PREFIX)
        row = DevBrowser(token.stored_form(), instance.id, client.id if client else None, self.clock.now())
        await self.store.clients.create_dev_browser(row)
        return token

    async def by_dev_browser(self, instance: Instance, token: Secret) -> tuple[DevBrowser, Client | None]:
        """Raises: UnknownDevBrowser; also in production, where there are none (R-AUZ-09)."""
        row = None
        if instance.is_development:
            row = await self.store.clients.find_dev_browser(instance.id, token.stored_form())
        if row is None:
            raise UnknownDevBrowser()
        client = await self.store.clients.find(instance.id, row.client_id) if row.client_id else None
        return row, client

    async def bind_dev_browser(self, token: Secret, client: Client) -> None:
        await self.store.clients.bind_dev_browser(token.stored_form(), client.id)


def fresh_client(instance: Instance, now: Instant) -> tuple[Client, Secret]:
    secret = Secret.random(_PREFIX)
    client = Client(
        id=client_id(),
        instance_id=instance.id,
        secret_hash=secret.stored_form(),
        created_at=now,
        updated_at=now,
        signed_in_changed_at=now,
        expire_at=now + min(LONGEST, instance.settings.sessions.lifetime * 2),
    )
    return client, secret


async def rotate(tx: Groups, client: Client, now: Instant) -> Issued:
    """A new secret for the client at a change of who is signed in (R-FLOW-01).

    Losing to another tab is fine: that tab's browser-wide cookie is the successor, and none is handed out twice.
    """
    secret = Secret.random(_PREFIX)
    if not await tx.clients.rotate_secret(client, secret.stored_form(), now, grace=GRACE):
        current = await tx.clients.find(client.instance_id, client.id)
        return Issued(current or client)
    rotated = replace(
        client,
        secret_hash=secret.stored_form(),
        previous_secret_hash=client.secret_hash,
        previous_secret_until=now + GRACE,
        updated_at=now,
    )
    return Issued(rotated, secret)
