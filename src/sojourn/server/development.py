"""Development keys: made at first start, kept in the data folder, readable by its owner only."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from sojourn.config import Config
from sojourn.errors import ConfigError, Conflict, SojournError
from sojourn.instances.instance import Environment
from sojourn.instances.secret_keys import fresh_secret_key
from sojourn.secret import Secret
from sojourn.store import private_files

if TYPE_CHECKING:
    from sojourn.engine import Engine

_FILE = "keys.json"
_ADDRESS = "server.json"


class DevelopmentKeys(msgspec.Struct, frozen=True):
    root_key: str
    secret_key: str


def exposed_files(config: Config) -> list[str]:
    """A warning for each file or folder with keys or personal data that other users of this machine may read."""
    return private_files.exposed_files(config.database_url, config.data, config.data / _FILE)


def has_keys(data: Path) -> bool:
    """True if a server has run with this data folder."""
    return (data / _FILE).exists()


def development_keys(data: Path) -> DevelopmentKeys:
    """The keys in the data folder, made when there are none. Raises: ConfigError when the folder cannot be used."""
    path = data / _FILE
    try:
        _make(data)
        if not path.exists():
            _write(path, DevelopmentKeys(Secret.random().reveal(), fresh_secret_key(Environment.DEVELOPMENT).reveal()))
        return msgspec.json.decode(path.read_bytes(), type=DevelopmentKeys)
    except OSError as error:
        raise ConfigError(
            f"the data folder {data} cannot be used: {error.strerror}; choose another with --data"
        ) from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{path} is damaged: restore it, or delete it to start with new keys") from error


def _make(data: Path) -> None:
    """Create the folder and a .gitignore, because it holds keys and personal data. An existing folder is left unchanged."""
    is_ours = data.name == Config().data.name
    try:
        data.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        if not is_ours:
            return
    with suppress(FileExistsError), (data / ".gitignore").open("x", encoding="utf-8") as file:
        file.write("# keys and personal data: do not commit\n*\n")


def _write(path: Path, keys: DevelopmentKeys) -> None:
    """Create the file atomically, readable by its owner only; if another process was first, its file stays."""
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(keys)))
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()


class LastStart(msgspec.Struct, frozen=True):
    """How the server of a data folder was last started, for other commands. Contains no secret."""

    public_url: str
    host: str
    port: int
    database_is_elsewhere: bool = False


def write_last_start(config: Config, host: str, port: int) -> None:
    """Record the address for commands with the same data folder. Raises: ConfigError."""
    own = f"sqlite:///{config.data / 'sojourn.db'}"
    told = LastStart(config.public_url, host, port, config.database_url != own)
    path = config.data / _ADDRESS
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(told)))
        fresh.replace(path)
    except OSError as error:
        raise ConfigError(f"the data folder {config.data} cannot be written: {error.strerror}") from error


def read_last_start(data: Path) -> LastStart | None:
    """The record of `write_last_start`; None if no server has run with this folder or the file is unreadable."""
    try:
        return msgspec.json.decode((data / _ADDRESS).read_bytes(), type=LastStart)
    except (OSError, msgspec.DecodeError):
        return None


def development_config(config: Config) -> tuple[Config, DevelopmentKeys]:
    """The configuration of `sojourn dev`: keys and database of the data folder unless others are named."""
    keys = development_keys(config.data)
    database_url = config.database_url
    if database_url == Config().database_url:
        database_url = f"sqlite:///{config.data / 'sojourn.db'}"
    root_keys = config.root_keys or (Secret(keys.root_key),)
    return replace(config, root_keys=root_keys, database_url=database_url), keys


async def keep_development_key(engine: "Engine", keys: DevelopmentKeys) -> None:
    """Let the Backend API know the data folder's secret key, once."""
    secret = Secret(keys.secret_key)
    try:
        await engine.instances.by_secret_key(secret)
    except SojournError:
        with suppress(Conflict):  # a revoked key stays revoked
            await engine.instances.keep_secret_key(engine.instance, secret)
