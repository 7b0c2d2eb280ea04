"""Requirements on a session: role, permission, organization, recent verification (R-AUZ-03)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import Enum

from sojourn.errors import ConfigError, Json
from sojourn.instant import Instant
from sojourn.tokens.claims import Claims


class Unasked(Enum):
    """Marks a requirement that was not given. Empty values and None are rejected, so neither can disable a check by accident."""

    UNASKED = "unasked"

    def __repr__(self) -> str:
        return self.name


UNASKED = Unasked.UNASKED


@dataclass(frozen=True, slots=True)
class Lack:
    """The reason why a session does not meet a requirement: an error code, and a text for people."""

    code: str
    message: str
    advice: str
    meta: Mapping[str, Json] = field(default_factory=dict[str, Json])


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """Every given part must hold. A missing or malformed claim in the token denies; a malformed requirement raises
    ConfigError.

    Roles and permissions are those of the active organization, or the custom claims `roles` and `permissions` (one text, or
    a list) that a token template may take from a user's public metadata. `max_age` is the time since the first factor.
    """

    role: str | Unasked = UNASKED
    permission: str | Unasked = UNASKED
    organization: bool = False
    max_age: timedelta | Unasked = UNASKED

    def __post_init__(self) -> None:
        """Raises: ConfigError for an impossible requirement, when the guard is defined."""
        for name, value in (("role", self.role), ("permission", self.permission)):
            _check_name(name, value)
        if not isinstance(self.organization, bool):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError(f"organization is True or False, not {self.organization!r}")
        if self.max_age is not UNASKED and (not isinstance(self.max_age, timedelta) or self.max_age <= timedelta(0)):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError(
                f"max_age is a length of time above zero, such as timedelta(minutes=10), not {self.max_age!r}"
            )

    def lack(self, claims: Claims, now: Instant) -> Lack | None:
        if self.organization and claims.organization is None:
            return Lack(
                "organization_missing",
                "No organization",
                "This action requires an active organization. Choose one and try again.",
            )
        if self.role is not UNASKED and self.role not in _roles(claims):
            return Lack(
                "role_missing", "Not allowed", f"This action requires the role {self.role}.", {"role": self.role}
            )
        if self.permission is not UNASKED and self.permission not in _permissions(claims):
            advice = f"This action requires the permission {self.permission}."
            return Lack("permission_missing", "Not allowed", advice, {"permission": self.permission})
        if self.max_age is not UNASKED and not _is_fresh(claims, now, self.max_age):
            return _stale(self.max_age)
        return None


ASKED_FOR = tuple(declared.name for declared in fields(Requirement))


def _check_name(name: str, value: object) -> None:
    if value is UNASKED:
        return
    if not isinstance(value, str):
        raise ConfigError(f"{name} is one text, not {value!r}; guard twice to ask for two")
    if not value:
        raise ConfigError(
            f"{name} is empty: leave it out to ask for none, and look whether what it is read from is set"
        )
    if re.search(r"[\s,;|*]", value):
        raise ConfigError(
            f"{name}={value!r} is no name that a session holds: one name, without spaces, lists or wildcards"
        )


def _roles(claims: Claims) -> set[str]:
    """An organization's role is also known without its prefix: `org:admin` as `admin`."""
    own = claims.organization_role
    held = _texts(claims.raw.get("roles"))
    return held | {own, own.removeprefix("org:")} if own else held


def _permissions(claims: Claims) -> set[str]:
    return _texts(claims.raw.get("permissions")) | claims.organization_permissions


def _texts(given: Json) -> set[str]:
    listed = given if isinstance(given, list) else [given]
    return {text for text in listed if isinstance(text, str) and text}


def _is_fresh(claims: Claims, now: Instant, max_age: timedelta) -> bool:
    ages = claims.factor_ages
    if ages is None or ages[0] < 0:
        return False
    return timedelta(minutes=ages[0]) + now.since(claims.issued_at) <= max_age


def _stale(max_age: timedelta) -> Lack:
    minutes = max(1, max_age // timedelta(minutes=1))
    verification: Json = {"level": "first_factor", "afterMinutes": minutes}
    return Lack(
        "session_reverification_required",
        "Verify that it is you",
        f"This action requires a sign-in within the last {minutes} minutes. Sign out, sign in again, and repeat the action.",
        {"reverification": verification},
    )
