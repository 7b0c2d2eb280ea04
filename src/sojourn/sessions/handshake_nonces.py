"""Handshake nonces: one-time names by which an app's server fetches the cookie directives for a browser (wire protocol
7.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sojourn.errors import NotFound
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.store.interface import Store
from sojourn.tokens.handshake import bound_nonce

_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class HandshakeNonces:
    store: Store
    clock: Clock

    async def keep(self, instance: Instance, directives: Sequence[str], *, redirect: str) -> Secret:
        """Create a nonce for the directives, bound to the redirect id `redirect`; an empty id for a published SDK (R-HSK-01)."""
        nonce = Secret.random("hsn_")
        stored = Secret(bound_nonce(nonce.reveal(), redirect)).stored_form()
        await self.store.tickets.add_nonce(instance.id, stored, directives, self.clock.now() + _LIFE)
        return nonce

    async def take(self, instance: Instance, nonce: str) -> Sequence[str]:
        """The directives, for the first caller only (R-ID-05). Raises: NotFound for any other nonce."""
        found = await self.store.tickets.take_nonce(instance.id, Secret(nonce).stored_form(), self.clock.now())
        if found is None:
            raise NotFound("This nonce is unknown, used or expired.")
        return found
