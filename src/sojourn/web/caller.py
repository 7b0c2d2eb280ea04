"""Who is asking: from cookie, development browser or native token to a `Caller` (wire protocol section 2.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from ua_parser import parse

from sojourn.errors import UnknownDevBrowser
from sojourn.instances.instance import Instance
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.client import Client
from sojourn.sessions.clients import Clients
from sojourn.sessions.session import Device
from sojourn.web.incoming import Incoming

_AGENT_LONGEST = 512
_SECRET_LONGEST = 512
_MOBILE = frozenset({"iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS"})


class HasClients(Protocol):
    """The part of the engine that this needs."""

    @property
    def clients(self) -> Clients: ...


@dataclass(frozen=True, slots=True)
class Identified:
    """How the client was found: its presented secret, and the development browser that stands for it."""

    client: Client | None
    secret: Secret | None = None
    dev_browser: Secret | None = None
    native: bool = False


async def identify(
    engine: HasClients, incoming: Incoming, instance: Instance, cookies: Sequence[Secret], *, lenient: bool = False
) -> Identified:
    """The client of a request; anonymous when nothing known is presented (R-ID-06).

    `cookies` are the secrets of the client cookie, to be tried in order. `lenient` treats an unknown development browser as none, for navigations that hand out a new one.
    Raises: UnknownDevBrowser.
    """
    if incoming.query.get("_is_native") == "1":
        presented = _native_secret(incoming)
        client = await engine.clients.find(instance, presented) if presented else None
        return Identified(client, presented if client else None, native=True)
    by_cookie, secret = None, None
    for each in cookies:
        by_cookie = await engine.clients.find(instance, each)
        if by_cookie is not None:
            secret = each
            break
    token = _dev_browser(incoming, instance)
    if token is None:
        return Identified(by_cookie, secret)
    try:
        _, bound = await engine.clients.by_dev_browser(instance, token)
    except UnknownDevBrowser:
        if not lenient:
            raise
        return Identified(by_cookie, secret)
    if bound is None and by_cookie is not None:
        await engine.clients.bind_dev_browser(token, by_cookie)
        bound = by_cookie
    same = bound is not None and by_cookie is not None and bound.id == by_cookie.id
    return Identified(bound, secret if same else None, token)


def caller_of(identified: Identified, incoming: Incoming, instance: Instance, ip_address: str | None) -> Caller:
    return Caller(
        instance=instance,
        client=identified.client,
        device=device((incoming.header(b"user-agent") or "")[:_AGENT_LONGEST], ip_address),
        origin=incoming.header(b"origin"),
    )


def _native_secret(incoming: Incoming) -> Secret | None:
    """The client token of a native app, which sends it bare or as a bearer."""
    text = (incoming.header(b"authorization") or "").strip()
    if text[:7].lower() == "bearer ":
        text = text[7:].strip()
    return Secret(text) if 0 < len(text) <= _SECRET_LONGEST else None


def _dev_browser(incoming: Incoming, instance: Instance) -> Secret | None:
    if not instance.is_development:
        return None
    text = incoming.query.get("__clerk_db_jwt") or incoming.query.get("__dev_session")
    return Secret(text) if text and len(text) <= _SECRET_LONGEST else None


@lru_cache(maxsize=2048)
def device(user_agent: str, ip_address: str | None) -> Device:
    """What a user agent says of itself; text that anybody may have made up."""
    if not user_agent:
        return Device(ip_address=ip_address)
    browser, version, system, mobile = _described(user_agent)
    return Device(
        ip_address=ip_address,
        user_agent=user_agent,
        browser_name=browser,
        browser_version=version,
        device_type=system,
        is_mobile=mobile,
    )


@lru_cache(maxsize=1024)
def _described(user_agent: str) -> tuple[str | None, str | None, str | None, bool]:
    found = parse(user_agent)
    agent, system, hardware = found.user_agent, found.os, found.device
    version = ".".join(part for part in (agent.major, agent.minor) if part) if agent else None
    family = system.family if system else None
    kind = "Macintosh" if family == "Mac OS X" else family
    if hardware is not None and hardware.family in ("iPhone", "iPad"):
        kind = hardware.family
    return (agent.family if agent else None), version or None, kind, family in _MOBILE
