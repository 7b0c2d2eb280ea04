"""`settings.SOJOURN`: the server's URL, the public paths and other options."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from sojourn.integrations.sojourn_client import SojournClient

__all__ = ["Options", "options"]

_KNOWN = frozenset(
    {"PUBLIC_URL", "DATA", "URL", "PUBLISHABLE_KEY", "SECRET_KEY", "SOJOURN",
     "AUTHORIZED_PARTIES", "PUBLIC", "PROTECTED", "SIGN_IN_URL", "TRUSTED_ORIGINS", "LINK_BY_EMAIL"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """`link_by_email`: links an existing row with the user's verified address, unless it is linked to another user."""

    sojourn: SojournClient
    public: tuple[str, ...]
    protected: tuple[str, ...]
    sign_in_url: str
    trusted_origins: frozenset[str]
    link_by_email: bool


@lru_cache(maxsize=1)
def options() -> Options:
    """Read once. Raises: ImproperlyConfigured."""
    given = cast("Mapping[str, Any]", getattr(settings, "SOJOURN", {}))
    if unknown := sorted(set(given) - _KNOWN):
        raise ImproperlyConfigured(f"SOJOURN has no setting {unknown[0]!r}; it knows {', '.join(sorted(_KNOWN))}")
    return Options(
        sojourn=_handle(given),
        public=tuple(given.get("PUBLIC", ())),
        protected=tuple(given.get("PROTECTED", ())),
        sign_in_url=given.get("SIGN_IN_URL", ""),
        trusted_origins=frozenset(given.get("TRUSTED_ORIGINS", ())),
        link_by_email=bool(given.get("LINK_BY_EMAIL", False)),
    )


def _handle(given: Mapping[str, Any]) -> SojournClient:
    """`SOJOURN` is an existing client object, `URL` names a remote server; without both the server runs in this
    process.
    """
    from sojourn.integrations.local import Sojourn

    if "SOJOURN" in given:
        return given["SOJOURN"]
    if "URL" in given:
        if "PUBLISHABLE_KEY" not in given:
            raise ImproperlyConfigured("SOJOURN has a URL and no PUBLISHABLE_KEY; `sojourn env django` prints it")
        parties = given.get("AUTHORIZED_PARTIES", ())
        return Sojourn.remote(
            given["URL"], given["PUBLISHABLE_KEY"], given.get("SECRET_KEY", ""),
            public_url=given.get("PUBLIC_URL", ""), authorized_parties=parties,
        )  # fmt: skip
    names = (("public_url", "PUBLIC_URL"), ("data", "DATA"), ("authorized_parties", "AUTHORIZED_PARTIES"))
    chosen = {name: given[key] for name, key in names if key in given}
    return Sojourn(**chosen)


def _clear_cache(*, setting: str, **_: object) -> None:
    if setting == "SOJOURN":
        options.cache_clear()


setting_changed.connect(_clear_cache)
