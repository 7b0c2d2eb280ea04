"""What a large database costs: hot reads at many sessions beside the same at few, searches, and mints beside them.

Two servers on one core, asked in turns; what is measured is their ratio.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from statistics import median

from bench.crowd import Crowd, crowd
from bench.lines import at_least, at_most
from bench.load import Measured, drive, get, post
from bench.processes import BIN, free_port, running

_FEW = 20_000
_SECONDS = 1.0
_ROUNDS = 7
_AT_ONCE = 16
_SEARCH_MILLISECONDS = 20.0

_ASKED: Mapping[str, str] = {
    "filter by address": "/v1/users?email_address=ada.lovelace7@example.com",
    "search, few": "/v1/users?query=lovelace77",
    "search, many": "/v1/users?query=com",
    "search, none": "/v1/users?email_address_query=nobody.at.all",
    "search, two letters": "/v1/users?query=zo",
    "name, other order": "/v1/users?name_query=zoe%20novak&order_by=-last_active_at",
    "order by activity": "/v1/users?order_by=last_active_at&limit=100",
    "banned": "/v1/users?banned=true&order_by=-last_sign_in_at",
    "count": "/v1/users/count",
    "sessions": "/v1/sessions?status=active",
}
"""What one administrator asks, by name."""


@dataclass(frozen=True, slots=True)
class Served:
    crowd: Crowd
    port: int

    def mints(self) -> list[bytes]:
        origin = f"http://localhost:{self.port}"
        return [
            post(f"/v1/client/sessions/{browser.session_id}/tokens", self.port, Cookie=browser.cookies, Origin=origin)
            for browser in self.crowd.browsers
        ]

    def clients(self) -> list[bytes]:
        return [get("/v1/client", self.port, Cookie=browser.cookies) for browser in self.crowd.browsers]

    def sessions(self) -> list[bytes]:
        return [self.asked(f"/v1/sessions/{browser.session_id}") for browser in self.crowd.browsers]

    def asked(self, path: str) -> bytes:
        return get(path, self.port, Authorization=f"Bearer {self.crowd.secret_key}")


def measure(sessions: int, log: Path) -> list[bool]:
    """The lines of a database of `sessions`, ten of each user."""
    with ExitStack() as stack:
        many, few = (stack.enter_context(_Serving(crowd(size), log)) for size in (sessions, _FEW))
        return [*_hot_reads(many, few), *_lists(many), *_beside_searches(many)]


class _Serving(ExitStack):
    def __init__(self, known: Crowd, log: Path) -> None:
        super().__init__()
        self._known, self._log = known, log

    def __enter__(self) -> Served:  # type: ignore[override]
        super().__enter__()
        port = free_port()
        variables = {
            "SOJOURN_ENVIRONMENT": "production", "SOJOURN_PUBLIC_URL": f"http://localhost:{port}",
            "SOJOURN_DATABASE_URL": self._known.database_url, "SOJOURN_ROOT_KEYS": self._known.root_key,
            "SOJOURN_SMTP_HOST": "127.0.0.1", "SOJOURN_SMTP_SECURITY": "none", "SOJOURN_HASH_THREADS": "1",
        }  # fmt: skip
        self.enter_context(running([str(BIN / "sojourn"), "serve", "--port", str(port)], port, self._log, variables))
        return Served(self._known, port)


def _hot_reads(many: Served, few: Served) -> list[bool]:
    kinds: Mapping[str, tuple[Callable[[Served], Sequence[bytes]], bytes]] = {
        "mint": (Served.mints, b'"jwt":"ey'),
        "GET /v1/client": (Served.clients, b'"jwt":"ey'),
        "GET /v1/sessions/{id}": (Served.sessions, b'"status":"active"'),
    }
    lines: list[bool] = []
    for name, (requests, holding) in kinds.items():
        asked = {served.port: requests(served) for served in (many, few)}
        rates: dict[int, list[float]] = {port: [] for port in asked}
        for turn in range(_ROUNDS + 1):
            for port, batch in asked.items():
                rate = drive(port, batch, seconds=_SECONDS, at_once=_AT_ONCE, holding=holding).rate
                if turn:  # the first warms up
                    rates[port].append(rate)
        # of each turn, so that both saw the same machine
        ratio = median(one / other for one, other in zip(rates[many.port], rates[few.port], strict=True))
        limit = median(rates[few.port])
        lines.append(at_least(f"{name}, {many.crowd.sessions:,} of {_FEW:,} sessions", ratio * limit, limit, 0.90))
    return lines


def _lists(many: Served) -> list[bool]:
    lines: list[bool] = []
    for name, path in _ASKED.items():
        request = [many.asked(path)]
        drive(many.port, request, seconds=0.1, at_once=1)
        took = drive(many.port, request, seconds=0.5, at_once=1).percentile(0.5) * 1000
        lines.append(at_most(f"{name}, {many.crowd.users:,} users (ms)", took, _SEARCH_MILLISECONDS, 1.0))
    return lines


def _beside_searches(many: Served) -> list[bool]:
    """Mints alone, and beside one administrator who asks without a pause."""
    mints = many.mints()
    alone, beside, pace = list[Measured](), list[Measured](), list[float]()
    for _ in range(_ROUNDS):
        alone.append(drive(many.port, mints, seconds=_SECONDS, at_once=_AT_ONCE))
        asked = threading.Thread(target=lambda: pace.append(_search(many)))
        asked.start()
        beside.append(drive(many.port, mints, seconds=_SECONDS, at_once=_AT_ONCE))
        asked.join()
    share = median(one.rate / other.rate for one, other in zip(beside, alone, strict=True))
    rate = median(measured.rate for measured in alone)
    slow = [median(measured.percentile(0.99) for measured in those) * 1000 for those in (beside, alone)]
    print(f"  the administrator's requests a second: {median(pace):,.0f}", flush=True)
    return [
        at_least("mint beside searches, of alone (1/s)", share * rate, rate, 0.80),
        at_most("mint beside searches, p99 of alone (ms)", slow[0], slow[1], 1.5),
    ]


def _search(many: Served) -> float:
    requests = [many.asked(path) for path in _ASKED.values() if "query" in path]
    return drive(
        many.port, [request for request, _ in zip(cycle(requests), range(100))], seconds=_SECONDS, at_once=1
    ).rate
