"""Completes a sign-in or sign-up: status, session and new client secret in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import Json
from sojourn.events.outbox import Outbox
from sojourn.instant import Clock
from sojourn.sessions.caller import Caller, Issued
from sojourn.sessions.clients import renewed, replace_secret
from sojourn.sessions.known_devices import KnownDevices
from sojourn.sessions.lifecycle import Sessions
from sojourn.sessions.session import Session
from sojourn.store.interface import Groups
from sojourn.users.notices import notify
from sojourn.users.user import User


@dataclass(frozen=True, slots=True)
class SessionStart:
    clock: Clock
    sessions: Sessions
    devices: KnownDevices
    outbox: Outbox

    async def start_session(
        self,
        tx: Groups,
        caller: Caller,
        issued: Issued,
        user: User,
        strategy: str,
        *,
        known_device: bool,
        actor: Mapping[str, Json] | None = None,
        max_lifetime: timedelta | None = None,
        by_second_factor: bool = False,
    ) -> tuple[Session, Issued]:
        """Start the session, end the attempt that led to it, rotate the client's secret and mark the device as the user's.

        The user is notified of a new device and of an impersonation (R-LOG-04). Raises: SecretReplaced, and as `Sessions.start`.
        """
        now, before = self.clock.now(), issued
        if before.secret is None:  # a secret created in this transaction needs no successor
            issued = renewed(before.client, now)
        session = await self.sessions.start(
            tx,
            caller.instance,
            issued.client,
            user,
            caller.device,
            strategy,
            actor=actor,
            max_lifetime=max_lifetime,
            by_second_factor=by_second_factor,
        )
        if before.secret is None:
            await replace_secret(tx, before.client, issued.client, now)
        if actor is not None:
            await notify(self.outbox, tx, caller.instance, "impersonated", user)
        address = user.primary_email_address
        if not known_device and actor is None and address is not None and user.last_sign_in_at is not None:
            where = {"browser": caller.device.browser_name or "a browser", "ip_address": caller.device.ip_address or ""}
            await self.outbox.mail(tx, caller.instance, "new_device", address.value, where)
        refreshed = await tx.clients.find(caller.instance.id, issued.client.id)
        mark = self.devices.marked(caller, user) if actor is None else None
        return session, Issued(refreshed or issued.client, issued.secret, mark)
