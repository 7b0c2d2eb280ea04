"""An instance: one application's environment, with its users, keys and settings."""

import base64
from dataclasses import dataclass
from enum import StrEnum

from sojourn.ids import InstanceId
from sojourn.instances.settings import Settings
from sojourn.instant import Instant

__all__ = ["Instance"]


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"

    @property
    def word(self) -> str:
        """The word in keys: `pk_test_`, `sk_live_` …"""
        return "live" if self is Environment.PRODUCTION else "test"


class InstanceKind(StrEnum):
    """Stored values never change."""

    APPLICATION = "application"
    CONSOLE = "console"
    """The dashboard itself: its users are the administrators of this server."""


@dataclass(frozen=True, slots=True)
class Instance:
    """`public_url` is the address browsers use for the Frontend API and the issuer of tokens, without a trailing slash."""

    id: InstanceId
    environment: Environment
    publishable_key: str
    public_url: str
    settings: Settings
    created_at: Instant
    updated_at: Instant
    keys_version: int = 0
    """Increases with every change of the signing keys; a process that knows an older number reads them again."""

    kind: InstanceKind = InstanceKind.APPLICATION

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    @property
    def is_console(self) -> bool:
        return self.kind is InstanceKind.CONSOLE


def publishable_key(environment: Environment, host: str) -> str:
    """`pk_test_` or `pk_live_` and the unpadded standard base64 of `<host>$`, as the published SDKs parse it."""
    encoded = base64.b64encode(f"{host}$".encode()).decode("ascii").rstrip("=")
    return f"pk_{environment.word}_{encoded}"
