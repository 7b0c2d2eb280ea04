"""`sojourn import`: import users and password hashes from another system's export."""

import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from sojourn.cli.import_tally import Tally
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.errors import SojournError
from sojourn.store.private_files import open_for_writing
from sojourn.users.importing import auth0, clerk, django, firebase
from sojourn.users.importing.format_detection import check_source, with_wanted
from sojourn.users.importing.record import ImportedUser, RejectedRecord, UnusableFile
from sojourn.users.importing.run import Importing, Leaving
from sojourn.users.importing.slow_hashes import checked_floor
from sojourn.users.importing.survey import Survey

if TYPE_CHECKING:
    from sojourn.engine import Engine

Reader = Callable[[TextIO], Iterator[ImportedUser | RejectedRecord]]

_REFUSED, _UNUSABLE, _INTERRUPTED = 1, 2, 130


class Source(StrEnum):
    CLERK = "clerk"
    DJANGO = "django"
    AUTH0 = "auth0"
    FIREBASE = "firebase"


def import_users(
    source: Annotated[Source, typer.Argument(help="Source system of the file.")],
    file: Annotated[Path, typer.Argument(help="clerk: CSV; django: CSV or JSON; auth0: NDJSON; firebase: JSON.")],
    hash_config: Annotated[
        Path | None, typer.Option("--hash-config", help="firebase: the project's password hash parameters.")
    ] = None,
    verified_emails: Annotated[
        bool, typer.Option("--verified-emails", help="django: treat every e-mail address as verified.")
    ] = False,
    without_usernames: Annotated[
        bool, typer.Option("--without-usernames", help="Drop usernames; users sign in by e-mail address.")
    ] = False,
    without_second_factors: Annotated[
        bool, typer.Option("--without-second-factors", help="Import users with a second factor, without that factor.")
    ] = False,
    accept_slow_hasher: Annotated[
        list[str] | None,
        typer.Option("--accept-slow-hasher", help="Accept this hasher although one check takes over 250 ms here."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything without writing users.")] = False,
    report: Annotated[Path | None, typer.Option("--report", help="Write rejected users and reasons to FILE.")] = None,
    left_out: Annotated[
        Path | None, typer.Option("--left-out", help="Write dropped fields and reasons to FILE.")
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Import users with their password hashes. Run it again after an interruption to continue.

    Exit status: 0 all users are present, 1 some were rejected, 2 the file is unusable, 130 interrupted.
    """
    leaving = Leaving(usernames=without_usernames, second_factors=without_second_factors)
    tally = Tally()
    try:
        read = _reader(source, hash_config, verified_emails=verified_emails)
        with _opened(file) as text:
            survey = _surveyed(text, source, read)  # nothing is opened or written for a file of another kind
            text.seek(0)
            with (
                _reporting(report, file, "--report") as tally.report,
                _reporting(left_out, file, "--left-out") as tally.left_out_report,
                _progress(survey.records, tally),
            ):
                accepted = accept_slow_hasher or []
                work = partial(_imported, read(text), survey, leaving, tally, accepted=accepted, dry_run=dry_run)
                with_engine(configured(data, database_url), work)
    except SojournError as error:
        told = f"{file}: {error.long_message}" if isinstance(error, UnusableFile) else error.long_message
        print(f"sojourn: {told}", file=sys.stderr)
        if tally.records:
            print(f"stopped after {tally.records:,} records; run it again to continue", file=sys.stderr)
        raise typer.Exit(_UNUSABLE) from error
    except KeyboardInterrupt as interrupted:
        print(f"stopped after {tally.records:,} records; run it again to continue", file=sys.stderr)
        raise typer.Exit(_INTERRUPTED) from interrupted
    if as_json:
        print_json(tally.summary(dry_run=dry_run))
    else:
        tally.print(dry_run=dry_run)
    raise typer.Exit(_REFUSED if tally.refused else 0)


def _surveyed(text: TextIO, source: Source, read: Reader) -> Survey:
    """Explain which file was given and which one is expected. Raises: UnusableFile."""
    check_source(text, source)
    try:
        return Survey.of(read(text))
    except UnusableFile as error:
        raise with_wanted(error, source) from error


async def _imported(
    records: Iterator[ImportedUser | RejectedRecord],
    survey: Survey,
    leaving: Leaving,
    tally: Tally,
    engine: "Engine",
    *,
    accepted: Sequence[str],
    dry_run: bool,
) -> None:
    floor = await checked_floor(engine.hash_costs, survey.passwords, accepted)
    if floor is not None:
        print(
            f"a failed sign-in will take {floor.total_seconds() * 1000:,.0f} ms (measured on this machine)",
            file=sys.stderr,
        )
    parts = engine.store, engine.clock, engine.audit, engine.hash_pool
    await Importing(*parts, survey, leaving, dry_run).run(engine.instance, records, tally.add)


def _reader(source: Source, hash_config: Path | None, *, verified_emails: bool) -> Reader:
    """Raises: SojournError."""
    if hash_config is not None and source is not Source.FIREBASE:
        raise SojournError("--hash-config is for firebase only")
    if verified_emails and source is not Source.DJANGO:
        raise SojournError("--verified-emails is for django only: other exports say which addresses are verified")
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
    """Open the text with bytes that are not UTF-8 escaped, so that one of them does not abort the import."""
    try:
        if file.exists() and not file.is_file():
            raise SojournError(f"{file} is not a regular file; a pipe cannot be read twice")
        return file.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise SojournError(f"{file}: {error.strerror}") from error


def _reporting(report: Path | None, file: Path, option: str) -> AbstractContextManager[TextIO | None]:
    if report is None:
        return nullcontext()
    try:
        if report.exists() and report.samefile(file):
            raise SojournError(f"{option} names the import file itself")
        return open_for_writing(report)
    except OSError as error:
        raise SojournError(f"{report}: {error.strerror}") from error


@contextmanager
def _progress(total: int, tally: Tally) -> Generator[None]:
    """A progress bar on a terminal. It uses standard error, so that standard output contains only the summary."""
    if not (sys.stdout.isatty() and sys.stderr.isatty()):
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    with Progress(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task("users", total=total)
        tally.moved = lambda: bar.advance(task)
        yield
