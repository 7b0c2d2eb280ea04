"""Keys fetched from a server: a real one, on the loopback address."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from sojourn.errors import ConfigError, TokenRefused
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock
from sojourn.tokens.claims import Claims
from sojourn.tokens.remote_keys import RemoteKeys, RemoteVerifier
from sojourn.tokens.session_token import Verifier

from .key_server import KeyServer, key_server
from .keys import NOW, ed_key, good_claims, good_token, other_rsa_key, rsa_key, signed


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with key_server(rsa_key()) as started:
        yield started


def verifier_of(server: KeyServer, clock: FakeClock) -> tuple[RemoteKeys, RemoteVerifier]:
    keys = RemoteKeys(server.url, clock=clock)
    return keys, RemoteVerifier(keys, Verifier(keys.find, clock=clock))


def refusal(verifier: RemoteVerifier, token: str) -> str:
    with pytest.raises(TokenRefused) as refused:
        verifier.verify(token)
    return refused.value.reason


def unknown(number: int = 0) -> str:
    return signed(header={"alg": "RS256", "kid": f"ins_{number}", "typ": "JWT"})


def test_the_first_token_fetches_the_keys_and_the_next_ones_do_not(server: KeyServer, clock: FakeClock):  # R-JWT-09
    _, verifier = verifier_of(server, clock)
    for number in range(20):
        assert verifier.verify(good_token(session_id=f"sess_{number}")).user_id == "user_ada"
    assert server.requests == [None]


async def test_asking_from_a_task_gives_the_same_answers(server: KeyServer, clock: FakeClock):  # R-JWT-09, R-JWT-12
    _, verifier = verifier_of(server, clock)
    assert (await verifier.verify_async(good_token())).user_id == "user_ada"
    with pytest.raises(TokenRefused) as refused:
        await verifier.verify_async(unknown())
    assert refused.value.reason == "jwk-kid-mismatch"


def test_a_storm_of_unknown_keys_makes_one_fetch_in_a_minute(server: KeyServer, clock: FakeClock):  # R-JWT-09
    _, verifier = verifier_of(server, clock)
    verifier.verify(good_token())
    clock.advance(seconds=59.999)
    for number in range(200):
        assert refusal(verifier, unknown(number)) == "jwk-kid-mismatch"
    assert len(server.requests) == 1
    clock.advance(seconds=0.001)
    for number in range(200):
        assert refusal(verifier, unknown(number)) == "jwk-kid-mismatch"
    assert len(server.requests) == 2


async def test_a_thousand_waiters_share_one_fetch(  # R-JWT-09
    server: KeyServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(
        "sojourn.tokens.remote_keys.DEADLINE", 60.0
    )  # a busy machine may take longer than the three seconds
    _, verifier = verifier_of(server, clock)
    token = good_token()
    server.held.clear()
    waiting = [asyncio.create_task(verifier.verify_async(token)) for _ in range(1000)]
    in_threads: list[Claims] = []
    threads = [threading.Thread(target=lambda: in_threads.append(verifier.verify(token))) for _ in range(8)]
    for thread in threads:
        thread.start()
    while not server.requests:
        await asyncio.sleep(0)
    server.held.set()
    answers = await asyncio.gather(*waiting)
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert {claims.user_id for claims in answers + in_threads} == {"user_ada"}
    assert len(answers + in_threads) == 1008
    assert len(server.requests) == 1


async def test_a_waiter_that_leaves_takes_nothing_from_the_others(server: KeyServer, clock: FakeClock):  # R-JWT-09
    _, verifier = verifier_of(server, clock)
    token = good_token()
    server.held.clear()
    first, second = (asyncio.create_task(verifier.verify_async(token)) for _ in range(2))
    while not server.requests:
        await asyncio.sleep(0)
    first.cancel()
    server.held.set()
    assert (await second).user_id == "user_ada"


async def test_nobody_waits_longer_than_the_deadline(
    server: KeyServer, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):  # R-JWT-09
    monkeypatch.setattr("sojourn.tokens.remote_keys.DEADLINE", 0.05)
    _, verifier = verifier_of(server, clock)
    server.held.clear()
    assert await asyncio.to_thread(refusal, verifier, good_token()) == "jwk-remote-failed-to-load"
    with pytest.raises(TokenRefused):
        await verifier.verify_async(good_token())
    server.held.set()


def test_a_new_key_is_found_after_a_rotation(server: KeyServer, clock: FakeClock):  # R-KEY-03
    _, verifier = verifier_of(server, clock)
    verifier.verify(good_token())
    clock.advance(seconds=60)
    server.shows(rsa_key(), ed_key())
    assert verifier.verify(good_token(ed_key(), now=clock.now()))


def test_a_dropped_key_ends_what_was_verified_with_it(server: KeyServer, clock: FakeClock):  # R-KEY-03
    keys, verifier = verifier_of(server, clock)
    token = signed(good_claims() | {"exp": NOW.seconds + 3600})
    assert verifier.verify(token)
    server.shows(other_rsa_key())
    clock.advance(seconds=60)
    keys.refresh()
    assert refusal(verifier, token) == "jwk-kid-mismatch"


def test_keys_older_than_5_minutes_are_fetched_again_while_requests_go_on(
    server: KeyServer, clock: FakeClock
):  # R-JWT-09
    keys, verifier = verifier_of(server, clock)
    verifier.verify(good_token())
    clock.advance(minutes=5)
    assert not keys.is_fresh
    assert verifier.verify(good_token(now=clock.now()))
    flight = keys.start()
    if flight is not None:
        flight.result(5)
    assert keys.is_fresh
    assert len(server.requests) == 2


BROKEN = [
    (500, b"{}"), (404, b"not here"), (302, b""), (401, b'{"errors":[]}'), (200, b""), (200, b"<html>"), (200, b"[]"),
    (200, b'{"keys":[]}'), (200, b'{"keys":[{"kty":"oct","kid":"a","k":"AA"}]}'), (200, b" " * 300_000),
]  # fmt: skip


@pytest.mark.parametrize("status, body", BROKEN)
def test_old_keys_are_good_for_an_hour_of_outage_and_no_longer(
    server: KeyServer, clock: FakeClock, status: int, body: bytes
):  # R-JWT-09
    keys, verifier = verifier_of(server, clock)
    verifier.verify(good_token())
    server.status, server.body = status, body
    for minutes in (1, 9, 20, 29):
        clock.advance(minutes=minutes)
        keys.refresh()
        assert verifier.verify(good_token(now=clock.now()))
    assert len(server.requests) == 5
    clock.advance(minutes=1)
    assert refusal(verifier, good_token(now=clock.now())) == "jwk-remote-failed-to-load"
    server.shows(rsa_key())
    clock.advance(minutes=1)
    assert verifier.verify(good_token(now=clock.now()))


def test_an_app_that_starts_before_the_server_lets_people_in_soon_after(clock: FakeClock):  # R-JWT-09
    with key_server(rsa_key()) as server:
        server.status = 503
        _, verifier = verifier_of(server, clock)
        for _ in range(10):
            assert refusal(verifier, good_token()) == "jwk-remote-failed-to-load"
        assert len(server.requests) == 1
        server.status = 200
        clock.advance(seconds=5)
        assert verifier.verify(good_token())


def test_a_server_that_is_not_there_is_a_refusal_and_no_error(clock: FakeClock):  # R-JWT-09
    with key_server(rsa_key()) as server:
        pass
    _, verifier = verifier_of(server, clock)
    assert refusal(verifier, good_token()) == "jwk-remote-failed-to-load"


def test_the_secret_key_is_sent_to_the_pinned_address_only(clock: FakeClock):
    with key_server(rsa_key()) as server:
        keys = RemoteKeys(server.url, secret_key=Secret("sk_test_one"), clock=clock)
        server.status = 302
        keys.refresh()
        assert server.requests == ["Bearer sk_test_one"]


def test_the_process_has_one_set_of_keys_for_an_address():  # R-JWT-09
    assert RemoteKeys.at("https://a.example/jwks") is RemoteKeys.at("https://a.example/jwks")
    assert RemoteKeys.at("https://a.example/jwks") is not RemoteKeys.at("https://b.example/jwks")


@pytest.mark.parametrize("url", ["", "a.example/jwks", "file:///etc/passwd", "ftp://a.example"])
def test_only_web_addresses_are_taken(url: str):  # R-JWT-04
    with pytest.raises(ConfigError):
        RemoteKeys(url)
