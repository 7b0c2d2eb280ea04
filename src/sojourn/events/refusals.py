"""Counts refused requests of browsers without a session, by hour and reason: never a row for each (R-SES-13)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sojourn.ids import InstanceId
from sojourn.instant import Clock
from sojourn.store.interface import Store
from sojourn.tokens.auth_reasons import REASONS, explained

_HOUR = 3_600_000
_HOURS = 48
_LOOPED = re.compile(r"(.+)-after-\d+-redirects")

DOUBLED = "client_cookie_doubled"
BLOCKED = "cookies_blocked"

MEANINGS: Mapping[str, str] = {
    "authentication_invalid": "The browser sent no client cookie that this server knows.",
    "signed_out": "The browser is signed out.",
    "session_not_found": "The session has ended, or is another browser's.",
    "secret_replaced": "The browser sent a client cookie that a newer one has replaced.",
    "dev_browser_unauthenticated": "Development: the browser is not known, so the SDK starts anew.",
    "origin_invalid": "The page is of an origin that is not among allowed_origins.",
    "too_many_requests": "A rate limit was reached.",
    "user_banned": "The user is banned.",
    "user_locked": "The user is locked.",
    DOUBLED: "The browser sent its client cookie twice.",
    BLOCKED: "The browser withheld its cookies: the page and this server are of different sites.",
}
"""The counted refusals of the Frontend API: error code, or cause, to its meaning. Handshakes bring the reasons of `tokens/auth_reasons.py`."""


@dataclass(slots=True)
class Refusals:
    """Counts that are not written yet; a crash loses a quarter of a minute of them."""

    store: Store
    clock: Clock
    _counts: dict[InstanceId, dict[tuple[int, str], int]] = field(
        default_factory=dict[InstanceId, dict[tuple[int, str], int]]
    )

    def note(self, instance_id: InstanceId, reason: str) -> None:
        """Count a refusal. Names that are not known are ignored, so that visitors cannot make up rows."""
        named = _named(reason)
        if named is None:
            return
        counts = self._counts.setdefault(instance_id, {})
        at = (self.clock.now().millis // _HOUR, named)
        counts[at] = counts.get(at, 0) + 1

    async def flush(self) -> None:
        """Write the counts. They stay pending if the write fails."""
        waiting, self._counts = self._counts, {}
        for instance_id in list(waiting):
            try:
                await self.store.refusals.add(instance_id, waiting[instance_id])
            except BaseException:
                self._keep(waiting)
                raise
            del waiting[instance_id]

    def _keep(self, waiting: Mapping[InstanceId, Mapping[tuple[int, str], int]]) -> None:
        for instance_id, counts in waiting.items():
            known = self._counts.setdefault(instance_id, {})
            for at, count in counts.items():
                known[at] = known.get(at, 0) + count

    async def latest(self, instance_id: InstanceId) -> Mapping[str, int]:
        """The counts of the last 48 hours by reason, those of this process that are not written included."""
        since = self.clock.now().millis // _HOUR - _HOURS + 1
        counts = dict(await self.store.refusals.by_reason(instance_id, since))
        for (hour, reason), count in self._counts.get(instance_id, {}).items():
            if hour >= since:
                counts[reason] = counts.get(reason, 0) + count
        return counts


def meaning_of(reason: str) -> str:
    """The meaning of a counted reason."""
    about = explained(reason)
    return MEANINGS.get(reason) or (about.meaning if about is not None else reason)


def _named(reason: str) -> str | None:
    """The name under which it is counted: one for every number of redirects, and without the end of a failed refresh."""
    if reason in MEANINGS or reason in REASONS:
        return reason
    if (looped := _LOOPED.fullmatch(reason)) is not None:
        return f"{looped[1]}-after-3-redirects" if looped[1] in REASONS else None
    refresh = "session-token-expired-refresh"
    return refresh if reason.startswith(f"{refresh}-") else None
