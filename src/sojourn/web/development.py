"""Limits development servers to this machine: who gets responses, and who may read codes (R-DEV-01, R-DEV-02)."""

from dataclasses import replace

import msgspec

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import SojournError
from sojourn.instances.instance import Instance
from sojourn.origin import host_of, is_loopback, name_of
from sojourn.web.client_ip import canonical, is_trusted
from sojourn.web.errors import HostUnknown
from sojourn.web.http_request import HttpRequest
from sojourn.web.secret_keys import good_key, presented_key

_IN_PROCESS = frozenset({"testclient", "<local>"})
"""Peer names of the test clients of Starlette, Litestar and Quart; no socket has such an address."""

_TELLING = (
    b"forwarded", b"via", b"x-client-ip", b"true-client-ip", b"cf-connecting-ip", b"x-forwarded-server", b"cdn-loop", b"cf-ray",
    b"fastly-client-ip", b"fly-client-ip", b"x-amzn-trace-id", b"x-azure-clientip", b"x-cluster-client-ip", b"x-envoy-external-address",
    b"x-forwarded-scheme", b"x-original-forwarded-for", b"x-original-host",
)  # fmt: skip
_OLD = frozenset({"1.0", "1"})
"""The version string of HTTP/1.0. nginx uses it to upstreams by default, from this machine's address, without naming
its client.
"""


class HelpRefused(SojournError):
    code = "development_help_refused"
    message = "For the developer only"
    advice = (
        "This page gives away codes. It answers a browser on the machine that the server runs on, at localhost and without a "
        "proxy in between; at a host of SOJOURN_DEVELOPMENT_HOSTS it asks for the secret key."
    )


class SecretKeyAsked(SojournError):
    code = "development_key_asked"
    message = "Secret key needed"
    advice = "At this host the page asks for the secret key: as a Bearer token, or as the password of any user name."


def check_here(request: HttpRequest, host: str, config: Config) -> None:
    """In development respond to this machine only, unless the Host is listed. Raises: HostUnknown (R-DEV-01). An app
    with the server inside may listen on any interface, so each request is checked.
    """
    if config.is_development and not _is_own_peer(request) and not config.is_named(name_of(host)):
        raise HostUnknown(
            "This server is in development, which answers its own machine only. Set SOJOURN_ENVIRONMENT=production, or "
            "name this host in SOJOURN_DEVELOPMENT_HOSTS where no stranger can reach it."
        )


async def check_helped(request: HttpRequest, engine: Engine) -> None:
    """Raises: HelpRefused, SecretKeyAsked, BadSecretKey (R-DEV-02)."""
    if _is_at_this_machine(request, engine.config) and not _is_forwarded(request):
        return
    if not engine.config.is_named(_host_name(request, engine.config)):
        raise HelpRefused()
    key = presented_key(request, takes_basic=True)
    if key is None:
        raise SecretKeyAsked()
    await good_key(engine, request, key)


def as_asked(instance: Instance, request: HttpRequest, config: Config) -> Instance:
    """The instance with the settings for this request: fixed test codes work on this machine only (R-DEV-02). A proxy
    listed in `trusted_proxies` may be in between (decision 0013).
    """
    if not instance.is_development or not instance.settings.test_mode:
        return instance
    if _is_at_this_machine(request, config) and (not _is_forwarded(request) or _is_of_trusted_proxy(request, config)):
        return instance
    return replace(instance, settings=msgspec.structs.replace(instance.settings, test_mode=False))


def _is_own_peer(request: HttpRequest) -> bool:
    peer = request.peer or ""
    return peer in _IN_PROCESS or is_loopback(canonical(peer) or "")


def _host_name(request: HttpRequest, config: Config) -> str:
    return name_of(host_of(request.header(b"host") or "", config.scheme) or "")


def _is_at_this_machine(request: HttpRequest, config: Config) -> bool:
    name = _host_name(request, config)
    return _is_own_peer(request) and is_loopback(name) and not config.is_named(name)


def _is_forwarded(request: HttpRequest) -> bool:
    """True if the request may come from a remote client through a proxy. A local development server, such as a
    bundler's, forwards this machine's address; a proxy appends to whatever a remote client sends. If the peer is not a
    socket address it may be forged too, because an app server that trusts all senders takes the peer from the same
    header. A peer that speaks HTTP/1.0 is not a browser but a proxy, which may send no header at all.
    """
    if request.http_version in _OLD or any(request.header(name) is not None for name in _TELLING):
        return True
    senders = [*_listed(request, b"x-forwarded-for"), *_listed(request, b"x-real-ip")]
    if senders and not request.has_socket:
        return True
    hosts = [name_of(host_of(host, "http") or "") for host in _listed(request, b"x-forwarded-host")]
    here = all(is_loopback(canonical(sender) or "") for sender in senders) and all(map(is_loopback, hosts))
    return not here or any(scheme != "http" for scheme in _listed(request, b"x-forwarded-proto"))


def _listed(request: HttpRequest, header: bytes) -> list[str]:
    return [value.strip() for line in request.headers_of(header) for value in line.split(",")]


def _is_of_trusted_proxy(request: HttpRequest, config: Config) -> bool:
    peer = canonical(request.peer or "")
    return peer is not None and is_trusted(peer, config.trusted_proxies)
