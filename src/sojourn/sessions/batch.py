"""A batch: sessions that are ended together by a filter, in steps that a restart does not lose."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sojourn.errors import Json
from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.sessions.end_cause import EndCause


class BatchStatus(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class SessionBatch:
    """`which` is the filter in the words of its query. `total` sessions matched when it began; `done` of them have been ended.

    Both differ in the end if a session ended in another way meanwhile. No session that begins after `created_at` is ended.
    """

    id: str
    instance_id: InstanceId
    status: BatchStatus
    cause: EndCause
    actor: str
    which: Mapping[str, Json]
    total: int
    done: int
    created_at: Instant
    updated_at: Instant
    finished_at: Instant | None = None
