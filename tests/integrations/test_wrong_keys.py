"""Wrong or foreign keys are found when an app starts, and said in words: never a loop after the first sign-in."""

import asyncio
import base64
import logging
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest

from sojourn import Sojourn
from sojourn.errors import ConfigError
from sojourn.integrations.public_url import OuterAddress
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock

from ..contract.adapters.apps import django
from ..contract.adapters.site import PAGE, Loop
from ..kit.conftest import NAMES, SYNC, App
from ..openapi.serving import Served, served

SECRET = "sk_test_of_nobody_at_this_server"


def key_of(host: str, word: str = "test") -> str:
    return f"pk_{word}_{base64.b64encode(f'{host}$'.encode()).decode().rstrip('=')}"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("server")) as running:
        yield running


def foreign(elsewhere: Served) -> SojournClient:
    """The publishable key of another server."""
    return Sojourn.remote(elsewhere.url, key_of("of.another.example"), elsewhere.secret_key)


def refused(elsewhere: Served) -> SojournClient:
    return Sojourn.remote(elsewhere.url, elsewhere.engine.instance.publishable_key, SECRET)


Make = Callable[[Served], SojournClient]
WRONG: dict[Make, str] = {
    foreign: "of.another.example in development, and the server",
    refused: "refuses the secret key",
}


@pytest.mark.parametrize(
    ("publishable_key", "secret_key", "hint"),
    [
        ("", "", "no publishable key"),
        ("pk_test_", "", "no publishable key"),
        ("pk_test_c29qb3Vybi5sb2NhbGhvc3", "", "cut off"),
        ("pk_prod_c29qb3Vybi5sb2NhbGhvc3Qk", "", "no publishable key"),
        ("sk_test_x", "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk", "each other's place"),
        (key_of("auth.example.com"), "x", "begins with sk_test_"),
        (key_of("auth.example.com", "live"), "sk_test_x", r"production \(pk_live_…\).*sk_test_…"),
        (key_of("auth.example.com"), "sk_live_x", r"development \(pk_test_…\).*sk_live_…"),
    ],
)
def test_keys_that_cannot_be_right_are_refused_where_they_are_written(
    publishable_key: str, secret_key: str, hint: str
) -> None:
    with pytest.raises(ConfigError, match=hint) as refusal:
        Sojourn.remote("https://auth.example.com", publishable_key, secret_key)
    assert "sk_test_x" not in str(refusal.value)
    assert "sk_live_x" not in str(refusal.value)


@pytest.mark.parametrize("make", WRONG)
def test_an_app_does_not_start_with_keys_that_the_server_refuses(
    elsewhere: Served, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    async def start() -> None:
        async with make(elsewhere).lifespan():
            pass

    with caplog.at_level(logging.ERROR, "sojourn.integrations"), pytest.raises(ConfigError, match=WRONG[make]):
        asyncio.run(start())
    assert [record.getMessage().split()[0] for record in caplog.records] == ["keys.wrong"]
    assert WRONG[make] in caplog.text
    assert SECRET not in caplog.text


def test_a_server_that_is_down_stops_no_app_from_starting() -> None:  # R-REL-03
    async def start() -> None:
        async with Sojourn.remote("http://127.0.0.1:9", key_of("sojourn.localhost:9"), SECRET).lifespan():
            pass

    asyncio.run(start())


@pytest.fixture(params=NAMES)
def build(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[SojournClient], App]]:
    """An app whose first request finds what is wrong: no server of this test runs its lifespan."""
    name: str = request.param
    loop = None if name in SYNC else Loop()
    undone: list[Callable[[], None]] = []

    def built(handle: SojournClient) -> App:
        if not name.startswith("django"):
            return App(import_module(f"..contract.adapters.apps.{name}", __package__).build(handle), loop)
        made, undo = django.build(handle, tmp_path_factory.getbasetemp(), is_async=loop is not None)
        undone.append(undo)
        return App(made, loop)

    yield built
    for undo in undone:
        undo()
    if loop is not None:
        loop.close()


@pytest.mark.parametrize("make", WRONG)
def test_people_read_what_is_wrong_and_are_sent_nowhere(
    build: Callable[[SojournClient], App], elsewhere: Served, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    app = build(make(elsewhere))
    signed_in = {"cookie": "__client_uat=1700000000; __session=x"}
    with caplog.at_level(logging.ERROR, "sojourn.integrations"):
        for path in ("/protected", "/open/guarded"):  # guarded by the middleware, and by the view alone
            for sent in (PAGE, {**PAGE, **signed_in}):
                page = app.get(path, sent)
                assert (page.status_code, page.headers["x-clerk-auth-reason"]) == (503, "keys-wrong")
                assert WRONG[make] in page.text
                assert "location" not in page.headers
                assert elsewhere.secret_key not in page.text
            assert app.get(path, {"accept": "application/json"}).json()["errors"][0]["code"] == "configuration_invalid"
        assert app.get("/", PAGE).status_code == 200
    assert caplog.text.count("keys.wrong") == 1


def test_djangos_own_decorators_send_nobody_round_either(
    elsewhere: Served, tmp_path_factory: pytest.TempPathFactory
) -> None:
    made, undo = django.build(refused(elsewhere), tmp_path_factory.getbasetemp(), is_async=False)
    page = App(made, None).get("/accounts/login/?next=/", PAGE)
    undo()
    assert (page.status_code, page.headers["x-clerk-auth-reason"]) == (503, "keys-wrong")


def test_the_app_goes_on_as_soon_as_the_server_takes_the_keys(elsewhere: Served, tmp_path: Path) -> None:
    clock = FakeClock()
    with served(tmp_path) as other:
        secret = Secret(elsewhere.secret_key)
        address = OuterAddress(other.url, elsewhere.engine.instance.publishable_key, secret, "", clock)
        assert address.ask()
        assert "refuses the secret key" in address.trouble
    assert not address.is_to_be_asked
    clock.advance(seconds=5)
    assert address.is_to_be_asked
    assert not address.ask()  # it does not answer: what it said before stands
    assert address.trouble
    address._url = elsewhere.url
    clock.advance(seconds=5)
    assert address.ask()
    assert (address.trouble, address.is_to_be_asked) == ("", False)
