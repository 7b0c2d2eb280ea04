"""The hash chain of the audit log: entries are recorded without one, and chained once they are committed (docs/decisions/0018).

Recording takes no lock, so transactions that record never wait for each other. Chaining moves entries from
`unchained_events` to `events`: each round takes what is committed, so an entry that commits late is found by the next
round, whatever its number.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Select, delete, exists, func, insert, select, update

from sojourn.errors import Conflict, SojournError
from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.interface import ChainCheck, ChainPlace, UnchainedEvents
from sojourn.store.sql.database import Row, Runner
from sojourn.store.sql.instance_wall import spanning, within
from sojourn.store.sql.rows.events import event_heads, event_row, events, unchained_event_row, unchained_events

_READ_AT_ONCE = 1000
_START = b"\0" * 32
BEGINNING = ChainPlace(0, _START)

_NAMES = tuple(column.name for column in event_row.columns)
_IS_KNOWN = exists().where(events.c.id == unchained_events.c.id, within(events, unchained_events.c.instance_id))
"""Reported for an unchained entry with the ID of a chained one, which this code never writes; the entry is left in
place.
"""


async def extend(database: Runner, *, max_rows: int) -> int:
    """Chain the oldest committed entries, up to `max_rows` per instance, and return how many. Raises: Overloaded;
    Conflict, after all other instances are done, if a chain cannot continue.
    """
    ordinal, instance_id = unchained_events.c.ordinal, unchained_events.c.instance_id
    oldest = select(instance_id).where(~_IS_KNOWN).order_by(ordinal).limit(max_rows).subquery()
    rows = await database.rows(spanning("entries to chain", select(oldest.c.instance_id).distinct()))
    count, failed = 0, None
    for row in rows:
        try:
            count += await _extend(database, str(row[0]), max_rows)
        except SojournError as error:
            failed = error
        except Exception as error:  # tampered rows of one instance do not stop the chains of the others
            failed = Conflict(
                "A chain of the audit log cannot go on; `sojourn events --check` says whether it was changed."
            )
            failed.__cause__ = error
    if failed is not None:
        raise failed
    return count


async def _extend(database: Runner, instance_id: str, max_rows: int) -> int:
    ordinal = unchained_events.c.ordinal
    oldest = (
        select(ordinal)
        .where(unchained_events.c.instance_id == instance_id, ~_IS_KNOWN)
        .order_by(ordinal)
        .limit(max_rows)
    )
    taken = delete(unchained_events).where(ordinal.in_(oldest), within(unchained_events, instance_id))
    taken = taken.returning(ordinal, *unchained_event_row.columns)
    async with database.together() as transaction:
        # the previous release chains entries itself under this lock, so the head is read only after taking it
        await transaction.line_up(f"events of {instance_id}")
        rows = sorted(await transaction.returning(taken), key=lambda row: _number(row[0]))
        if not rows:
            return 0
        begun, before = await _head(transaction, instance_id)
        entries: list[Mapping[str, object]] = []
        for sequence, row in enumerate(rows, begun + 1):
            values = dict(zip(_NAMES, row[1:], strict=True))
            before = chained(before, sequence, values)
            entries.append({**values, "sequence": sequence, "chain_hash": before})
        await transaction.change(insert(events), entries)
        head = {"sequence": begun + len(rows), "chain_hash": before}
        if begun:
            await transaction.change(update(event_heads).where(event_heads.c.instance_id == instance_id), head)
        else:
            await transaction.change(insert(event_heads), {"instance_id": instance_id, **head})
    return len(rows)


async def is_whole(run: Runner, instance_id: InstanceId) -> bool:
    """True if each chained entry matches its predecessor, up to the head, which may advance during the check."""
    found = ChainCheck(None, BEGINNING)
    while found.is_whole is None:
        found = await check(run, instance_id, found.reached, max_rows=_READ_AT_ONCE)
    return found.is_whole


async def check(run: Runner, instance_id: InstanceId, begin: ChainPlace, *, max_rows: int) -> ChainCheck:
    """One step of the check."""
    promised, head = await _head(run, instance_id)  # first: what it promises must be found below
    last, before = begin.sequence, begin.chain_hash
    rows = await run.rows(_following(instance_id, last, max_rows))
    for row in rows:
        expected = chained(before, last + 1, _values(row))
        if row[-2] != last + 1 or row[-1] != expected:
            return ChainCheck(False, ChainPlace(last, before))
        before, last = expected, last + 1
    reached = ChainPlace(last, before)
    if len(rows) == max_rows:
        return ChainCheck(None, reached)
    if last > promised:  # the log has grown meanwhile
        promised, head = await _head(run, instance_id)
        if promised > last:
            return ChainCheck(None, reached)
    if (last, before) != (promised, head):
        return ChainCheck(False, reached)
    known = select(unchained_events.c.id).where(unchained_events.c.instance_id == instance_id, _IS_KNOWN).limit(1)
    return ChainCheck(not await run.rows(known), reached)


async def unchained(run: Runner, instance_id: InstanceId) -> UnchainedEvents:
    counted = select(func.count(), func.min(unchained_events.c.at)).where(unchained_events.c.instance_id == instance_id)
    ((count, oldest),) = await run.rows(counted)
    return UnchainedEvents(_number(count), None if oldest is None else Instant(_number(oldest)))


async def _head(run: Runner, instance_id: str) -> tuple[int, bytes]:
    """The number of chained entries and the hash of the last one."""
    head = select(event_heads.c.sequence, event_heads.c.chain_hash).where(event_heads.c.instance_id == instance_id)
    rows = await run.rows(head)
    return (_number(rows[0][0]), _bytes(rows[0][1])) if rows else (0, _START)


def _following(instance_id: InstanceId, last: int, max_rows: int) -> Select[Any]:
    statement = select(*event_row.columns, events.c.sequence, events.c.chain_hash)
    return (
        statement.where(events.c.instance_id == instance_id, events.c.sequence > last)
        .order_by(events.c.sequence)
        .limit(max_rows)
    )


def _values(row: Row) -> dict[str, object]:
    return dict(zip(_NAMES, row[:-2], strict=True))


def chained(before: bytes, sequence: int, values: Mapping[str, object]) -> bytes:
    """SHA-256 of the previous hash and this entry: a change of one entry invalidates all later hashes."""
    return hashlib.sha256(before + msgspec.json.encode([sequence, values], order="sorted")).digest()


def _number(value: object) -> int:
    assert isinstance(value, int)
    return value


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
