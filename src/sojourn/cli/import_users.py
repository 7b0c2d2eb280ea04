"""`sojourn import`: users and their password hashes, from the export of another system."""

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import msgspec
import typer

from sojourn.cli.opened import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.errors import Json, SojournError
from sojourn.users.importing import auth0, clerk, django, firebase
from sojourn.users.importing.record import ImportedUser, Refused, UnusableFile
from sojourn.users.importing.run import Imported, Importing, Leaving, Outcome, Skipped
from sojourn.users.importing.survey import Survey

if TYPE_CHECKING:
    from sojourn.engine import Sojourn

Reader = Callable[[TextIO], Iterator[ImportedUser | Refused]]

_SHOWN = 10
_REFUSED, _UNUSABLE, _INTERRUPTED = 1, 2, 130
_LONGEST_ID = 255


class Source(StrEnum):
    CLERK = "clerk"
    DJANGO = "django"
    AUTH0 = "auth0"
    FIREBASE = "firebase"


def import_users(
    source: Annotated[Source, typer.Argument(help="Where the file comes from.")],
    file: Annotated[Path, typer.Argument(help="clerk: CSV; django: CSV or JSON; auth0: NDJSON; firebase: JSON.")],
    hash_config: Annotated[
        Path | None, typer.Option("--hash-config", help="firebase: the project's password hash parameters.")
    ] = None,
    verified_emails: Annotated[
        bool, typer.Option("--verified-emails", help="django: the app has proven every address.")
    ] = False,
    without_usernames: Annotated[
        bool, typer.Option("--without-usernames", help="Leave user names behind; people sign in by their address.")
    ] = False,
    without_second_factors: Annotated[
        bool, typer.Option("--without-second-factors", help="Take those who have a second factor, without it.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write no user.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write who was refused, and why, to FILE.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import users with their password hashes. Run again after an interruption, it goes on where it stopped.

    Exit status: 0 all are there, 1 some were refused, 2 the file cannot be used, 130 interrupted.
    """
    leaving = Leaving(usernames=without_usernames, second_factors=without_second_factors)
    tally = Tally()
    try:
        read = _reader(source, hash_config, verified_emails=verified_emails)
        with _opened(file) as text:
            survey = Survey.of(read(text))  # nothing is opened or written for a file of another kind
            text.seek(0)
            with _reporting(report, file) as tally.report, _progress(survey.records, tally):
                work = partial(_imported, read(text), survey, leaving, tally, dry_run=dry_run)
                with_engine(configured(data, database_url), work)
    except SojournError as error:
        told = f"{file}: {error.long_message}" if isinstance(error, UnusableFile) else error.long_message
        print(f"sojourn: {told}", file=sys.stderr)
        if tally.records:
            print(f"stopped after {tally.records:,} records; run it again to go on", file=sys.stderr)
        raise typer.Exit(_UNUSABLE) from error
    except KeyboardInterrupt as interrupted:
        print(f"stopped after {tally.records:,} records; run it again to go on", file=sys.stderr)
        raise typer.Exit(_INTERRUPTED) from interrupted
    if as_json:
        print_json(tally.summary(dry_run=dry_run))
    else:
        tally.print(dry_run=dry_run)
    raise typer.Exit(_REFUSED if tally.refused else 0)


async def _imported(
    records: Iterator[ImportedUser | Refused],
    survey: Survey,
    leaving: Leaving,
    tally: "Tally",
    engine: "Sojourn",
    *,
    dry_run: bool,
) -> None:
    parts = engine.store, engine.clock, engine.audit, engine.hash_pool
    await Importing(*parts, survey, leaving, dry_run).run(engine.instance, records, tally.add)


@dataclass(slots=True)
class Tally:
    """What has become of the records so far; `report` gets a line for each that was refused."""

    report: TextIO | None = None
    imported: int = 0
    skipped: int = 0
    refused: int = 0
    left_out: int = 0
    first_refused: list[Refused] = field(default_factory=list[Refused])
    moved: Callable[[], None] = lambda: None

    @property
    def records(self) -> int:
        return self.imported + self.skipped + self.refused

    def add(self, outcome: Outcome) -> None:
        match outcome:
            case Imported():
                self.imported += 1
                self.left_out += outcome.left_out
            case Skipped():
                self.skipped += 1
            case Refused():
                self.refused += 1
                if len(self.first_refused) < _SHOWN:
                    self.first_refused.append(outcome)
                if self.report is not None:
                    self.report.write(_line(outcome))
        self.moved()

    def summary(self, *, dry_run: bool) -> dict[str, Json]:
        return {
            "imported": self.imported,
            "skipped": self.skipped,
            "refused": self.refused,
            "addresses_left_out": self.left_out,
            "dry_run": dry_run,
        }

    def print(self, *, dry_run: bool) -> None:
        """The first refusals stand without their ids: those come from the file, and a terminal obeys what it is shown."""
        verb = "would be imported" if dry_run else "imported"
        print(f"{self.imported:,} {verb}, {self.skipped:,} here already, {self.refused:,} refused")
        if self.left_out:
            print(f"  unverified addresses that somebody else has, left out: {self.left_out:,}")
        for each in self.first_refused:
            print(f"  {each.place}: {each.reason}")
        if self.refused > len(self.first_refused):
            print(f"  and {self.refused - len(self.first_refused):,} more; --report FILE lists them all")


def _line(refused: Refused) -> str:
    id = refused.external_id[:_LONGEST_ID] if refused.external_id else None
    line = {refused.place.unit: refused.place.number, "external_id": id, "reason": refused.reason}
    return msgspec.json.encode(line).decode() + "\n"


def _reader(source: Source, hash_config: Path | None, *, verified_emails: bool) -> Reader:
    """Raises: SojournError."""
    if hash_config is not None and source is not Source.FIREBASE:
        raise SojournError("--hash-config is for firebase only")
    if verified_emails and source is not Source.DJANGO:
        raise SojournError("--verified-emails is for django only: the others say which addresses are verified")
    match source:
        case Source.CLERK:
            return clerk.read
        case Source.DJANGO:
            return partial(django.read, verified=verified_emails)
        case Source.AUTH0:
            return auth0.read
        case Source.FIREBASE:
            if hash_config is None:
                raise SojournError("firebase needs --hash-config FILE with the project's password hash parameters")
            return partial(firebase.read, parameters=_parameters(hash_config))


def _parameters(file: Path) -> firebase.HashParameters:
    """Raises: SojournError."""
    with _opened(file) as text:
        try:
            return firebase.HashParameters.read(text.read(64 * 1024))
        except UnusableFile as error:
            raise SojournError(f"{file}: {error.long_message}") from error


def _opened(file: Path) -> TextIO:
    """The text, with bytes that are not UTF-8 set apart, so that one of them does not end the reading."""
    try:
        if file.exists() and not file.is_file():
            raise SojournError(f"{file}: this is not a file; a pipe cannot be read twice")
        return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise SojournError(f"{file}: {error.strerror}") from error


def _reporting(report: Path | None, file: Path) -> AbstractContextManager[TextIO | None]:
    if report is None:
        return nullcontext()
    try:
        if report.exists() and report.samefile(file):
            raise SojournError("--report names the file that is to be imported")
        return report.open("w", encoding="utf-8", buffering=1)
    except OSError as error:
        raise SojournError(f"{report}: {error.strerror}") from error


@contextmanager
def _progress(total: int, tally: Tally) -> Generator[None]:
    """A bar where somebody is watching; it goes to standard error, so that standard output holds the summary alone."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("users", total=total)
        tally.moved = lambda: bar.advance(task)
        yield
