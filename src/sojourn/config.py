"""All settings of the process: name, type, default and effect.

Read from `SOJOURN_<NAME>` variables, then from the TOML file that `SOJOURN_CONFIG` names, then the default.
Settings that an application's owner changes while it runs are in `instances/settings.py`.
"""

import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from sojourn.errors import ConfigError
from sojourn.instances.instance import Environment
from sojourn.instant import read_length
from sojourn.origin import host_of, is_loopback, name_of, origin_of
from sojourn.secret import Secret

if TYPE_CHECKING:
    from sojourn.factors.factor import Factor

_OWN_PATHS = ("/v1/", "/npm/", "/static/", "/.well-known/")
"""Not allowed as the path of the public URL, because removing that prefix could be ambiguous."""

_NOT_HERE = (
    "{what} is not this machine, and the environment is development, whose mail and test codes are open: set "
    "SOJOURN_ENVIRONMENT=production, or where no stranger can reach it SOJOURN_DEVELOPMENT_HOSTS={name}"
)


def _says(text: str) -> dict[str, str]:
    return {"says": text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The configuration of one process. `sojourn doctor` prints the text `says` of each field."""

    environment: Environment = field(default=Environment.DEVELOPMENT, metadata=_says("development or production"))
    public_url: str = field(
        default="http://localhost:8000", metadata=_says("address browsers reach this server at; issuer of tokens")
    )
    database_url: str = field(
        default="sqlite:///.sojourn/sojourn.db", metadata=_says("sqlite:///path or postgresql://user@host/name")
    )
    data: Path = field(default=Path(".sojourn"), metadata=_says("folder for the database and keys of development"))
    root_keys: tuple[Secret, ...] = field(
        default=(), metadata=_says("32 random bytes each, base64url, comma-separated; the first encrypts, all decrypt")
    )
    password_peppers: tuple[Secret, ...] = field(
        default=(),
        metadata=_says(
            "optional; 32 random bytes each, base64url; the first is used for new hashes; add one last, then move it first"
        ),
    )
    smtp_host: str = field(
        default="", metadata=_says("mail server; empty in development: mail lands in the mailbox page")
    )
    smtp_port: int = field(default=587, metadata=_says("port of the mail server"))
    smtp_username: str = field(default="", metadata=_says("empty: no authentication"))
    smtp_password: Secret | None = field(default=None, metadata=_says("password at the mail server"))
    smtp_security: Literal["starttls", "tls", "none"] = field(
        default="starttls", metadata=_says("starttls, tls or none")
    )
    mail_from: str = field(default="Sojourn <no-reply@localhost>", metadata=_says("sender of every mail"))
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = field(
        default=(), metadata=_says("CIDR list of proxies whose X-Forwarded-For is believed")
    )
    country_header: str = field(
        default="",
        metadata=_says(
            "header with the two letters of a country, such as CF-IPCountry; believed from trusted proxies only"
        ),
    )
    allowed_hosts: tuple[str, ...] = field(
        default=(), metadata=_says("further Host names this server answers to, beside that of public_url")
    )
    development_hosts: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "development only: hosts and bind addresses, beside this machine's own, that may use it; name only what no stranger can reach"
        ),
    )
    cookie_domain: str = field(
        default="",
        metadata=_says("production: domain that this server and the apps share; empty: found from the allowed origins"),
    )
    authorized_parties: tuple[str, ...] = field(
        default=(),
        metadata=_says(
            "apps with the server inside: the only origins whose tokens they take; empty: the allowed origins"
        ),
    )
    dashboard_in_app: bool = field(
        default=False,
        metadata=_says(
            "production apps with the server inside: serve the dashboard below the app's own origin, where a script of the app could act as an administrator"
        ),
    )
    hash_threads: int = field(
        default=0,
        metadata=_says("password hashes at once; 0: one per processor. A quarter is kept for calls with a secret key"),
    )
    sign_in_floor_ms: int = field(
        default=300,
        metadata=_says(
            "least time of a refused sign-in, so that its length tells nothing; more where slower hashes were imported"
        ),
    )
    log_level: str = field(default="info", metadata=_says("debug, info, warning or error"))
    factors: "Sequence[Factor]" = field(default=())
    """The app's own factors, in addition to the built-in ones; set in code only, not by a variable or file."""

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    @property
    def is_secure(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def scheme(self) -> str:
        """Scheme of `public_url`: http or https."""
        return "https" if self.is_secure else "http"

    @property
    def public_host(self) -> str:
        """Normalized host and port of `public_url`."""
        return (origin_of(self.public_url) or "").partition("://")[2]

    @property
    def known_hosts(self) -> frozenset[str]:
        """Additional accepted hosts, normalized; one without a port matches every port."""
        return _normal(self.allowed_hosts + (self.development_hosts if self.is_development else ()), self.scheme)

    def is_here(self, name: str) -> bool:
        """True if development is allowed at this host name or bind address: loopback, or a listed one (R-DEV-01)."""
        return is_loopback(name) or self.is_named(name)

    def is_named(self, name: str) -> bool:
        """True if `development_hosts` lists the host name or bind address, with or without a port."""
        return name.lower() in {name_of(host) for host in _normal(self.development_hosts, self.scheme)}

    def check_bind(self, address: str) -> None:
        """Refuse to make a development server reachable from other machines. Raises: ConfigError (R-DEV-01)."""
        if self.is_development and not self.is_here(address.strip("[]")):
            raise ConfigError(_NOT_HERE.format(what=f"--host {address}", name=address))

    @classmethod
    def load(cls, given: Mapping[str, object] | None = None, variables: Mapping[str, str] | None = None) -> "Config":
        """The configuration of this process: `given` (command line) wins over variables over the file.

        Raises: ConfigError that names the invalid setting.
        """
        config = cls.of(cls.named(given, variables))
        config.check()
        return config

    @classmethod
    def named(
        cls, given: Mapping[str, object] | None = None, variables: Mapping[str, str] | None = None
    ) -> Mapping[str, object]:
        """The explicitly set settings by name, before parsing. Raises: ConfigError for an invalid file."""
        variables = os.environ if variables is None else variables
        values: dict[str, object] = {}
        known = {setting.name for setting in fields(cls) if "says" in setting.metadata}
        if path := variables.get("SOJOURN_CONFIG"):
            values.update(_from_file(Path(path), known))
        for name in known:
            if (text := variables.get(f"SOJOURN_{name.upper()}")) is not None:
                values[name] = text
        values.update({name: value for name, value in (given or {}).items() if value is not None})
        return values

    @classmethod
    def of(cls, named: Mapping[str, object]) -> "Config":
        """The configuration from named settings and defaults, parsed but not yet checked by `check`.

        Raises: ConfigError.
        """
        parsed = {name: _parse(name, value) for name, value in named.items()}
        if "data" in parsed and "database_url" not in parsed:
            parsed["database_url"] = f"sqlite:///{parsed['data']}/sojourn.db"
        return cls(**parsed)  # pyright: ignore[reportArgumentType]

    def check(self) -> None:
        """Reject configurations that cannot run safely. Raises: ConfigError (R-KEY-02, R-CKI-01)."""
        if not self.is_development and (missing := self._missing()):
            raise ConfigError(f"production needs {' and '.join(missing)}")
        address = urlsplit(self.public_url)
        if address.scheme not in ("http", "https") or not address.hostname or self.public_url.endswith("/"):
            raise ConfigError("SOJOURN_PUBLIC_URL must look like https://auth.example.com, without a slash at the end")
        if f"{address.path}/".startswith(_OWN_PATHS):
            raise ConfigError(
                "SOJOURN_PUBLIC_URL has a path that this server uses itself: choose another, such as /auth"
            )
        if address.scheme == "http" and not self.is_development and not is_loopback(address.hostname):
            raise ConfigError("SOJOURN_PUBLIC_URL must start with https:// in production")
        if self.is_development:
            self._check_is_here()

    def _check_is_here(self) -> None:
        public = name_of(self.public_host)
        if not self.is_here(public):
            raise ConfigError(_NOT_HERE.format(what=f"public_url {self.public_url}", name=public))
        for host in self.allowed_hosts:
            name = name_of(host_of(host, self.scheme) or "")
            if not self.is_here(name):
                raise ConfigError(_NOT_HERE.format(what=f"SOJOURN_ALLOWED_HOSTS {host}", name=name or host))

    def _missing(self) -> list[str]:
        """Every required production setting that is missing, reported together."""
        needed = {
            "SOJOURN_PUBLIC_URL (the https:// address that browsers use)": self.public_url != Config().public_url,
            "SOJOURN_ROOT_KEYS (32 random bytes, as `sojourn keys root` prints them)": self.root_keys,
            "SOJOURN_SMTP_HOST (the mail server that sends sign-in codes)": self.smtp_host,
        }
        return [name for name, there in needed.items() if not there]


@lru_cache(maxsize=64)
def _normal(hosts: tuple[str, ...], scheme: str) -> frozenset[str]:
    return frozenset(normal for host in hosts if (normal := host_of(host, scheme)) is not None)


def _from_file(path: Path, known: set[str]) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"SOJOURN_CONFIG names {path}, which cannot be read: {error.strerror}") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}") from error
    for name in table:
        if name not in known:
            raise ConfigError(f"{path} sets {name}, which is not a setting; `sojourn doctor` lists them all")
    return table


def _parse(name: str, value: object) -> object:
    try:
        return _PARSERS.get(name, str)(value)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"SOJOURN_{name.upper()} cannot be used: {error}") from error


def _items(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _secrets(value: object) -> tuple[Secret, ...]:
    if isinstance(value, tuple):
        return value  # pyright: ignore[reportUnknownVariableType]
    return tuple(Secret(text) for text in _items(value))


def _networks(value: object) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(text) for text in _items(value))


def _hosts(value: object) -> tuple[str, ...]:
    return tuple(text.lower() for text in _items(value))


def _one_of(*words: str) -> Callable[[object], object]:
    def parse(value: object) -> str:
        if value not in words:
            raise ValueError(f"it must be one of {', '.join(words)}")
        return str(value)

    return parse


def _smtp_password(value: object) -> Secret:
    return value if isinstance(value, Secret) else Secret(str(value))


def _flag(value: object) -> bool:
    if str(value).lower() not in ("true", "false", "1", "0", "yes", "no"):
        raise ValueError("it must be true or false")
    return str(value).lower() in ("true", "1", "yes")


def _number(value: object) -> int:
    return int(str(value))


def _milliseconds(value: object) -> int:
    """A number, or a length of time such as `1s`."""
    text = str(value)
    return int(text) if text.strip().isdecimal() else int(read_length(text).total_seconds() * 1000)


def _environment(value: object) -> Environment:
    if str(value) not in set(Environment):
        raise ValueError("it must be development or production")
    return Environment(str(value))


_PARSERS: Mapping[str, Callable[[object], object]] = {
    "environment": _environment,
    "data": lambda value: Path(str(value)),
    "root_keys": _secrets,
    "password_peppers": _secrets,
    "smtp_port": _number,
    "smtp_password": _smtp_password,
    "smtp_security": _one_of("starttls", "tls", "none"),
    "trusted_proxies": _networks,
    "allowed_hosts": _hosts,
    "development_hosts": _hosts,
    "dashboard_in_app": _flag,
    "hash_threads": _number,
    "sign_in_floor_ms": _milliseconds,
    "log_level": _one_of("debug", "info", "warning", "error"),
}
