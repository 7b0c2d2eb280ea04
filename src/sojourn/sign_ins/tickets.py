"""Creates and revokes tickets. `attempt.py` accepts them; `ticket.py` defines them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import FieldError, FieldFormat, FieldMissing, Gone, Json, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import UserId, new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.store.interface import Store
from sojourn.users.accounts import SERVER
from sojourn.users.metadata import checked_metadata

SIGN_IN_LIFE = timedelta(days=30)
"""The published default lifetime of a sign-in token, also the maximum. Use minutes for mailed links (R-OTP-02)."""

ACTOR_LIFE = timedelta(hours=1)
ACTOR_SESSION = timedelta(minutes=30)
MAX_ACTOR_SESSION = timedelta(hours=1)

_ACTOR_BYTES = 1024  # it is a claim of every token of the session, which must fit into a cookie
_PREFIX = "tkt_"


@dataclass(frozen=True, slots=True)
class Tickets:
    store: Store
    clock: Clock
    audit: AuditLog

    async def create_sign_in_token(
        self, instance: Instance, user_id: str, *, expires_in: timedelta = SIGN_IN_LIFE, actor: str = SERVER
    ) -> tuple[Ticket, Secret]:
        """Create a ticket that signs the user in once; the secret is returned only here.

        Raises: NotFound, FieldError.
        """
        _check_length(expires_in, SIGN_IN_LIFE, "expires_in_seconds")
        return await self._create(instance, TicketKind.SIGN_IN, user_id, expires_in, actor=actor)

    async def create_actor_token(
        self,
        instance: Instance,
        user_id: str,
        acting: Mapping[str, Json],
        *,
        expires_in: timedelta = ACTOR_LIFE,
        session_max: timedelta = ACTOR_SESSION,
        actor: str = SERVER,
    ) -> tuple[Ticket, Secret]:
        """Create an actor token: a ticket to impersonate the user (R-AUZ-06); `acting` names the actor in `sub`.

        Raises: NotFound, FieldMissing, FieldFormat, FieldError.
        """
        _check_length(expires_in, SIGN_IN_LIFE, "expires_in_seconds")
        _check_length(session_max, MAX_ACTOR_SESSION, "session_max_duration_in_seconds")
        return await self._create(
            instance,
            TicketKind.ACTOR,
            user_id,
            expires_in,
            actor=actor,
            acting=_checked_actor(acting),
            session_max=session_max,
        )

    async def get(self, instance: Instance, kind: TicketKind, id: str) -> Ticket:
        """Raises: NotFound, also for a ticket of the other kind."""
        ticket = await self.store.tickets.find(instance.id, kind, id) if well_formed(id) else None
        if ticket is None:
            raise NotFound("No ticket with that id exists here.")
        return ticket

    async def revoke(self, instance: Instance, kind: TicketKind, id: str, *, actor: str = SERVER) -> Ticket:
        """Revoke an unused ticket. Revoking twice is not an error. Raises: NotFound, Gone (used or expired)."""
        ticket = await self.get(instance, kind, id)
        async with self.store.transaction() as tx:
            revoked = await tx.tickets.finish(instance.id, ticket.id, TicketStatus.REVOKED, self.clock.now())
            if revoked is not None:
                await self.audit.record(
                    tx, instance, f"{kind}.revoked", user_id=ticket.user_id, target=ticket.id, actor=actor
                )
                return revoked
        now_is = await self.get(instance, kind, id)
        if now_is.status is not TicketStatus.REVOKED:
            raise Gone("This ticket has been used or has expired.")
        return now_is

    async def _create(
        self,
        instance: Instance,
        kind: TicketKind,
        user_id: str,
        expires_in: timedelta,
        *,
        actor: str,
        acting: Mapping[str, Json] | None = None,
        session_max: timedelta | None = None,
    ) -> tuple[Ticket, Secret]:
        secret, now = Secret.random(_PREFIX), self.clock.now()
        async with self.store.transaction() as tx:
            user = await tx.users.find(instance.id, UserId(user_id)) if well_formed(user_id) else None
            if user is None:
                raise NotFound("No user with that id exists here.")
            ticket = Ticket(
                id=new_id("sit_" if kind is TicketKind.SIGN_IN else "act_"),
                instance_id=instance.id,
                kind=kind,
                user_id=user.id,
                secret_hash=secret.stored_form(),
                status=TicketStatus.PENDING,
                created_at=now,
                updated_at=now,
                expire_at=now + expires_in,
                actor=acting,
                session_max=session_max,
            )
            await tx.tickets.create(ticket)
            details: dict[str, Json] = {"acting": acting["sub"]} if acting else {}
            await self.audit.record(
                tx, instance, f"{kind}.created", user_id=user.id, target=ticket.id, actor=actor, details=details
            )
        return ticket, secret


def _check_length(length: timedelta, max_life: timedelta, param: str) -> None:
    if not timedelta(seconds=1) <= length <= max_life:
        raise FieldError(f"{param} must be between 1 and {int(max_life.total_seconds())} seconds.", param=param)


def _checked_actor(acting: Mapping[str, Json]) -> dict[str, Json]:
    checked = checked_metadata(acting, "actor", limit=_ACTOR_BYTES)
    subject = checked.get("sub")
    if subject is None:
        raise FieldMissing("actor.sub")
    if not isinstance(subject, str) or not subject:
        raise FieldFormat("actor.sub must be a text that names the actor.", param="actor.sub")
    return checked
