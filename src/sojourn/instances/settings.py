"""Settings of an instance: what its owner can change while it runs. Process configuration is in `sojourn/config.py`.

Lengths of time are stored as whole seconds or milliseconds in fields that say so, because settings travel as JSON;
the properties give them as `timedelta`.

A stored field that this release does not know is another release's: it is read past, and kept when the settings are saved
(R-CFG-01). So a new setting is a new field, and no field ever changes its type; the registry refuses unknown names of input.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import msgspec

from sojourn.errors import Json
from sojourn.instances.looks import Color, Fonts, Length, WebAddress

Parse = Callable[[str], str]
Use = Literal["off", "optional", "required"]

if TYPE_CHECKING:
    Claims = dict[str, Json]
else:
    Claims = dict[str, object]  # msgspec decodes no recursive alias; what it makes of JSON is Json all the same


class SessionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Floors and ceilings keep a slip of the keyboard from signing everybody out or nobody ever."""

    lifetime_seconds: int = msgspec.field(default=7 * 86400)
    inactivity_seconds: int = msgspec.field(default=86400)
    token_seconds: int = 60
    token_algorithm: Literal["RS256", "EdDSA"] = "RS256"
    claims: Claims = {}
    single_session_mode: bool = True
    sessions_per_user: int = 100

    @property
    def lifetime(self) -> timedelta:
        return timedelta(seconds=self.lifetime_seconds)

    @property
    def inactivity(self) -> timedelta:
        return timedelta(seconds=self.inactivity_seconds)

    @property
    def token_life(self) -> timedelta:
        return timedelta(seconds=self.token_seconds)


class SignUpSettings(msgspec.Struct, frozen=True, kw_only=True):
    mode: Literal["public", "restricted"] = "public"
    first_name: Use = "optional"
    last_name: Use = "optional"
    username: Use = "off"
    password: Use = "required"
    verify_email: bool = True


class ProtectionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`strict_enumeration` None means: on in production, off in development (R-ENU-01)."""

    strict_enumeration: bool | None = None
    lockout_tries: int = 10
    lockout_seconds: int = 3600
    password_min_length: int = 8
    allowlist: bool = False
    blocklist: bool = False
    block_email_subaddresses: bool = False
    rate_limits: dict[str, list[int]] = {}
    """Overrides of `limits/rate_limit.py`: name to [hits, seconds]."""


class PathSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where browsers are sent. Empty: the hosted pages; in development `home_url` and `after_…` are the asking app's origin."""

    home_url: str = ""
    sign_in_url: str = ""
    sign_up_url: str = ""
    user_profile_url: str = ""
    after_sign_in_url: str = ""
    after_sign_up_url: str = ""
    after_sign_out_url: str = ""

    def __post_init__(self) -> None:
        _keep_parsed(self, dict.fromkeys(self.__struct_fields__, _page))


class ThemeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How hosted pages and components look. A value of an older release that cannot be read is the default."""

    color: str = "#2f6f4f"
    background_color: str = "#ffffff"
    page_color: str = "#f4f5f2"
    font_family: str = "system-ui, sans-serif"
    border_radius: str = "0.5rem"
    logo_url: str = ""
    scheme: Literal["system", "light", "dark"] = "system"
    """`system` follows the visitor's device. The colours above are those of the light scheme; the dark one keeps `color` only."""
    dark: bool = False
    """The older way to say `scheme = "dark"`; it wins while it is on."""

    def __post_init__(self) -> None:
        _keep_parsed(self, _THEME)


def _page(text: str) -> str:
    return str(WebAddress.parse(text, with_loopback=True)) if text else ""


def _logo(text: str) -> str:
    return str(WebAddress.parse(text)) if text else ""


_THEME: Mapping[str, Parse] = {
    "color": lambda text: str(Color.parse(text)),
    "background_color": lambda text: str(Color.parse(text)),
    "page_color": lambda text: str(Color.parse(text)),
    "font_family": lambda text: str(Fonts.parse(text)),
    "border_radius": lambda text: str(Length.parse(text)),
    "logo_url": _logo,
}

PARSED: Mapping[str, Mapping[str, Parse]] = {
    "theme": _THEME,
    "paths": dict.fromkeys(PathSettings.__struct_fields__, _page),
}
"""Settings that are rendered: group and name, and what makes the one spelling of a value or raises ValueError."""


def _keep_parsed(group: msgspec.Struct, parsers: Mapping[str, Parse]) -> None:
    """Every value in the spelling of its parsed form; what cannot be parsed is the default, whoever stored it."""
    for field in msgspec.structs.fields(group):
        if (parse := parsers.get(field.name)) is None:
            continue
        given = getattr(group, field.name)
        try:
            kept = parse(given)
        except ValueError:
            kept = field.default
        if kept != given:
            msgspec.structs.force_setattr(group, field.name, kept)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    application_name: str = "My application"
    support_email: str = ""
    allowed_origins: list[str] = []
    sessions: SessionSettings = SessionSettings()
    sign_up: SignUpSettings = SignUpSettings()
    protection: ProtectionSettings = ProtectionSettings()
    paths: PathSettings = PathSettings()
    theme: ThemeSettings = ThemeSettings()
    test_mode: bool = True
    """`+clerk_test` addresses with the fixed code; never honoured in production (R-AUZ-09)."""
    delete_self: bool = True


def written_back(settings: msgspec.Struct, stored: Json) -> dict[str, Json]:
    """`settings` as JSON, beside the fields of `stored` that this release does not know, at every depth (R-CFG-01)."""
    before = stored if isinstance(stored, dict) else {}
    known: dict[str, Json] = {}
    for name, value in msgspec.structs.asdict(settings).items():
        is_group = isinstance(value, msgspec.Struct)
        known[name] = written_back(value, before.get(name)) if is_group else msgspec.to_builtins(value)
    return {**before, **known}
