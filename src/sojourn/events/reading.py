"""Reading the audit log: as rows of a file, and the check of its hash chain in steps."""

import csv
import io
from collections.abc import Sequence
from typing import Literal

import msgspec

from sojourn.errors import Json
from sojourn.events.event import Event
from sojourn.events.kinds import told

ExportFormat = Literal["ndjson", "csv"]

_COLUMNS = ("id", "at", "kind", "sentence", "actor", "user_id", "target", "ip_address", "user_agent", "details")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def entry(event: Event) -> dict[str, Json]:
    """The entry in JSON values; `at` is in milliseconds since the epoch."""
    return {
        "id": event.id,
        "at": event.at.millis,
        "kind": event.kind,
        "sentence": told(event),
        "actor": event.actor,
        "user_id": event.user_id,
        "target": event.target,
        "ip_address": event.ip_address,
        "user_agent": event.user_agent,
        "details": dict(event.details),
    }


def lines(events: Sequence[Event], form: ExportFormat, *, header: bool) -> bytes:
    """The entries as lines of a file in UTF-8, with a header in CSV if asked for.

    A cell of CSV that a spreadsheet would take for a formula begins with an apostrophe (R-INP-08).
    """
    if form == "ndjson":
        return b"".join(msgspec.json.encode(entry(event)) + b"\n" for event in events)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    if header:
        writer.writerow(_COLUMNS)
    for event in events:
        shown = {**entry(event), "at": event.at.datetime().isoformat()}
        writer.writerow([_cell(shown[name]) for name in _COLUMNS])
    return written.getvalue().encode()


def _cell(value: Json) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text
