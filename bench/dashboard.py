"""The dashboard's figures: lists, counts and ends of sessions at 1M live and 10M ended ones, each with its limit.

`make bench-dashboard LIVE=100000 ENDED=1000000` is over in a minute; the full size takes about ten on SQLite and writes 20 GB,
which are removed at the end.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any, get_args

from bench.dashboard_data import fill
from bench.lines import HEADER, at_most
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.store.interface import SessionOrder, SessionSearch
from sojourn.testing.databases import running_postgres

_PAGE_MILLISECONDS = 100.0
_COUNT_SECONDS = 2.0
_BATCH_SECONDS = 10.0
_ROUNDS = 7
_BATCH = 100_000
_DAY = 86_400_000
_ORDERS: Sequence[SessionOrder] = get_args(SessionOrder)


def _filters(now: int) -> Mapping[str, SessionSearch]:
    """Those of the page, each with a value that many have or few."""
    return {
        "all": SessionSearch(),
        "active": SessionSearch(state="active"),
        "ended": SessionSearch(state="ended"),
        "revoked": SessionSearch(state="revoked"),
        "cause": SessionSearch(causes=("session_limit",)),
        "country, many": SessionSearch(country="US"),
        "country, few": SessionSearch(country="IS"),
        "country, active": SessionSearch(state="active", country="IS"),
        "device": SessionSearch(device="iPhone"),
        "factor": SessionSearch(strategy="ticket"),
        "address, /16": SessionSearch(ip_prefix="203.7."),
        "address, /24": SessionSearch(ip_prefix="203.7.9."),
        "address, one": SessionSearch(ip_prefix="203.7.9.11"),
        "begun that day": SessionSearch(created_after=now - 40 * _DAY, created_before=now - 39 * _DAY),
        "used that day": SessionSearch(active_after=now - 40 * _DAY, active_before=now - 39 * _DAY),
        "ended that day": SessionSearch(ended_after=now - 40 * _DAY, ended_before=now - 39 * _DAY),
        "person": SessionSearch(user_ids=("user_" + "7".zfill(27),)),
        "several": SessionSearch(state="ended", country="SE", device="Firefox", causes=("signed_out",)),
        "nobody": SessionSearch(country="ZZ"),
    }


async def _timed(asked: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await asked()
    return time.perf_counter() - begun


async def _lists(engine: Engine, now: int) -> bool:
    directory, times, is_ok = engine.session_directory, list[float](), True
    for name, where in _filters(now).items():
        for order in _ORDERS:
            try:
                asked = [
                    await _timed(lambda w=where, o=order: directory.page(engine.instance, w, o, None, 50))
                    for _ in range(_ROUNDS)
                ]
            except Exception as error:
                print(f"page, {name}, {order}: {type(error).__name__}", flush=True)
                times += [3.0] * _ROUNDS
                continue
            times += asked
            at_most(f"page, {name}, {order} (ms)", median(asked) * 1000, _PAGE_MILLISECONDS, 1.0)
    times.sort()
    return (
        at_most("first page of all of these, p95 (ms)", times[int(len(times) * 0.95)] * 1000, _PAGE_MILLISECONDS, 1.0)
        and is_ok
    )


async def _counts(engine: Engine, now: int) -> bool:
    lines: list[bool] = []
    for name, where in _filters(now).items():
        try:
            took = await _timed(lambda w=where: engine.session_directory.count(engine.instance, w))
        except Exception as error:
            print(f"count, {name}: {type(error).__name__}", flush=True)
            lines.append(False)
            continue
        lines.append(at_most(f"exact count, {name} (s)", took, _COUNT_SECONDS, 1.0))
    return all(lines)


async def _ends(engine: Engine, live: int) -> bool:
    """Half of the live sessions at most, by a filter that many have."""
    where = SessionSearch(created_after=engine.clock.now().millis - 7 * _DAY)
    share = min(_BATCH, live // 2)
    where = replace(where, created_after=engine.clock.now().millis - int(7 * _DAY * share / live))
    begun = time.perf_counter()
    batch = await engine.session_batches.begin(engine.instance, where, actor="operator")
    batch = await engine.session_batches.run(batch)
    took = time.perf_counter() - begun
    return at_most(
        f"end {batch.done:,} sessions by filter (s)", took * _BATCH / max(batch.done, 1), _BATCH_SECONDS, 1.0
    )


async def measure(url: str, *, live: int, ended: int) -> bool:
    config = Config(database_url=url, data=Path(tempfile.gettempdir()), root_keys=(Secret.random(),))
    engine = await Engine.open(config)
    instance_id, now = engine.instance.id, engine.clock.now().millis
    await engine.close()
    took = await _timed(lambda: fill(url, instance_id, live=live, ended=ended, now=now))
    print(f"{live:,} live and {ended:,} ended sessions written in {took:,.0f} s\n{HEADER}", flush=True)
    engine = await Engine.open(config)
    try:
        while await engine.store.build() is not None:
            pass
        lines = [await _lists(engine, now), await _counts(engine, now), await _ends(engine, live)]
        return all(lines)
    finally:
        await engine.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", type=int, default=1_000_000)
    parser.add_argument("--ended", type=int, default=10_000_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sojourn-dashboard-"))
        url = f"sqlite:///{folder}/sojourn.db"
        if given.database == "postgresql":
            url = stack.enter_context(running_postgres()).url()
        if not asyncio.run(measure(url, live=given.live, ended=given.ended)):
            raise SystemExit(1)


if __name__ == "__main__":
    main()
