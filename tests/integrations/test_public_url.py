"""A server with an inner and an outer address, as in containers: tokens and people use the outer one, the app the inner one."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from sojourn import Sojourn
from sojourn.engine import Engine
from sojourn.errors import ConfigError
from sojourn.integrations.authenticator import SignedInState
from sojourn.integrations.public_url import OuterAddress
from sojourn.integrations.request_head import RequestHead
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock
from sojourn.users.new_user import NewUser

from ..openapi.serving import Served, served


def key_of(host: str, word: str = "test") -> str:
    return f"pk_{word}_{base64.b64encode(f'{host}$'.encode()).decode().rstrip('=')}"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as running:
        yield running


def inner(elsewhere: Served) -> str:
    return elsewhere.url.replace("localhost", "127.0.0.1")


def test_the_server_is_asked_once_for_the_address_that_browsers_use(elsewhere: Served) -> None:
    app = Sojourn.remote(inner(elsewhere), elsewhere.engine.instance.publishable_key, elsewhere.secret_key)
    gate = app.ready_now()
    assert gate.frontend == elsewhere.url
    assert app.gate is gate
    app.close_now()
    address = OuterAddress(
        inner(elsewhere), key_of("of.another.example"), Secret(elsewhere.secret_key), "", FakeClock()
    )
    assert address.ask()
    assert address.known == elsewhere.url


def test_a_token_of_the_outer_address_is_believed(elsewhere: Served) -> None:
    jwt = elsewhere.run(_token)
    app = Sojourn.remote(inner(elsewhere), elsewhere.engine.instance.publishable_key, elsewhere.secret_key)
    asked = RequestHead("GET", [(b"authorization", b"Bearer " + jwt.encode())], lambda host: f"http://{host}/page")
    assert isinstance(app.ready_now().decide(asked), SignedInState)
    app.close_now()


async def _token(engine: Engine) -> str:
    user = await engine.accounts.create(
        engine.instance, NewUser(email_addresses=("ada@example.com",), skip_password_requirement=True)
    )
    session = await engine.sessions.create_for(engine.instance, user)
    return await engine.tokens.for_session(engine.instance, session, user, origin=None, api_version="2025-11-10")


def test_what_the_app_says_stands(elsewhere: Served) -> None:
    key = elsewhere.engine.instance.publishable_key
    address = OuterAddress(
        inner(elsewhere), key, Secret(elsewhere.secret_key), "https://auth.example.com/", FakeClock()
    )
    assert not address.ask()
    assert (address.known, address.is_to_be_asked, address.trouble) == ("https://auth.example.com", False, "")
    with pytest.raises(ConfigError, match="not a URL for browsers"):
        OuterAddress("http://sojourn:8000", "", Secret("sk_x"), "auth.example.com", FakeClock())


def test_a_server_that_does_not_answer_is_asked_again_later() -> None:
    clock = FakeClock()
    address = OuterAddress("http://127.0.0.1:9", key_of("sojourn.localhost:8000"), Secret("sk_x"), "", clock)
    assert not address.ask()
    assert not address.is_to_be_asked
    assert address.known == "http://localhost:8000"
    clock.advance(seconds=5)
    assert address.is_to_be_asked


@pytest.mark.parametrize(
    ("url", "key", "outer"),
    [
        ("http://sojourn:8000", key_of("auth.example.com", "live"), "https://auth.example.com"),
        ("http://sojourn:8000/auth", key_of("auth.example.com", "live"), "https://auth.example.com/auth"),
        ("http://host.docker.internal:8000", key_of("sojourn.localhost:8000"), "http://localhost:8000"),
        ("http://127.0.0.1:8000", key_of("sojourn.localhost:8000"), "http://localhost:8000"),
        ("http://localhost:8000/auth", key_of("sojourn.localhost:8000"), "http://localhost:8000/auth"),
        ("https://auth.example.com", key_of("auth.example.com", "live"), "https://auth.example.com"),
        ("https://AUTH.example.com:443", key_of("auth.example.com", "live"), "https://AUTH.example.com:443"),
        ("http://box:8000", key_of("sojourn.box:8000"), "http://box:8000"),
        ("http://box:8000", "pk_test_%%%", "http://box:8000"),
        ("http://box:8000", "", "http://box:8000"),
    ],
)
def test_without_a_secret_key_the_publishable_key_names_the_host(url: str, key: str, outer: str) -> None:
    assert OuterAddress(url, key, Secret(""), "", FakeClock()).known == outer
