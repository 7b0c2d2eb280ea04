"""Values of settings that are allowed and that hurt: what whoever sets one is told, once it is saved."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sojourn.instances.settings import SessionSettings, Settings


@dataclass(frozen=True, slots=True)
class Caution:
    """`holds` says whether the settings of sessions have the value; `path` is the setting that it is of."""

    path: str
    holds: Callable[[SessionSettings], bool]
    says: str


_CAUTIONS = (
    Caution(
        "sessions.token_seconds", lambda sessions: sessions.token_seconds < 30,
        "a token this short is fetched anew every few seconds by every open tab, and refused on the way where clocks differ; 60 is usual",
    ),
    Caution(
        "sessions.token_seconds", lambda sessions: sessions.token_seconds > 300,
        "apps that only verify let somebody in for this long after their session was revoked; 60 is usual",
    ),
    Caution(
        "sessions.token_algorithm", lambda sessions: sessions.token_algorithm != "RS256",
        "the published SDKs accept RS256 only: their users are signed out with the next token",
    ),
    Caution(
        "sessions.lifetime_seconds", lambda sessions: sessions.lifetime_seconds < 600,
        "everybody is signed out every few minutes, in the middle of what they do",
    ),
    Caution(
        "sessions.inactivity_seconds", lambda sessions: sessions.inactivity_seconds < 300,
        "a page that somebody reads for some minutes, or a computer that sleeps, ends their session",
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
    """`name: why it hurts` of what holds now and did not before."""
    for caution in _CAUTIONS:
        if caution.holds(after.sessions) and not caution.holds(before.sessions):
            yield f"{caution.path}: {caution.says}."
