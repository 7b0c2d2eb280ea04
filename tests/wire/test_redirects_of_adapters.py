"""An app of our own adapters at `app.example.com`, its server at `auth.example.com`: what a redirect carries in production."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sojourn.engine import Engine
from sojourn.integrations.authenticator import Authenticator, AuthState, HandshakeState, SignedInState, SignedOutState
from sojourn.integrations.local_server import EngineClient
from sojourn.integrations.request_head import RequestHead
from sojourn.testing.clock import FakeClock
from sojourn.tokens.handshake import cookie_suffix

from .browsing import Browser
from .conftest import LIVE_APP
from .test_handshake import make_pending, payload
from .test_production import signed_up


@dataclass
class Visitor:
    """One person's browser at the app; the server's cookies are in `at_server`."""

    gate: Authenticator
    at_server: Browser
    cookies: dict[str, str] = field(default_factory=dict[str, str])

    async def ask(self, url: str) -> AuthState:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = [(b"accept", b"text/html"), (b"cookie", cookie.encode())]
        verdict = await self.gate.decide_with_new_keys(RequestHead("GET", headers, lambda _: url))
        if isinstance(verdict, SignedOutState | HandshakeState):
            self.keep(verdict.cookies)
        return verdict

    def keep(self, lines: Sequence[str]) -> None:
        for line in lines:
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value

    async def begin(self, path: str = "/page") -> str:
        """The handshake that the app sends this browser to: it takes it for signed in, and has no token."""
        self.cookies[f"__client_uat_{cookie_suffix(self.gate.publishable_key)}"] = "1700000000"
        return sent(await self.ask(LIVE_APP + path))

    async def answer(self, handshake: str) -> str:
        """Where the server sends the browser back to, its cookies for the shared domain kept."""
        parts = urlsplit(handshake)
        query: dict[str, Any] = dict(parse_qsl(parts.query))
        answer = await self.at_server.send("GET", parts.path, **query)
        self.keep([line for line in answer.headers.get_list("set-cookie") if "Domain=" in line])
        return answer.headers["location"]

    async def come_back(self, url: str) -> str | None:
        """Who the app takes the browser for in the end."""
        for _ in range(5):
            verdict = await self.ask(url)
            if not isinstance(verdict, HandshakeState):
                return verdict.claims.user_id if isinstance(verdict, SignedInState) else None
            url = verdict.url
            if "/v1/client/handshake?" in url:
                url = await self.answer(url)
        raise AssertionError("a loop")


def sent(verdict: AuthState) -> str:
    assert isinstance(verdict, HandshakeState), verdict
    return verdict.url


@pytest.fixture(params=["nonce", "token"])
def gate(request: pytest.FixtureRequest, live: Engine) -> Authenticator:
    """Of an app that can ask the server, and of one without a secret key."""
    made = EngineClient(live).gate
    assert made is not None
    return made if request.param == "nonce" else replace(made, payload=None, payload_now=None)


@pytest.fixture
async def visitor(live: Engine, live_browser: Browser, gate: Authenticator) -> Visitor:
    await signed_up(live, live_browser)
    return Visitor(gate, live_browser)


async def test_a_redirect_comes_back_to_a_clean_address_with_the_apps_cookies(visitor: Visitor) -> None:  # R-HSK-01
    returned = await visitor.answer(await visitor.begin("/page?x=1"))
    assert "__clerk_handshake" not in returned, "nothing that signs in travels in an address"
    assert sent(await visitor.ask(returned)) == f"{LIVE_APP}/page?x=1"
    assert isinstance(await visitor.ask(f"{LIVE_APP}/page?x=1"), SignedInState)
    assert not [name for name in visitor.cookies if "handshake" in name or "redirect_" in name]


async def test_what_a_redirect_brings_has_the_claims_of_today(visitor: Visitor) -> None:
    await visitor.come_back(await visitor.answer(await visitor.begin()))
    for name in ("__session", f"__session_{cookie_suffix(visitor.gate.publishable_key)}"):
        claims = payload(visitor.cookies[name])
        assert (claims["v"], claims["sts"]) == (2, "active")


async def test_a_session_that_has_something_left_to_do_signs_nobody_in(
    visitor: Visitor, live: Engine
) -> None:  # R-FLOW-02
    await make_pending(live)
    assert await visitor.come_back(await visitor.answer(await visitor.begin())) is None
    verdict = await visitor.ask(f"{LIVE_APP}/page")
    assert isinstance(verdict, SignedOutState)
    assert (verdict.reason, verdict.is_stuck) == ("session-not-active", True), "signing in again would not help"
    token = visitor.cookies["__session"]
    bearer = RequestHead("GET", [(b"authorization", f"Bearer {token}".encode())], lambda _: LIVE_APP)
    assert isinstance(await visitor.gate.decide_with_new_keys(bearer), SignedOutState)


async def test_twelve_tabs_share_a_browser(visitor: Visitor) -> None:  # R-HSK-01
    begun = [await visitor.begin(f"/page?tab={number}") for number in range(12)]
    returned = [await visitor.answer(each) for each in begun]
    assert sum(len(f"{name}={value}; ") for name, value in visitor.cookies.items()) < 8192, (
        "servers refuse longer headers"
    )
    people = [await visitor.come_back(each) for each in returned]
    assert len(set(people)) == 1
    assert people[0] is not None


async def test_no_handshake_is_taken_from_an_address(visitor: Visitor) -> None:  # R-HSK-01
    returned = await visitor.answer(await visitor.begin())
    brought = {name: value for name, value in visitor.cookies.items() if "__clerk_handshake" in name}
    for name in brought:
        del visitor.cookies[name]
    for name, value in brought.items():
        await visitor.ask(f"{returned}&{'__clerk_handshake_nonce' if 'nonce' in name else name}={value}")
    assert "__session" not in visitor.cookies


async def test_what_was_made_for_one_redirect_is_worth_nothing_in_another(
    visitor: Visitor,
) -> None:  # R-HSK-01, CWE-294
    await visitor.answer(await visitor.begin())
    stolen = {name: value for name, value in visitor.cookies.items() if "__clerk_handshake" in name}
    thief = Visitor(visitor.gate, visitor.at_server)
    handshake = await thief.begin()
    id = handshake.partition("__sojourn_redirect=")[2].partition("&")[0]
    for name, value in stolen.items():
        thief.cookies[name if name == "__clerk_handshake" else f"__clerk_handshake_nonce_{id}"] = value
    await thief.ask(f"{LIVE_APP}/page?__sojourn_redirect={id}")
    assert "__session" not in thief.cookies


async def test_a_redirect_lasts_fifteen_minutes(visitor: Visitor, clock: FakeClock) -> None:  # R-HSK-01
    handshake = await visitor.begin()
    clock.advance(seconds=15 * 60)
    returned = await visitor.answer(handshake)
    again = sent(await visitor.ask(returned))
    assert "/v1/client/handshake?" in again, "the app begins a redirect of its own"
    assert await visitor.come_back(await visitor.answer(again)) is not None


async def test_its_cookies_cannot_be_set_by_a_sibling_host(visitor: Visitor) -> None:  # R-CKI-01
    verdict = await visitor.ask(f"{LIVE_APP}/page")
    assert isinstance(verdict, SignedOutState)
    await visitor.begin()
    assert all(name.startswith("__Host-") for name in visitor.cookies if "redirect_" in name)
    assert any("redirect_" in name for name in visitor.cookies)
