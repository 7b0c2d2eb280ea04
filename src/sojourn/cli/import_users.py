"""`sojourn import`: users with their password hashes, from the files of other systems."""

import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TextIO

import msgspec
import typer

from sojourn.cli.opened import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.engine import Sojourn
from sojourn.users.importing import auth0, clerk, django
from sojourn.users.importing.firebase import HashParameters
from sojourn.users.importing.record import Read, WrongFile
from sojourn.users.importing.run import Importing, Refused, Totals

_UNUSABLE = 2


class Source(StrEnum):
    CLERK = "clerk"
    DJANGO = "django"
    AUTH0 = "auth0"
    FIREBASE = "firebase"


def import_users(
    source: Annotated[Source, typer.Argument(help="Whose file it is.")],
    file: Annotated[Path, typer.Argument(help="Clerk: CSV. Django: CSV or JSON of auth_user. Auth0: NDJSON. Firebase: JSON.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write who was refused and why, a JSON object a line.")] = None,
    signer_key: Annotated[str, typer.Option(help="Firebase: base64_signer_key of the project.")] = "",
    salt_separator: Annotated[str, typer.Option(help="Firebase: base64_salt_separator.")] = "",
    rounds: Annotated[int, typer.Option(help="Firebase: rounds.")] = 8,
    mem_cost: Annotated[int, typer.Option(help="Firebase: mem_cost.")] = 14,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Bring users from elsewhere. Run again after an interruption, it goes on where it was."""
    firebase = HashParameters(signer_key, salt_separator, rounds, mem_cost)
    reads: dict[Source, Read] = {
        Source.CLERK: clerk.read, Source.DJANGO: django.read, Source.AUTH0: auth0.read, Source.FIREBASE: firebase.read,
    }  # fmt: skip
    refused: list[Refused] = []
    with ExitStack() as stack:
        try:
            opened = stack.enter_context(file.open(encoding="utf-8-sig", newline=""))
            written = stack.enter_context(report.open("w", encoding="utf-8")) if report else None
            progress = stack.enter_context(_bar(file.name))
            totals = with_engine(
                configured(data, database_url), _work(reads[source], opened, dry_run, refused, written, progress)
            )
        except (OSError, UnicodeDecodeError, WrongFile) as error:
            print(f"sojourn: {file}: {_words(error)}", file=sys.stderr)
            raise typer.Exit(_UNUSABLE) from error
    _show(totals, refused, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(1 if totals.refused else 0)


def _work(
    read: Read,
    opened: TextIO,
    dry_run: bool,
    refused: list[Refused],
    written: TextIO | None,
    progress: Callable[[Totals], None],
) -> Callable[[Sojourn], Awaitable[Totals]]:
    def refuse(each: Refused) -> None:
        refused.append(each)
        if written is not None:
            written.write(msgspec.json.encode(each).decode() + "\n")

    async def work(engine: Sojourn) -> Totals:
        importing = Importing(engine.accounts, engine.instance, dry_run)
        return await importing.run(read(opened), refuse, progress)

    return work


@contextmanager
def _bar(name: str) -> Generator[Callable[[Totals], None], None, None]:
    """A line that grows on a terminal, nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn(name), TextColumn("{task.completed:,.0f} people"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task(name, total=None)
        yield lambda totals: shown.update(task, completed=totals.seen)


def _show(totals: Totals, refused: list[Refused], *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        counts = {"imported": totals.imported, "skipped": totals.skipped, "refused": totals.refused, "dry_run": dry_run}
        print_json(counts)
        return
    verb = "would be imported" if dry_run else "imported"
    print(f"{totals.imported:,} {verb}, {totals.skipped:,} here already, {totals.refused:,} refused")
    for each in refused[:10]:
        print(f"  record {each.number} ({each.id or 'no id'}): {each.reason}")
    if len(refused) > 10:
        print(f"  and {len(refused) - 10:,} more; --report FILE lists them all")


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, UnicodeDecodeError):
        return "this is no UTF-8 text"
    return str(error)
