"""A limited number of slots, shared fairly by payer: a payer with a thousand requests waits behind one with a single request (R-PWD-12)."""

import asyncio
from collections import Counter, OrderedDict, deque
from dataclasses import dataclass, field
from datetime import timedelta

from sojourn.errors import Overloaded, TooManyRequests

WAIT = 1.0
"""Maximum wait for a slot in seconds."""

_WAITING_OF_ONE = 8
_WAITING = 1024
_RETRY_AFTER = timedelta(seconds=1)


@dataclass(slots=True)
class FairSlots:
    """`max_slots` slots, of which one payer holds at most `max_of_one`. Waiting payers are served in turn. The unnamed
    payer, which is the process itself or servers with a secret key, has only the overall limits.
    """

    max_slots: int
    max_of_one: int
    wait: float = WAIT
    _held: Counter[str] = field(default_factory=Counter[str])
    _waiting: OrderedDict[str, deque[asyncio.Future[None]]] = field(
        default_factory=OrderedDict[str, deque[asyncio.Future[None]]]
    )

    async def take(self, payer: str) -> None:
        """Take a slot, to be returned by `give_back`. Raises: Overloaded if none is free in time, TooManyRequests if
        too many callers of this payer are already waiting.
        """
        if self._held.total() < self.max_slots and self._held[payer] < self._bound(payer):
            self._held[payer] += 1  # no waiting caller could have used it, or `give_back` would have passed it on
            return
        mine = self._waiting.get(payer, ())
        if payer and len(mine) >= _WAITING_OF_ONE:
            raise TooManyRequests(_RETRY_AFTER)
        if sum(map(len, self._waiting.values())) >= _WAITING:
            raise Overloaded(_RETRY_AFTER)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(payer, deque()).append(turn)
        try:
            async with asyncio.timeout(self.wait):
                await turn
        except BaseException as error:
            self._leave(payer, turn)
            if isinstance(error, TimeoutError):
                raise Overloaded(_RETRY_AFTER) from error
            raise

    def give_back(self, payer: str) -> None:
        self._held[payer] -= 1
        if not self._held[payer]:
            del self._held[payer]
        self._serve()

    def _bound(self, payer: str) -> int:
        return self.max_of_one if payer else self.max_slots

    def _leave(self, payer: str, turn: "asyncio.Future[None]") -> None:
        """Stop waiting; a slot that was handed over in the same moment goes to the next."""
        if turn.done() and not turn.cancelled():
            self.give_back(payer)
            return
        queue = self._waiting.get(payer, deque())
        if turn in queue:
            queue.remove(turn)
        if not queue:
            self._waiting.pop(payer, None)

    def _serve(self) -> None:
        for payer in list(self._waiting):
            if self._held.total() >= self.max_slots:
                return
            if self._held[payer] >= self._bound(payer):
                continue
            turn = self._next_of(payer)
            if turn is not None:
                turn.set_result(None)
                self._held[payer] += 1

    def _next_of(self, payer: str) -> "asyncio.Future[None] | None":
        """The payer's next waiting caller. A caller whose wait has timed out is skipped."""
        queue = self._waiting[payer]
        turn = None
        while queue and turn is None:
            first = queue.popleft()
            turn = None if first.done() else first
        if queue:
            self._waiting.move_to_end(payer)
        else:
            del self._waiting[payer]
        return turn
