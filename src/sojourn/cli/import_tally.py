"""The outcome of an import: counts for the summary, one line per record in the reports."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

import msgspec

from sojourn.errors import Json
from sojourn.users.importing.record import ImportedUser, RejectedRecord
from sojourn.users.importing.run import Imported, Outcome, Skipped

_SHOWN = 10
_MAX_ID_LENGTH = 255
_MAX_NAMES = 100


@dataclass(slots=True)
class Tally:
    """`report` receives a line per rejected record, `left_out_report` a line per dropped field of an imported user."""

    report: TextIO | None = None
    left_out_report: TextIO | None = None
    imported: int = 0
    skipped: int = 0
    refused: int = 0
    left_out: int = 0
    fields_left_out: Counter[str] = field(default_factory=Counter[str])
    fields_unused: Counter[str] = field(default_factory=Counter[str])
    fields_mended: Counter[str] = field(default_factory=Counter[str])
    first_refused: list[RejectedRecord] = field(default_factory=list[RejectedRecord])
    moved: Callable[[], None] = lambda: None

    @property
    def records(self) -> int:
        return self.imported + self.skipped + self.refused

    def add(self, outcome: Outcome) -> None:
        match outcome:
            case Imported():
                self.imported += 1
                self.left_out += outcome.left_out
                if outcome.record is not None:
                    self._add_fields(outcome.record)
            case Skipped():
                self.skipped += 1
            case RejectedRecord():
                self.refused += 1
                if len(self.first_refused) < _SHOWN:
                    self.first_refused.append(outcome)
                if self.report is not None:
                    self.report.write(_line(outcome, reason=outcome.reason))
        self.moved()

    def _add_fields(self, record: ImportedUser) -> None:
        self.fields_mended.update(record.mended)
        for name in record.unused:
            known = name in self.fields_unused or len(self.fields_unused) < _MAX_NAMES
            self.fields_unused[name if known else "other"] += 1
        for omission in record.left_out:
            self.fields_left_out[omission.what] += 1
            if self.left_out_report is not None:
                self.left_out_report.write(_line(record, left_out=omission.what, reason=omission.why))

    def summary(self, *, dry_run: bool) -> dict[str, Json]:
        return {
            "imported": self.imported,
            "skipped": self.skipped,
            "refused": self.refused,
            "addresses_left_out": self.left_out,
            "fields_left_out": dict(self.fields_left_out),
            "fields_mended": dict(self.fields_mended),
            "fields_without_place": dict(self.fields_unused),
            "dry_run": dry_run,
        }

    def print(self, *, dry_run: bool) -> None:
        """The first rejections are printed without IDs, because IDs come from the file and could contain terminal escapes."""
        verb = "would be imported" if dry_run else "imported"
        print(f"{self.imported:,} {verb}, {self.skipped:,} already present, {self.refused:,} rejected")
        if self.left_out:
            print(f"  unverified addresses of other users, dropped: {self.left_out:,}")
        for told, counted in (
            ("dropped, because they are invalid (--left-out FILE lists the reasons)", self.fields_left_out),
            ("stripped of control and invisible characters", self.fields_mended),
            ("not imported, because Sojourn has no field for them", self.fields_unused),
        ):
            if counted:
                print(f"  {told}: {', '.join(f'{name} ({number:,})' for name, number in counted.most_common())}")
        for rejected in self.first_refused:
            print(f"  {rejected.place}: {rejected.reason}")
        if self.refused > len(self.first_refused):
            print(f"  and {self.refused - len(self.first_refused):,} more; --report FILE lists them all")


def _line(of: RejectedRecord | ImportedUser, **told: str) -> str:
    id = of.external_id[:_MAX_ID_LENGTH] if of.external_id else None
    return msgspec.json.encode({of.place.unit: of.place.number, "external_id": id, **told}).decode() + "\n"
