"""`python -m bench.audit_log`: sign-ins and sign-outs at once on PostgreSQL, beside the same with the chain as it was before.

Before, each transaction that recorded an event stood in one line of its instance until its commit, and chained its entry itself. Both
ways are taken in turns, on one database; sign-ins are by ticket, so that no hash of a password is measured.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import insert, select, update

from bench.lines import HEADER, at_least
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import Overloaded
from sojourn.events.event import Event
from sojourn.secret import Secret
from sojourn.server.worker import Worker
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.sql import event_chain
from sojourn.store.sql.database import Transaction
from sojourn.store.sql.events import SqlEvents
from sojourn.store.sql.rows.events import event_heads, event_row
from sojourn.testing.databases import running_postgres
from sojourn.users.new_user import NewUser
from sojourn.users.user import User

SIGN_INS, SIGN_OUTS = 16, 64
_ROUNDS = 9
_START = b"\0" * 32


async def _in_line(self: SqlEvents, event: Event) -> None:
    async with self._run.together() as transaction:  # pyright: ignore[reportPrivateUsage]
        transaction.last(partial(_append, transaction, event))


async def _append(transaction: Transaction, event: Event) -> None:
    await transaction.line_up(f"events of {event.instance_id}")
    of_instance = event_heads.c.instance_id == event.instance_id
    rows = await transaction.rows(select(event_heads.c.sequence, event_heads.c.chain_hash).where(of_instance))
    sequence, before = (int(str(rows[0][0])) + 1, rows[0][1]) if rows else (1, _START)
    assert isinstance(before, bytes)
    values = event_row.encode(event)
    moved: dict[str, object] = {"sequence": sequence, "chain_hash": event_chain.chained(before, sequence, values)}
    insertion = event_row.insertion((*values, *moved), transaction.dialect)
    await transaction.put(insertion, {**values, **moved})
    if rows:
        await transaction.change(update(event_heads).where(of_instance), moved)
    else:
        await transaction.change(insert(event_heads), {"instance_id": event.instance_id, **moved})


@contextmanager
def _as_before() -> Generator[None, None, None]:
    now = SqlEvents.record
    SqlEvents.record = _in_line
    try:
        yield
    finally:
        SqlEvents.record = now


@dataclass(frozen=True, slots=True)
class Round:
    """Rates a second."""

    sign_ins: float
    sign_outs: float


async def _rate(work: Sequence[Callable[[], Awaitable[object]]]) -> float:
    """Of what was done. Who waited a second for a connection was turned away (R-REL-03)."""
    begun = perf_counter()
    ended = await asyncio.gather(*(call() for call in work), return_exceptions=True)
    seconds = perf_counter() - begun
    for outcome in ended:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Overloaded):
            raise outcome
    return sum(not isinstance(outcome, Overloaded) for outcome in ended) / seconds


async def _round(engine: Engine, people: Sequence[User]) -> Round:
    instance = engine.instance
    tickets = [(await engine.tickets.create_sign_in_token(instance, user.id))[1] for user in people[:SIGN_INS]]

    def signing_in(ticket: Secret) -> Callable[[], Awaitable[object]]:
        given = SignInInput(strategy="ticket", ticket=ticket.reveal())
        return lambda: engine.sign_ins.create(Caller(instance, None, Device()), given)

    sign_ins = await _rate([signing_in(ticket) for ticket in tickets])
    sessions = [await engine.sessions.create_for(instance, user) for user in people]
    clients = [await engine.store.clients.find(instance.id, session.client_id) for session in sessions]
    sign_outs = await _rate(
        [
            partial(engine.sessions.end, Caller(instance, client), session.id)
            for client, session in zip(clients, sessions, strict=True)
        ]
    )
    return Round(sign_ins, sign_outs)


async def measured(url: str, folder: Path) -> list[bool]:
    engine = await Engine.open(Config(data=folder, database_url=url, root_keys=(Secret.random(),)))
    worker = Worker(engine)
    worker.start()
    people = [
        await engine.accounts.create(
            engine.instance, NewUser(email_addresses=[f"user{n}@example.com"], skip_password_requirement=True)
        )
        for n in range(SIGN_OUTS)
    ]
    await _round(engine, people)
    now: list[Round] = []
    before: list[Round] = []
    for _ in range(_ROUNDS):
        now.append(await _round(engine, people))
        with _as_before():
            before.append(await _round(engine, people))
    await worker.stop()
    await engine.close()
    return [
        at_least(
            f"{SIGN_INS} sign-ins at once, of one line (1/s)",
            *_medians(now, before, lambda measured_round: measured_round.sign_ins),
            1.0,
        ),
        at_least(
            f"{SIGN_OUTS} sign-outs at once, of one line (1/s)",
            *_medians(now, before, lambda measured_round: measured_round.sign_outs),
            1.0,
        ),
    ]


def _medians(now: Sequence[Round], before: Sequence[Round], which: Callable[[Round], float]) -> tuple[float, float]:
    return median(map(which, now)), median(map(which, before))


def main() -> int:
    print(HEADER, flush=True)
    with running_postgres() as server, tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        return 0 if all(asyncio.run(measured(server.url(), Path(folder)))) else 1


if __name__ == "__main__":
    sys.exit(main())
