"""What a server on one core answers a second, beside the bare ASGI app on the same core in the same minute."""

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

import psutil
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bench import guards
from bench.lines import at_least, at_most
from bench.load import Measured, drive, get, pace, post
from bench.people import PASSWORD, Known, config, seed
from bench.processes import BIN, free_port, granian, running

_ROUNDS = 7
_SECONDS = 1.0
_AT_ONCE = 64
_SIGN_IN_SECONDS = 2.0
_MINTS_A_SECOND = 20
_MEGABYTE = 1_000_000
_SESSIONS = 10_000
_PEOPLE = 700

Rate = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Ports:
    sojourn: int
    hello: int


def measure(folder: Path) -> list[bool]:
    smtp_port = free_port()
    ports = Ports(*(free_port() for _ in range(2)))
    mail = Controller(Sink(), hostname="127.0.0.1", port=smtp_port)
    mail.start()
    served = config(folder, ports.sojourn, smtp_port)
    known = asyncio.run(seed(served, browsers=_SESSIONS, passwords=_PEOPLE))
    variables = {
        "SOJOURN_ENVIRONMENT": "production",
        "SOJOURN_PUBLIC_URL": served.public_url,
        "SOJOURN_DATABASE_URL": served.database_url,
        "SOJOURN_ROOT_KEYS": served.root_keys[0].reveal(),
        "SOJOURN_SMTP_HOST": served.smtp_host,
        "SOJOURN_SMTP_PORT": str(smtp_port),
        "SOJOURN_SMTP_SECURITY": "none",
        "SOJOURN_HASH_THREADS": "1",
    }
    app = {"SOJOURN_URL": served.public_url, "SOJOURN_PUBLISHABLE_KEY": known.publishable_key}
    try:
        with ExitStack() as stack:
            log = folder / "bench.log"
            serve = [str(BIN / "sojourn"), "serve", "--port", str(ports.sojourn)]
            server = stack.enter_context(running(serve, ports.sojourn, log, variables))
            stack.enter_context(running(granian("bench.apps:hello", ports.hello), ports.hello, log))
            return [
                *guards.measure(known.tokens, app, log),
                _memory(server),  # which has warmed up meanwhile
                *_reads_and_mints(ports, known),
                *_sign_ins(ports, known, server),
            ]
    finally:
        mail.stop()


def _memory(server: psutil.Process) -> bool:
    """Of the worker that answers: what is its own and shared, as the system counts it."""
    used = max(process.memory_info().rss for process in server.children(recursive=True)) / _MEGABYTE
    return at_most("idle memory of a worker (MB)", used, 120.0, 1.0)


def _reads_and_mints(ports: Ports, known: Known) -> list[bool]:
    port = ports.sojourn
    cookies = [browser.cookies for browser in known.browsers]
    mints = [
        post(f"/v1/client/sessions/{browser.session_id}/tokens", port, Cookie=cookie, Origin=f"http://localhost:{port}")
        for browser, cookie in zip(known.browsers, cookies, strict=True)
    ]
    reads = [get("/v1/client", port, Cookie=cookie) for cookie in cookies]
    stranger = [get("/v1/client", port)]
    secret = f"Bearer {known.secret_key}"
    looked_up = [get(f"/v1/sessions/{browser.session_id}", port, Authorization=secret) for browser in known.browsers]

    def of(requests: Sequence[bytes], holding: bytes) -> Rate:
        return lambda: drive(port, requests, seconds=_SECONDS, at_once=_AT_ONCE, holding=holding).rate

    rates = _in_turns(
        {
            "hello": lambda: drive(ports.hello, [get("/", ports.hello)], seconds=_SECONDS, at_once=_AT_ONCE).rate,
            "sign": _raw_sign,
            "mint": of(mints, b'"jwt":"ey'),
            "client": of(reads, b'"jwt":"ey'),
            "stranger": of(stranger, b'"client":null'),
            "session": of(looked_up, b'"status":"active"'),
        }
    )
    hello = rates["hello"]
    signed = 1 / (1 / hello + 1 / rates["sign"])
    return [
        at_least("mint over HTTP, 10,000 sessions (1/s)", rates["mint"], signed, 0.60),
        at_least("GET /v1/client signed in (1/s)", rates["client"], signed, 0.50),
        at_least("GET /v1/client signed out, of hello (1/s)", rates["stranger"], hello, 0.25),
        at_least("GET /v1/sessions/{id}, of hello (1/s)", rates["session"], hello, 0.20),
    ]


def _sign_ins(ports: Ports, known: Known, server: psutil.Process) -> list[bool]:
    """Sign-ins of people on browsers they know, as fast as they go, while other browsers mint at a steady pace."""
    port = ports.sojourn
    origin = f"http://localhost:{port}"
    tries = [
        post(
            "/v1/client/sign_ins", port,
            urlencode({"strategy": "password", "identifier": browser.address, "password": PASSWORD}),
            Cookie=f"__client={browser.secret}", Origin=origin,
        )
        for browser in known.returning
    ]  # fmt: skip
    took: list[float] = []
    each_time = len(tries) // _ROUNDS
    rounds = iter(range(_ROUNDS))

    def signing_in() -> float:
        turn = next(rounds)
        minting = threading.Thread(target=lambda: took.extend(_mint_steadily(port, known, origin)))
        minting.start()
        rate = drive(port, tries[turn * each_time :], seconds=_SIGN_IN_SECONDS, at_once=4).rate
        minting.join()
        return rate

    rates = _in_turns({"bare": lambda: _bare_argon2(server), "signing in": signing_in})
    p99 = Measured(0, took).percentile(0.99) * 1000
    return [
        at_least("sign-in, of bare argon2id (1/s)", rates["signing in"], rates["bare"], 0.80),
        at_most("mint meanwhile, p99 (ms)", p99, 30.0, 1.0),
    ]


def _mint_steadily(port: int, known: Known, origin: str) -> list[float]:
    browsers = known.browsers[: int(_MINTS_A_SECOND * _SIGN_IN_SECONDS)]
    mints = [
        post(f"/v1/client/sessions/{browser.session_id}/tokens", port, Cookie=browser.cookies, Origin=origin)
        for browser in browsers
    ]
    return pace(port, mints, a_second=_MINTS_A_SECOND)


def _bare_argon2(server: psutil.Process) -> float:
    """On the core of the server, which has nothing else to do."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, os.sched_getaffinity(server.pid))
    try:
        return _hashes_a_second()
    finally:
        os.sched_setaffinity(0, own)


def _hashes_a_second() -> float:
    hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
    stored = hasher.hash(PASSWORD)
    began, count = perf_counter(), 0
    while perf_counter() - began < _SECONDS:
        try:
            hasher.verify(stored, PASSWORD)
        except VerifyMismatchError as error:  # pragma: no cover
            raise SystemExit("argon2 does not know its own hash") from error
        count += 1
    return count / (perf_counter() - began)


def _raw_sign() -> float:
    key, message = generate_private_key(65537, 2048), b"x" * 600
    padding, digest = PKCS1v15(), SHA256()
    began, count = perf_counter(), 0
    while perf_counter() - began < _SECONDS:
        key.sign(message, padding, digest)
        count += 1
    return count / (perf_counter() - began)


def _in_turns(rates: Mapping[str, Rate]) -> dict[str, float]:
    """The median of several short rounds of all, so that each measure and its limit see the same weather."""
    seen = {name: list[float]() for name in rates}
    for _ in range(_ROUNDS):
        for name, rate in rates.items():
            seen[name].append(rate())
    return {name: median(values) for name, values in seen.items()}
