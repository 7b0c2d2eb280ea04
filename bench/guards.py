"""What the guard costs in each framework: the guarded route beside the open one, in short turns on one core."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.guarded_apps import ASYNC, GUARDED, OPEN, SYNC
from bench.lines import at_least
from bench.load import drive, get
from bench.processes import free_port, granian, running

_PROCESSES = 3
_TURNS = 20
_SECONDS = 0.1
_LEAST_ANSWERS = 400
"""In a turn: what is asked when it ends is not counted, which for a slow app would be most of it."""
_AT_ONCE = 64
_WARM_UP = 1.0
_TARGETS = {**dict.fromkeys(ASYNC, 0.90), **dict.fromkeys(SYNC, 0.92), "asgi": 0.85, "wsgi": 0.85, "django-asgi": 0.92}


def measure(tokens: Sequence[str], variables: Mapping[str, str], log: Path) -> list[bool]:
    return [_one(name, tokens, variables, log) for name in (*ASYNC, *SYNC)]


def _one(name: str, tokens: Sequence[str], variables: Mapping[str, str], log: Path) -> bool:
    """The middle of turns so short that the machine is the same for both, in several processes: each lies differently in memory."""
    opened, guarded = list[float](), list[float]()
    for _ in range(_PROCESSES):
        port = free_port()
        served = [*granian("bench.guarded_apps:make", port, "asgi" if name in ASYNC else "wsgi"), "--factory"]
        asked = {
            path: [get(path, port, Authorization=f"Bearer {token}") for token in tokens] for path in (OPEN, GUARDED)
        }
        with running(served, port, log, {**variables, "BENCH_APP": name}):
            # the first look at each token is another line's
            warm = min(drive(port, asked[path], seconds=_WARM_UP, at_once=_AT_ONCE).rate for path in asked)
            turn = max(_SECONDS, _LEAST_ANSWERS / warm)
            for _ in range(_TURNS):
                opened.append(drive(port, asked[OPEN], seconds=turn, at_once=_AT_ONCE).rate)
                guarded.append(drive(port, asked[GUARDED], seconds=turn, at_once=_AT_ONCE).rate)
    ratio = median(one / other for one, other in zip(guarded, opened, strict=True))
    limit = median(opened)
    return at_least(f"guarded {name} route, of unguarded (1/s)", ratio * limit, limit, _TARGETS[name])
