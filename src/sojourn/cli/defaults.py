"""Built-in defaults that `sojourn doctor` prints: limits, deadlines, retention."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from sojourn.errors import Json

if TYPE_CHECKING:
    from sojourn.engine import Engine


async def in_force(engine: "Engine") -> dict[str, Json]:
    """Each default by name, described in one sentence. Raises: Overloaded."""
    from sojourn.factors.hash_cost import SLOW
    from sojourn.instances.instances import KNOWN_FOR
    from sojourn.integrations.redirects import MAX_AGE, MAX_REDIRECTS
    from sojourn.limits.budgets import MAX_WRONG_CODES
    from sojourn.server.worker import CLIENTS_KEPT, KEPT
    from sojourn.sessions.clients import GRACE
    from sojourn.store import time_limit
    from sojourn.store.circuit_breaker import HANGS
    from sojourn.store.interface.users import CLAIM_LASTS, CLAIM_WITHOUT_CODE, MAX_SORTED
    from sojourn.tokens.cookie_size import LARGEST_COOKIE
    from sojourn.users.password_lockout import MAX_FAILURES
    from sojourn.web.parsing.field_types import MAX_LIST

    protection = engine.instance.settings.protection
    floor = await engine.sign_in_protection.floor.now(engine.instance)
    return {
        **_limits(engine),
        "accounts": f"locked for {protection.lockout_seconds} s after {protection.lockout_tries} wrong tries; a password ends after"
        f" {MAX_FAILURES} wrong ones",
        "wrong codes from unknown browsers, per account": f"{MAX_WRONG_CODES} a year; after that, code e-mails also contain a link",
        "wrong codes on known devices of an account": f"{MAX_WRONG_CODES} a year; then they count as those of other browsers",
        "unverified addresses": f"kept from other accounts for {_minutes(CLAIM_LASTS)} while a code lives, otherwise"
        f" {_minutes(CLAIM_WITHOUT_CODE)}; never from a sign-up",
        "a failed sign-in takes": f"{_ms(floor)} ms, or 1.2 times the slowest stored hash",
        "imported hashes": f"refused where a check takes over {_ms(SLOW)} ms here and none as dear is stored"
        " (`import --accept-slow-hasher`)",
        "concurrent password hashes": f"{engine.hash_pool.of_visitors} for browsers, {engine.hash_pool.of_servers} for calls with a secret key",
        "grace period of a replaced client secret": f"{round(GRACE.total_seconds())} s, for sessions that existed before the replacement",
        "revoked keys": f"refused by every process of this server within {round(KNOWN_FOR.total_seconds())} s",
        "session tokens": f"{LARGEST_COOKIE} bytes with the cookie's name; claims that may grow larger are refused",
        "handshakes of one browser": f"{MAX_REDIRECTS} at a time, each valid for {MAX_AGE // 60} minutes and one use",
        "clients without a sign-in": f"deleted after {_days(KEPT)}",
        "ended sessions": f"listed for {_days(engine.instance.settings.sessions.ended_kept)} after their end"
        " (setting sessions.ended_kept_seconds)",
        "browsers that stayed away": f"deleted {_days(CLIENTS_KEPT)} after their cookie has expired",
        "lists": f"{time_limit.LISTS_AT_ONCE} at a time, others wait {time_limit.LIST_WAITS_SECONDS:g} s; each times out after"
        f" {time_limit.LIST_SECONDS:g} s; {MAX_LIST} entries at most",
        "orders of users": f"by any field up to {MAX_SORTED:,} users; above, by created_at, updated_at, last_sign_in_at and"
        " last_active_at",
        "database timeout": f"{time_limit.MAX_SECONDS:g} s per request; after {HANGS} timeouts in a row requests are rejected immediately",
        "search": _search(engine.store.unbuilt()),
    }


def _limits(engine: "Engine") -> dict[str, Json]:
    from sojourn.limits.rate_limit import LIMITS, MAX_SHARED, OF_BUDGETS, OF_ONE_PROCESS, limit_of

    here, common, kept = (
        "per process",
        "shared by all nodes; halved while the database is unavailable",
        "persistent",
    )
    texts: dict[str, list[str]] = {}
    for name in LIMITS:
        limit, seconds = limit_of(name, engine.instance.settings)
        is_shared = engine.store.shared_counts is not None and name not in OF_ONE_PROCESS and limit <= MAX_SHARED
        where = kept if name in OF_BUDGETS else common if is_shared else here
        texts.setdefault(where, []).append(f"{name} {limit} in {seconds} s")
    return {f"limits ({where})": ", ".join(parts) for where, parts in texts.items()}


def _search(unbuilt: Sequence[str]) -> str:
    if not unbuilt:
        return "search and lists use their indexes"
    return (
        f"{', '.join(unbuilt)} not built yet, so some lists scan many rows. A running server builds them; `sojourn migrate` builds"
        " them immediately (the search index in SQLite needs FTS5, version 3.34 or newer)"
    )


def _ms(length: timedelta) -> int:
    return round(length / timedelta(milliseconds=1))


def _minutes(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return "a minute" if minutes == 1 else f"{minutes} minutes"


def _days(length: timedelta) -> str:
    return "a day" if length.days == 1 else f"{length.days} days"
