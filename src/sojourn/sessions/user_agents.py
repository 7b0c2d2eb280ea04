"""Reads a User-Agent header: the browser and the system. Untrusted text."""

from functools import lru_cache

from ua_parser import parse

from sojourn.sessions.session import Device

_MOBILE = frozenset({"iOS", "Android", "Windows Phone", "BlackBerry OS", "KaiOS"})


@lru_cache(maxsize=2048)
def device(user_agent: str, ip_address: str | None) -> Device:
    """Device information from the User-Agent header; untrusted text."""
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


def agent_name(user_agent: str) -> str:
    """The browser and the system without versions, such as `Chrome on Linux`; empty if unknown."""
    if not user_agent:
        return ""
    browser, _, system, _ = _described(user_agent)
    return f"{browser} on {system}" if browser and system else browser or system or ""


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
