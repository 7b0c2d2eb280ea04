"""The minimum duration of a refusal: longer than the slowest check of any stored password (R-ENU-02)."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.errors import SojournError
from sojourn.factors.hash_cost import HashCosts, floor_for
from sojourn.factors.password_hashing import spellings
from sojourn.instances.instance import Instance
from sojourn.store.interface import Store


@dataclass(slots=True)
class Floor:
    """`least`, or 1.2 times the slowest check of a stored password, whichever is longer; computed for each refusal."""

    store: Store
    costs: HashCosts
    least: timedelta
    _last: timedelta = field(default=timedelta(0))

    async def now(self, instance: Instance, typed: str | None = None) -> timedelta:
        """`typed` is the refused password: one with two Unicode spellings takes twice the time with an imported hash."""
        with suppress(SojournError):  # the pool or database is busy: keep the previous floor
            stored = await self.store.users.dearest_candidates(instance.id)
            dearest = max([await self.costs.of(password) for password in stored], default=timedelta(0))
            self._last = floor_for(dearest)
        return max(self.least, self._last * (len(spellings(typed)) if typed else 1))
