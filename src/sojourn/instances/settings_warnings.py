"""Warnings for allowed but harmful values of settings, printed after the setting is saved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sojourn.instances.settings import SessionSettings, Settings


@dataclass(frozen=True, slots=True)
class Caution:
    """`path` names the setting; `holds` is true if the session settings have the harmful value."""

    path: str
    holds: Callable[[SessionSettings], bool]
    says: str


_CAUTIONS = (
    Caution(
        "sessions.token_seconds", lambda sessions: sessions.token_seconds < 30,
        "every open tab fetches such a short token every few seconds, and apps refuse it if clocks differ; 60 is usual",
    ),
    Caution(
        "sessions.token_seconds", lambda sessions: sessions.token_seconds > 300,
        "apps that only verify tokens accept a revoked session for this long; 60 is usual",
    ),
    Caution(
        "sessions.token_algorithm", lambda sessions: sessions.token_algorithm != "RS256",
        "the published SDKs accept RS256 only: their users are signed out with the next token",
    ),
    Caution(
        "sessions.lifetime_seconds", lambda sessions: sessions.lifetime_seconds < 600,
        "all users are signed out every few minutes",
    ),
    Caution(
        "sessions.inactivity_seconds", lambda sessions: sessions.inactivity_seconds < 300,
        "reading a page for some minutes, or a sleeping computer, ends the session",
    ),
    Caution(
        "sessions.inactivity_seconds", lambda sessions: sessions.inactivity_seconds > sessions.lifetime_seconds,
        "longer than sessions.lifetime_seconds, it never ends a session",
    ),
    Caution(
        "sessions.inactivity_seconds", lambda sessions: sessions.inactivity_seconds < 2 * sessions.token_seconds,
        "shorter than two tokens (sessions.token_seconds), it ends sessions of people who are there",
    ),
    Caution(
        "sessions.sessions_per_user", lambda sessions: sessions.sessions_per_user == 1,
        "a sign-in on a second device or browser ends the session on the first",
    ),
)  # fmt: skip


def cautions(before: Settings, after: Settings) -> Iterator[str]:
    """Warnings, as `name: reason`, that apply to the new settings but did not apply before."""
    for caution in _CAUTIONS:
        if caution.holds(after.sessions) and not caution.holds(before.sessions):
            yield f"{caution.path}: {caution.says}."
