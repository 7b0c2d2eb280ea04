"""The operations that JWT templates, redirect URLs and access lists share: get, add and remove one entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from sojourn.errors import FieldError, Json, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.store.interface import Record, RecordKind, Store

SERVER = "backend_api"

PREFIX: Mapping[RecordKind, str] = {
    "jwt_template": "jtmp_",
    "redirect_url": "ru_",
    "allowlist_identifier": "alid_",
    "blocklist_identifier": "blid_",
}


@dataclass(frozen=True, slots=True)
class Records:
    store: Store
    clock: Clock
    audit: AuditLog

    async def count(self, instance: Instance, kind: RecordKind) -> int:
        return await self.store.records.count(instance.id, kind)

    async def get(self, instance: Instance, kind: RecordKind, id: str) -> Record:
        row = await self.store.records.find(instance.id, kind, id) if well_formed(id) else None
        if row is None:
            raise NotFound()
        return row

    async def add(
        self,
        instance: Instance,
        kind: RecordKind,
        key: str,
        body: Mapping[str, Json],
        actor: str,
        param: str,
        *,
        id: str | None = None,
    ) -> Record:
        now = self.clock.now()
        row = Record(id or new_id(PREFIX[kind]), instance.id, kind, key, body, now, now)
        async with self.store.transaction() as tx:
            if not await tx.records.create(row):
                raise taken(param)
            await self.audit.record(tx, instance, f"{kind}.created", target=row.id, actor=actor)
        return row

    async def remove(self, instance: Instance, kind: RecordKind, id: str, actor: str) -> Record:
        row = await self.get(instance, kind, id)
        async with self.store.transaction() as tx:
            if not await tx.records.delete(instance.id, kind, row.id):
                raise NotFound()
            await self.audit.record(tx, instance, f"{kind}.deleted", target=row.id, actor=actor)
        return row


def taken(param: str) -> FieldError:
    advice = "A JWT template has that name already." if param == "name" else "This is listed already."
    return FieldError(advice, param=param)
