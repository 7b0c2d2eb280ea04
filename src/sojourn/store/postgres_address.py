"""Parses a PostgreSQL URL as libpq does: supported parameters are kept, unsupported ones are rejected by name.

Parameters: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from sojourn.errors import ConfigError

_NAME = "SOJOURN_DATABASE_URL"
_SCHEMES = frozenset({"postgresql", "postgres"})

_OF_THE_DRIVER = frozenset({
    "host", "port", "user", "password", "dbname", "database", "passfile", "service", "sslmode", "sslcert", "sslkey",
    "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version",
    "target_session_attrs", "krbsrvname", "gsslib",
})  # fmt: skip
"""Parameters that the driver understands as libpq does."""

_WITHOUT_EFFECT: Mapping[str, frozenset[str]] = {
    "channel_binding": frozenset({"disable", "prefer"}),
    "gssencmode": frozenset({"disable", "prefer"}),
    "client_encoding": frozenset({"utf8", "utf-8", "unicode", "auto"}),
    "load_balance_hosts": frozenset({"disable"}),
    "sslcompression": frozenset({"0"}),
    "sslsni": frozenset({"1"}),
    "replication": frozenset({"false", "off", "no", "0"}),
}
"""Values of libpq parameters that need no action because they are our behavior anyway."""

_ADVICE: Mapping[str, str] = {
    "channel_binding": "the driver has no channel binding; leave it out, and let sslmode=verify-full check the server",
}
_POOLED: Mapping[str, frozenset[str]] = {
    "pgbouncer": frozenset({"true", "1", "yes"}),
    "statement_cache_size": frozenset({"0"}),
    "prepared_statement_cache_size": frozenset({"0"}),
}
"""Parameters by which other clients learn of a pooler in transaction mode."""

_SETTING = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*", re.ASCII)
_MAX_WAIT = 600


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """`url` holds only what the driver understands; `settings` are sent to the server when a connection starts."""

    url: str
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    is_pooled: bool = False
    """True if the URL itself says that a connection pooler is in front."""

    start_seconds: float | None = None
    """The total time that a start waits for the database (`connect_timeout`); None if not given."""

    @classmethod
    def parse(cls, url: str) -> "PostgresAddress":
        """Raises: ConfigError that names the unsupported part, never its value, which may be a password."""
        try:
            parts = urlsplit(url)
            given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError as error:
            raise ConfigError(f"{_NAME} is not an address such as postgresql://user@host/name") from error
        scheme = parts.scheme.partition("+")[0]  # other programs put the driver's name there
        if scheme not in _SCHEMES:
            raise ConfigError(f"{_NAME} must start with postgresql://")
        _check_ports(parts.netloc.rpartition("@")[2], dict(given).get("port", ""))
        kept: dict[str, str] = {}
        settings: dict[str, str] = {}
        is_pooled, seconds = False, None
        for name, value in given:
            if name in _OF_THE_DRIVER:
                kept[name] = value
            elif name in ("application_name", "fallback_application_name"):
                settings.setdefault("application_name", value)
            elif name == "options":
                settings |= _options(value)
            elif name == "connect_timeout":
                seconds = _seconds(value)
            elif name in _POOLED:
                is_pooled = is_pooled or value.lower() in _POOLED[name]
            else:
                _check_without_effect(name, value)
        query = urlencode(kept, quote_via=quote)
        return cls(
            f"postgresql://{parts.netloc}{parts.path}{'?' if query else ''}{query}", settings, is_pooled, seconds
        )


def without_secrets(url: str) -> str:
    """A database URL for display; passwords are replaced wherever they occur."""
    shown = re.sub(r"(://[^/?#@:]*):[^/?#]*@", r"\1:***@", url)
    return re.sub(r"([?&](?:password|sslpassword)=)[^&]*", r"\1***", shown)


def _check_without_effect(name: str, value: str) -> None:
    """Raises: ConfigError."""
    harmless = _WITHOUT_EFFECT.get(name)
    if harmless is None:
        raise ConfigError(f"{_NAME} has the parameter {name}, which is not supported: leave it out")
    if value.lower() not in harmless:
        advice = _ADVICE.get(name, "leave it out")
        raise ConfigError(f"{_NAME} asks for {name} in an unsupported way: {advice}")


def _check_ports(hosts: str, listed: str) -> None:
    """Raises: ConfigError."""
    ports = [host.rpartition("]")[2].rpartition(":")[2] for host in hosts.split(",") if ":" in host.rpartition("]")[2]]
    for port in (*ports, *listed.split(",")):
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ConfigError(f"{_NAME} names a port that does not exist: ports are numbers from 1 to 65535")


def _options(text: str) -> dict[str, str]:
    """`-c name=value`, `-cname=value` and `--name=value`, as `options` of libpq holds them. Raises: ConfigError."""
    found: dict[str, str] = {}
    try:
        words = iter(shlex.split(text))
    except ValueError:
        words = iter([text])
    for word in words:
        said = next(words, "") if word == "-c" else word.removeprefix("-c" if word.startswith("-c") else "--")
        name, equals, value = said.partition("=")
        if not word.startswith("-") or not equals or not _SETTING.fullmatch(name):
            raise ConfigError(f"{_NAME} has unreadable options: write them as -c name=value")
        found[name.replace("-", "_")] = value
    return found


def _seconds(text: str) -> float | None:
    """libpq takes 0 and less for "no limit"; a start must not wait without limit. Raises: ConfigError."""
    if not re.fullmatch(r"-?\d{1,6}", text, re.ASCII):
        raise ConfigError(f"{_NAME} has a connect_timeout that is not a whole number of seconds")
    seconds = int(text)
    return float(min(seconds, _MAX_WAIT)) if seconds > 0 else None
