"""`sojourn inspect`: explain a token, session, user or cookie, or the reason of a denial."""

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.tables import printable, time_text
from sojourn.errors import Json
from sojourn.instant import Instant

if TYPE_CHECKING:
    from sojourn.engine import Engine
    from sojourn.inspector.inspection import Cookie, Entry, Inspection, Token

Lines = Iterator[tuple[str, Json]]


def inspect(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A session token, a session id, a user by id or e-mail address, the value of a browser's cookie __client,"
            " a line Cookie: or Set-Cookie:, or a reason from x-clerk-auth-reason. With - it is read from standard input,"
            " which the shell does not record, and may have several lines: the head of a request or response.",
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Explain why somebody is signed in or out, from a token, session, user, cookie or reason.

    Exit status 1: the bearer is signed out.
    """
    given = sys.stdin.read() if what == "-" else what

    async def examined(engine: "Engine") -> "Inspection":
        from sojourn.inspector.inspector import Inspector

        return await Inspector(engine, engine.instance).inspect(given)

    inspection = with_engine(configured(data, database_url), examined)
    if as_json:
        print_json(inspection)
    else:
        _print(inspection)
    if inspection.state == "signed_out":
        raise typer.Exit(1)


def _print(inspection: "Inspection") -> None:
    print(printable(inspection.headline))
    for problem in inspection.problems:
        advice = f" {problem.advice}" if problem.advice else ""
        told = "" if problem.told in inspection.headline else problem.told
        print(f"  {printable(problem.cause)}: {printable(f'{told}{advice}'.strip())}")
    facts: list[tuple[str, Json]] = []
    if inspection.user is not None:
        facts += [
            ("user", inspection.user.id),
            ("user.status", inspection.user.status),
            ("user.told", inspection.user.told),
        ]
        facts += [("user.email_address", inspection.user.email_address)] if inspection.user.email_address else []
    if inspection.session is not None:
        facts += [("session", inspection.session.id), ("session.status", inspection.session.status)]
        facts += [("client", inspection.session.client_id)]
    facts += [(fact.name, f"{fact.text} ({fact.why})" if fact.why else fact.text) for fact in inspection.facts]
    facts += [(f"session {session.id}", f"{session.status}. {session.told}") for session in inspection.sessions]
    _section("Facts", facts)
    if inspection.token is not None:
        _section("Token", _of_token(inspection.token))
    _section("Cookies", [pair for cookie in inspection.cookies for pair in _of_cookie(cookie)])
    _section("Timeline", _of_timeline(inspection.timeline))
    _section(
        "Refused within 48 hours", [(each.reason, f"{each.count:,}: {each.meaning}") for each in inspection.refusals]
    )


def _section(title: str, pairs: Sequence[tuple[str, Json]]) -> None:
    if not pairs:
        return
    print(f"\n{title}")
    names = [printable(name) for name, _ in pairs]
    width = max(map(len, names))
    for name, (_, value) in zip(names, pairs, strict=True):
        print(f"  {name:<{width}}  {printable(value)}")


def _of_token(token: "Token") -> list[tuple[str, Json]]:
    pairs: list[tuple[str, Json]] = [
        ("bytes", f"{token.bytes:,} of {token.largest:,} that a browser's cookie holds"),
        (
            "signature",
            "by a key of this server" if token.is_genuine else "not by a key of this server: do not believe it",
        ),
    ]
    for claim in token.claims:
        shown = time_text(Instant(claim.at).datetime()) if claim.at is not None else claim.value
        pairs.append((claim.name, f"{shown}   {claim.meaning} From {claim.source}."))
    return pairs


def _of_cookie(cookie: "Cookie") -> Lines:
    yield cookie.name, f"{cookie.meaning} Read by {cookie.read_by}."
    for each in cookie.attributes:
        yield f"  {each.name}", f"{each.value}{'' if each.expected else ' (!)'}   {each.why}"


def _of_timeline(entries: Sequence["Entry"]) -> list[tuple[str, Json]]:
    return [
        (time_text(Instant(entry.at).datetime()) or "", f"{entry.title} {entry.detail or ''}".rstrip())
        for entry in entries
    ]
