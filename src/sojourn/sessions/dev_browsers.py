"""Development browsers: they replace the client cookie where a browser blocks it (wire protocol section 2.5).

A development browser without a client is a signed name, without a row. For a client a new one is created:
a token that an attacker may have planted is never bound to a signed-in user (R-FLOW-01).
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

import structlog

from sojourn.errors import UnknownDevBrowser
from sojourn.instances.instance import Instance
from sojourn.instant import Clock
from sojourn.secret import Secret
from sojourn.sessions.caller import Held
from sojourn.sessions.client import Client
from sojourn.sessions.clients import GRACE, OPENS_NOTHING, in_grace
from sojourn.store.interface import DevBrowser, Store

_log = structlog.get_logger("sojourn.sessions")
_PREFIX = "dvb_"


@dataclass(frozen=True, slots=True)
class DevBrowsers:
    """`key` signs development browsers without a client."""

    store: Store
    clock: Clock
    key: bytes

    def unbound(self, instance: Instance) -> Secret:
        """A development browser without a client. Nothing is stored (R-SES-13)."""
        name = Secret.random(_PREFIX).reveal()
        return Secret(f"{name}.{self._signature(instance, name)}")

    async def bound(self, instance: Instance, client: Client) -> Secret:
        """A new development browser for the client, valid until the client's secret is replaced."""
        token = Secret.random(_PREFIX)
        row = DevBrowser(token.stored_form(), instance.id, client.id, self.clock.now(), client.generation)
        await self.store.clients.create_dev_browser(row)
        return token

    async def begun(self, instance: Instance, token: Secret, client: Client) -> Secret:
        """The token of a new client without sessions: `token` if it is unused."""
        row = DevBrowser(token.stored_form(), instance.id, client.id, self.clock.now(), client.generation)
        if self._is_unbound(instance, token) and await self.store.clients.create_dev_browser(row):
            return token
        return await self.bound(instance, client)

    async def replaced(self, instance: Instance, token: Secret, client: Client) -> Secret:
        """The development browser for `token` after its client's secret was replaced."""
        successor = await self.bound(instance, client)
        if self._is_unbound(instance, token):
            now = self.clock.now()
            row = DevBrowser(token.stored_form(), instance.id, client.id, now, replaced_until=now + GRACE)
            await self.store.clients.create_dev_browser(row)
        return successor

    async def held_by(self, instance: Instance, token: Secret) -> Held | None:
        """The development browser's client; None if it has none. Raises: UnknownDevBrowser, and always in production,
        which has none (R-AUZ-09).
        """
        if not instance.is_development:
            raise UnknownDevBrowser()
        row = await self.store.clients.find_dev_browser(instance.id, token.stored_form())
        if row is None:
            if self._is_unbound(instance, token):
                return None
            raise UnknownDevBrowser()
        if row.client_id is None:
            return None
        client = await self.store.clients.find(instance.id, row.client_id)
        held = None if client is None else self._held(row, client)
        if held is None:
            raise UnknownDevBrowser()
        return held

    def _held(self, row: DevBrowser, client: Client) -> Held | None:
        now = self.clock.now()
        if row.replaced_until is not None:
            return Held(client, OPENS_NOTHING, is_current=False) if now < row.replaced_until else None
        if row.generation == client.generation:
            return Held(client, client.secret_hash)
        if row.generation is not None and row.generation < client.generation and in_grace(client, now):
            was_last = row.generation == client.generation - 1
            opens = client.previous_secret_hash if was_last else None
            return Held(client, opens or OPENS_NOTHING, is_current=False)
        _log.warning("session_secret_reuse", client_id=client.id)
        return None

    async def stands_for(self, instance: Instance, token: Secret, client: Client | None) -> bool:
        """True if it belongs to this client, or to none."""
        try:
            held = await self.held_by(instance, token)
        except UnknownDevBrowser:
            return False
        if held is None or client is None:
            return held is None and client is None
        return held.is_current and held.client.id == client.id

    def _is_unbound(self, instance: Instance, token: Secret) -> bool:
        name, _, signature = token.reveal().partition(".")
        expected = self._signature(instance, name)
        return name.startswith(_PREFIX) and hmac.compare_digest(
            signature.encode("utf-8", "surrogatepass"), expected.encode()
        )

    def _signature(self, instance: Instance, name: str) -> str:
        text = f"{instance.id}\0{name}".encode("utf-8", "surrogatepass")
        return urlsafe_b64encode(hmac.new(self.key, text, sha256).digest()).rstrip(b"=").decode()
