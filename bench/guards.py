"""What the guard costs in each framework: the guarded route beside the open one, in turns on one core."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from bench.guarded_apps import ASYNC, SYNC
from bench.lines import at_least
from bench.load import drive, get
from bench.processes import free_port, granian, running

_ROUNDS = 7
_SECONDS = 0.5
_TARGETS = {**dict.fromkeys(ASYNC, 0.90), **dict.fromkeys(SYNC, 0.92), "django-asgi": 0.92}


def measure(tokens: Sequence[str], variables: Mapping[str, str], log: Path) -> list[bool]:
    return [_one(name, tokens, variables, log) for name in (*ASYNC, *SYNC)]


def _one(name: str, tokens: Sequence[str], variables: Mapping[str, str], log: Path) -> bool:
    rates: dict[str, list[float]] = {"open": [], "guarded": []}
    ports = {kind: free_port() for kind in rates}

    def command(kind: str) -> list[str]:
        served = [*granian("bench.guarded_apps:make", ports[kind]), "--factory"]
        return [word if word != "asgi" or name in ASYNC else "wsgi" for word in served]

    with (
        running(command("open"), ports["open"], log, {**variables, "BENCH_APP": f"{name} open"}),
        running(command("guarded"), ports["guarded"], log, {**variables, "BENCH_APP": f"{name} guarded"}),
    ):
        for _ in range(_ROUNDS):
            for kind, port in ports.items():
                asked = [get("/hello", port, Authorization=f"Bearer {token}") for token in tokens]
                rates[kind].append(drive(port, asked, seconds=_SECONDS).rate)
    return at_least(f"guarded {name} route, of unguarded (1/s)", median(rates["guarded"]), median(rates["open"]), _TARGETS[name])
