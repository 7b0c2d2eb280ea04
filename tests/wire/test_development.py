"""Development is for this machine: what is refused at start, who is answered, and who may read codes."""

import base64
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import httpx
import pytest

from sojourn import Sojourn
from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError
from sojourn.messages.mailbox import Mailbox
from sojourn.origin import host_of, is_loopback
from sojourn.testing.clock import FakeClock
from sojourn.ui import demo
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from ..engines import Started
from .browsing import ADA, APP, PASSWORD, SERVER, TEST_CODE


def asking(engine: Engine, host: str = SERVER, peer: str = "127.0.0.1", **headers: str) -> httpx.AsyncClient:
    """A client of an engine, as the socket shows it; header names are given with underscores."""
    app = build(engine, pages=[*PAGES, *demo.HANDLERS], demo=demo.demo_app(engine))  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app, client=(peer, 1), raise_app_exceptions=False)  # type: ignore[arg-type]
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.AsyncClient(transport=transport, base_url=host, headers=given)


@pytest.fixture
async def named(started: Started, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    """A development server that a colleague reaches at http://box.example."""
    folder = tmp_path / "named"
    folder.mkdir()
    config = Config(data=folder, public_url="http://box.example", development_hosts=("box.example",))
    config.check()
    opened = await started.open(config, clock, mailbox)
    yield opened
    await opened.close()


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.9.8.7", "::1"])
def test_this_machine_is_known_by_its_text(name: str) -> None:  # R-DEV-01
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name", ["", "127.1", "0x7f.0.0.1", "2130706433", "localhost.example", "127.0.0.1.example", "notlocalhost", "0.0.0.0", "::", "10.0.0.1", "localhost."]
)  # fmt: skip
def test_nothing_that_must_be_looked_up_or_reckoned_is_this_machine(name: str) -> None:  # R-DEV-01
    assert not is_loopback(name)


@pytest.mark.parametrize(
    "given",
    [
        {"public_url": "https://app.example.com"},
        {"public_url": "http://192.168.1.7:8000"},
        {"public_url": "http://localhost.example.com"},
        {"allowed_hosts": "localhost, app.example.com"},
        {"allowed_hosts": "app.example.com:8000"},
        {"allowed_hosts": "/"},
    ],
)
def test_another_address_refuses_to_start(given: Mapping[str, object]) -> None:  # R-DEV-01
    with pytest.raises(ConfigError) as refused:
        Config.load(given, {})
    assert "SOJOURN_DEVELOPMENT_HOSTS=" in refused.value.long_message
    assert "\n" not in refused.value.long_message


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.7"])
def test_another_bind_address_refuses_to_start_unless_it_is_named(address: str) -> None:  # R-DEV-01
    with pytest.raises(ConfigError, match="SOJOURN_ENVIRONMENT=production"):
        Config().check_bind(address)
    Config.load({"development_hosts": address}, {}).check_bind(address)
    for own in ("127.0.0.1", "::1", "localhost"):
        Config().check_bind(own)


def test_the_server_inside_an_app_refuses_too_in_every_way_to_say_it(  # R-DEV-01
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for make in (Sojourn, Sojourn.from_environment):
        with pytest.raises(ConfigError, match=r"https://app\.example\.com/auth is not this machine"):
            make(public_url="https://app.example.com/auth", data=tmp_path)
    monkeypatch.setenv("SOJOURN_ALLOWED_HOSTS", "app.example.com")
    with pytest.raises(ConfigError, match="SOJOURN_ALLOWED_HOSTS"):
        Sojourn(data=tmp_path)
    monkeypatch.setenv("SOJOURN_DEVELOPMENT_HOSTS", "app.example.com")
    Sojourn(data=tmp_path)


@pytest.mark.parametrize("peer", ["198.51.100.7", "10.0.0.1", "::2", ""])
async def test_a_stranger_who_names_this_machine_is_refused(engine: Engine, peer: str) -> None:  # R-DEV-01
    async with asking(engine, peer=peer) as http:
        for path in ("/v1/environment", "/v1/users", "/sign-in", "/dev/mailbox", "/demo", "/nowhere"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (421, "host_invalid"), path
        assert (await http.get("/health")).status_code == 200


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "testclient"])
async def test_the_developer_reads_the_mailbox_and_the_demo(engine: Engine, peer: str) -> None:  # R-DEV-02
    async with asking(engine, peer=peer) as http:
        assert [(await http.get(path)).status_code for path in ("/dev/mailbox.json", "/dev/mailbox", "/demo")] == [
            200
        ] * 3


FORWARDED = [
    {"X_Forwarded_For": "198.51.100.7"},
    {"X_Forwarded_For": "127.0.0.1, 198.51.100.7"},
    {"X_Forwarded_For": ""},
    {"X_Forwarded_Host": "app.example.com"},
    {"X_Forwarded_Proto": "https"},
    {"X_Real_IP": "198.51.100.7"},
    {"Forwarded": "for=127.0.0.1"},
    {"Via": "1.1 proxy"},
    {"Fly_Client_IP": "127.0.0.1"},
    {"X_Original_Host": "localhost"},
]


@pytest.mark.parametrize("headers", FORWARDED)
async def test_whoever_comes_through_a_proxy_reads_no_codes(
    engine: Engine, headers: dict[str, str]
) -> None:  # R-DEV-02
    async with asking(engine, **headers) as http:
        for path in ("/dev/mailbox.json", "/dev/mailbox", "/demo", "/demo/protected"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "development_help_refused"), path


async def test_a_bundlers_server_in_front_is_this_machine(engine: Engine) -> None:  # R-DEV-02
    own = {
        "X_Forwarded_For": "::1",
        "X_Forwarded_Host": "localhost:3000",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Port": "3000",
    }
    async with asking(engine, **own) as http:
        assert (await http.get("/dev/mailbox.json")).status_code == 200


async def test_at_a_named_host_the_mailbox_asks_for_the_secret_key(named: Engine) -> None:  # R-DEV-02
    key = (await named.instances.new_secret_key(named.instance)).reveal()
    basic = base64.b64encode(f"anybody:{key}".encode()).decode()
    async with asking(named, "http://box.example", "198.51.100.7") as http:
        asked = await http.get("/dev/mailbox.json")
        assert (asked.status_code, asked.headers["www-authenticate"][:6]) == (401, "Basic ")
        for good in (f"Bearer {key}", f"Basic {basic}"):
            assert (await http.get("/dev/mailbox.json", headers={"Authorization": good})).status_code == 200
        for bad in (f"Bearer {key}x", "Basic eDp5", "Basic %", "Bearer", f"Digest {key}", ""):
            assert (await http.get("/dev/mailbox.json", headers={"Authorization": bad})).status_code == 401, bad


async def signing_up(http: httpx.AsyncClient, code: str) -> int:
    """The status of a sign-up that types `code`."""
    http.headers.update({"Origin": APP, "Sec-Fetch-Site": "same-site"})
    begun = await http.post("/v1/client/sign_ups", data={"email_address": ADA, "password": PASSWORD})
    path = f"/v1/client/sign_ups/{begun.json()['response']['id']}"
    await http.post(f"{path}/prepare_verification", data={"strategy": "email_code"})
    return (await http.post(f"{path}/attempt_verification", data={"strategy": "email_code", "code": code})).status_code


async def test_the_code_that_everybody_knows_works_at_this_machine_only(
    engine: Engine, named: Engine
) -> None:  # R-DEV-02
    async with asking(named, "http://box.example", "198.51.100.7") as stranger:
        assert await signing_up(stranger, TEST_CODE) == 422
    async with asking(engine) as developer:
        assert await signing_up(developer, TEST_CODE) == 200


async def test_hosted_pages_say_that_this_is_development(engine: Engine, live: Engine) -> None:  # R-DEV-01
    async with asking(engine) as http:
        for path in ("/sign-in", "/sign-up", "/user", "/sign-out"):
            assert "Development mode" in (await http.get(path)).text, path
    async with asking(live, "https://auth.example.com") as http:
        assert "Development mode" not in (await http.get("/sign-in")).text
        assert (await http.get("/dev/mailbox.json")).status_code == 404


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Auth.Example.com:443", "auth.example.com"),
        ("auth.example.com:8443", "auth.example.com:8443"),
        ("[::1]:443", "[::1]"),
        ("::1", "[::1]"),
        ("[0:0::1]:8000", "[::1]:8000"),
        ("user@auth.example.com", None),
        ("auth.example.com/x", None),
        ("auth.example.com:x", None),
        ("a b", None),
        ("", None),
    ],
)
def test_hosts_are_compared_in_their_normal_spelling(text: str, normal: str | None) -> None:  # RFC 3986 section 6.2
    assert host_of(text, "https") == normal
