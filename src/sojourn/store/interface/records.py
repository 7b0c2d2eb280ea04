"""Configuration records: JWT templates, redirect URLs, allowlist and blocklist entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from sojourn.errors import Json
from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.interface.paging import Page

RecordKind = Literal["jwt_template", "redirect_url", "allowlist_identifier", "blocklist_identifier"]


@dataclass(frozen=True, slots=True)
class Record:
    """A configuration record. `key` is unique per instance and kind (template name, URL, identifier)."""

    id: str
    instance_id: InstanceId
    kind: RecordKind
    key: str
    body: Mapping[str, Json]
    created_at: Instant
    updated_at: Instant


class RecordStore(Protocol):
    async def create(self, record: Record) -> bool:
        """False when the key is taken."""
        ...

    async def find(self, instance_id: InstanceId, kind: RecordKind, id: str) -> Record | None: ...
    async def find_by_key(self, instance_id: InstanceId, kind: RecordKind, key: str) -> Record | None: ...
    async def list(self, instance_id: InstanceId, kind: RecordKind, page: Page) -> Sequence[Record]:
        """Newest first. Raises: Overloaded."""
        ...

    async def count(self, instance_id: InstanceId, kind: RecordKind) -> int: ...
    async def replace(self, record: Record) -> bool: ...
    async def delete(self, instance_id: InstanceId, kind: RecordKind, id: str) -> bool: ...
