"""Configuration records: JWT templates, redirect URLs, allowlist and blocklist."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from sojourn.ids import InstanceId
from sojourn.store.interface import Page, Record, RecordKind
from sojourn.store.sql.group import Condition, Group, paged, reading
from sojourn.store.sql.rows.records import record_row, records


class SqlRecords(Group):
    async def create(self, record: Record) -> bool:
        try:
            async with self._undoing() as runner:
                await SqlRecords(runner)._insert(record_row, record)
        except IntegrityError:
            return False
        return True

    async def find(self, instance_id: InstanceId, kind: RecordKind, id: str) -> Record | None:
        return await self._one(record_row, records.c.id == id, *_of(instance_id, kind))

    async def find_by_key(self, instance_id: InstanceId, kind: RecordKind, key: str) -> Record | None:
        return await self._one(record_row, records.c.key == key, *_of(instance_id, kind))

    async def list(self, instance_id: InstanceId, kind: RecordKind, page: Page) -> Sequence[Record]:
        newest_first = (records.c.created_at.desc(), records.c.id.desc())  # the order of `ix_records_created`, reversed
        found = reading(record_row).where(*_of(instance_id, kind)).order_by(*newest_first)
        return [record_row.decode(row) for row in await self._run.listed(paged(found, page))]

    async def count(self, instance_id: InstanceId, kind: RecordKind) -> int:
        return await self._counted(records, *_of(instance_id, kind))

    async def replace(self, record: Record) -> bool:
        """False if the record was deleted or its new key is taken."""
        where = (records.c.id == record.id, *_of(record.instance_id, record.kind))
        try:
            async with self._undoing() as runner:
                return await SqlRecords(runner)._update(record_row, record_row.encode(record), *where) == 1
        except IntegrityError:
            return False

    async def delete(self, instance_id: InstanceId, kind: RecordKind, id: str) -> bool:
        return await self._run.change(delete(records).where(records.c.id == id, *_of(instance_id, kind))) == 1


def _of(instance_id: InstanceId, kind: RecordKind) -> tuple[Condition, Condition]:
    return records.c.instance_id == instance_id, records.c.kind == kind
