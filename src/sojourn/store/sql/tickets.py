"""Tickets and handshake nonces, each usable once."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete, insert, update

from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.store.sql.columns import to_json
from sojourn.store.sql.group import Group, first
from sojourn.store.sql.rows.tickets import nonces, ticket_row, tickets

_PENDING = tickets.c.status == TicketStatus.PENDING.value


class SqlTickets(Group):
    async def create(self, ticket: Ticket) -> None:
        await self._insert(ticket_row, ticket)

    async def find(self, instance_id: InstanceId, kind: TicketKind, id: str) -> Ticket | None:
        where = (tickets.c.id == id, tickets.c.instance_id == instance_id, tickets.c.kind == kind.value)
        return await self._one(ticket_row, *where)

    async def find_by_secret(self, instance_id: InstanceId, secret_hash: bytes) -> Ticket | None:
        where = (tickets.c.secret_hash == secret_hash, tickets.c.instance_id == instance_id)
        return await self._one(ticket_row, *where)

    async def finish(self, instance_id: InstanceId, id: str, status: TicketStatus, now: Instant) -> Ticket | None:
        where = (tickets.c.id == id, tickets.c.instance_id == instance_id, _PENDING, tickets.c.expire_at > now.millis)
        values = {"status": status.value, "updated_at": now.millis}
        return first(await self._updated(ticket_row, values, *where))

    async def revoke_of_user(self, instance_id: InstanceId, user_id: UserId, now: Instant) -> None:
        where = (tickets.c.user_id == user_id, tickets.c.instance_id == instance_id, _PENDING)
        values = {"status": TicketStatus.REVOKED.value, "updated_at": now.millis}
        await self._run.change(update(tickets).where(*where).values(values))

    async def add_nonce(
        self, instance_id: InstanceId, nonce_hash: bytes, directives: Sequence[str], expire_at: Instant
    ) -> None:
        values = {
            "nonce_hash": nonce_hash,
            "instance_id": instance_id,
            "directives": to_json(list(directives)),
            "expire_at": expire_at.millis,
        }
        await self._run.change(insert(nonces).values(values))

    async def take_nonce(self, instance_id: InstanceId, nonce_hash: bytes, now: Instant) -> Sequence[str] | None:
        taken = (
            delete(nonces)
            .where(
                nonces.c.nonce_hash == nonce_hash, nonces.c.instance_id == instance_id, nonces.c.expire_at > now.millis
            )
            .returning(nonces.c.directives)
        )
        rows = await self._run.returning(taken)
        if not rows:
            return None
        return msgspec.json.decode(str(rows[0][0]), type=list[str])
