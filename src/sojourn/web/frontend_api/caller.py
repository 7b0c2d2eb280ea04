"""Identifies the caller of a request by client cookie, development browser or native token (wire protocol section 2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sojourn.errors import UnknownDevBrowser
from sojourn.instances.instance import Instance
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller, Held
from sojourn.sessions.client import Client
from sojourn.sessions.clients import Clients
from sojourn.sessions.dev_browsers import DevBrowsers
from sojourn.sessions.user_agents import device
from sojourn.web.http_request import HttpRequest

_MAX_AGENT = 512
_MAX_SECRET = 512


class HasClients(Protocol):
    """The part of the engine that this needs."""

    @property
    def clients(self) -> Clients: ...
    @property
    def dev_browsers(self) -> DevBrowsers: ...


@dataclass(frozen=True, slots=True)
class Identified:
    """The client of the request, None if unknown, and the development browser in the request, even if it was not used."""

    held: Held | None
    dev_browser: Secret | None = None
    native: bool = False

    @property
    def client(self) -> Client | None:
        return self.held.client if self.held is not None else None


async def identify(
    engine: HasClients, request: HttpRequest, instance: Instance, cookies: Sequence[Secret], *, lenient: bool = False
) -> Identified:
    """The client of a request; anonymous if no known secret is presented (R-ID-06). `cookies` are the secrets of the
    client cookie, tried in order. A current one overrides a development browser in the URL, where others could place
    it. `lenient` treats an unknown development browser as none, for navigations that hand out a new one. Raises:
    UnknownDevBrowser.
    """
    if request.query.get("_is_native") == "1":
        presented = _native_secret(request)
        held = await engine.clients.held_by(instance, presented) if presented else None
        return Identified(held, native=True)
    token = _dev_browser(request, instance)
    held = await _by_cookie(engine, instance, cookies)
    if token is None or (held is not None and held.is_current):
        return Identified(held, token)
    try:
        by_token = await engine.dev_browsers.held_by(instance, token)
    except UnknownDevBrowser:
        if held is None and not lenient:
            raise
        return Identified(held, token)
    return Identified(held if by_token is None else by_token, token)


async def _by_cookie(engine: HasClients, instance: Instance, cookies: Sequence[Secret]) -> Held | None:
    """The client by its current secret, or else by one that was replaced a moment ago."""
    before = None
    for secret in cookies:
        held = await engine.clients.held_by(instance, secret)
        if held is not None and held.is_current:
            return held
        before = before or held
    return before


def caller_of(
    identified: Identified, request: HttpRequest, instance: Instance, ip_address: str | None, mark: Secret | None
) -> Caller:
    """`mark` is the content of the device cookie; a native app has none."""
    return Caller(
        instance=instance,
        client=identified.client,
        device=device((request.header(b"user-agent") or "")[:_MAX_AGENT], ip_address),
        origin=request.header(b"origin"),
        mark=None if identified.native else mark,
    )


def _native_secret(request: HttpRequest) -> Secret | None:
    """The client token of a native app, which sends it with or without `Bearer`."""
    text = (request.header(b"authorization") or "").strip()
    if text[:7].lower() == "bearer ":
        text = text[7:].strip()
    return Secret(text) if 0 < len(text) <= _MAX_SECRET else None


def _dev_browser(request: HttpRequest, instance: Instance) -> Secret | None:
    if not instance.is_development:
        return None
    text = request.query.get("__clerk_db_jwt") or request.query.get("__dev_session")
    return Secret(text) if text and len(text) <= _MAX_SECRET else None
