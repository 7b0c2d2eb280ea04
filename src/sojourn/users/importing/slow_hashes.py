"""Hashes that take longer than the usual floor: imported only if named, because they slow down every refused sign-in
(R-ENU-02).
"""

from collections.abc import Collection, Iterable
from datetime import timedelta

from sojourn.errors import FieldError, SojournError
from sojourn.factors.hash_cost import SLOW, HashCosts, floor_for
from sojourn.factors.password_hashers import FAST, StoredPassword, check_import


class SlowHashes(SojournError):
    code = "import_hashes_slow"
    message = "Slow password hashes"


async def checked_floor(
    costs: HashCosts, passwords: Iterable[StoredPassword], accepted: Collection[str]
) -> timedelta | None:
    """The floor of refused sign-ins with these hashes, None if the usual one is enough.

    Raises: SlowHashes for a hasher that needs more than 250 ms on this machine and is not among the accepted.
    """
    slow = dict[str, timedelta]()
    for stored in passwords:
        cost = await costs.of(stored) if _is_kept(stored) else timedelta(0)
        if cost > SLOW:
            slow[stored.hasher] = max(cost, slow.get(stored.hasher, timedelta(0)))
    floor = floor_for(max(slow.values(), default=timedelta(0)))
    if refused := sorted(slow.keys() - set(accepted)):
        options = " ".join(f"--accept-slow-hasher {hasher}" for hasher in refused)
        times = ", ".join(f"{hasher} {_ms(slow[hasher])} ms" for hasher in refused)
        raise SlowHashes(
            f"checking one of its password hashes takes longer than {_ms(SLOW)} ms on this machine ({times}). Until its last owner has signed"
            f" in, every refused sign-in would take {_ms(floor)} ms, or the time would tell who has an account. Accept that with {options}"
        )
    return floor if slow else None


def _is_kept(stored: StoredPassword) -> bool:
    """True if the hash is stored unchanged until the user signs in. Fast hashes are wrapped, invalid ones rejected."""
    if stored.hasher in FAST:
        return False
    try:
        check_import(stored.hasher, stored.digest)
    except FieldError:
        return False
    return True


def _ms(length: timedelta) -> str:
    return f"{length.total_seconds() * 1000:,.0f}"
