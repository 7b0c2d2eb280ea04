"""The client of an engine in this process, for the middleware and the app's handlers."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from sojourn.backend.user import User
from sojourn.errors import Json, NotFound
from sojourn.ids import SessionId, UserId
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.sojourn_client import Data, SojournClient
from sojourn.secret import Secret
from sojourn.tokens.handshake import read_handshake
from sojourn.tokens.jws import VerificationKey
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.token_recall import Always, Recall, RecallHeader, recalling

if TYPE_CHECKING:
    from sojourn.engine import Engine

_ACTOR = "app"
"""The actor in the audit log when the surrounding app ends a session."""


class EngineClient(SojournClient):
    """The client of an engine that its owner opens and closes."""

    def __init__(self, engine: "Engine") -> None:
        super().__init__(engine.clock)
        self._engine = engine
        self._gate, (self.recall, self.recall_header) = gate_of(engine, self)

    @property
    def gate(self) -> Authenticator | None:
        return self._gate

    async def ready(self) -> Authenticator:
        return self._gate

    def ready_now(self) -> Authenticator:
        return self._gate

    async def close(self) -> None:
        """Does nothing: the owner closes the engine."""

    async def _server(self) -> "EngineServer":
        return EngineServer(self._engine)


def gate_of(
    engine: "Engine", handle: SojournClient, parties: Collection[str] = (), *, dashboard_host: str = ""
) -> tuple[Authenticator, tuple[Recall, RecallHeader]]:
    """The authenticator of an engine whose keys are loaded; keys added by a later rotation are accepted too."""

    from sojourn.web.redirects import is_allowed_origin, origin_of

    def find(kid: str, /) -> VerificationKey | None:
        keys = engine.key_store.find(engine.instance).keys
        return next((key.verification_key for key in keys if key.kid == kid), None)

    def allows(origin: str) -> bool:
        return is_allowed_origin(engine.instances.default(engine.instance.environment), origin)

    url = engine.config.public_url
    verifier = Verifier(
        find, issuer=url, clock=engine.clock, authorized_parties=parties,
        is_party=allows,
    )  # fmt: skip
    engine.key_store.on_change(verifier.clear_cache)
    gate = Authenticator(
        engine.instance.publishable_key, url, verifier.verify, lambda token: read_handshake(token, find, engine.clock.now()),
        payload=handle.handshake, payload_now=handle.handshake_now, clock=engine.clock,
        home=origin_of(url) or "", is_home=allows, dashboard_host=dashboard_host,
    )  # fmt: skip
    return gate, recalling(verifier, Always())


@dataclass(frozen=True, slots=True)
class EngineServer:
    """The engine of this process behind the interface of a remote server."""

    engine: "Engine"

    async def user(self, user_id: str) -> User:
        from sojourn.resources.users import backend_user

        engine = self.engine
        found = await engine.accounts.get(engine.instance, UserId(user_id))
        now = engine.clock.now()
        second = await engine.enrollments.second_factors(engine.instance, [found], now)
        own = second.get(found.id, ())
        return msgspec.convert(backend_user(found, engine.instance, now, second_factors=own), User)

    async def is_live(self, session_id: str) -> bool:
        try:
            session = await self.engine.sessions.get(self.engine.instance, SessionId(session_id))
        except NotFound:
            return False
        return session.is_live(self.engine.clock.now())

    async def end_session(self, session_id: str) -> None:
        with suppress(NotFound):
            await self.engine.sessions.revoke(self.engine.instance, SessionId(session_id), actor=_ACTOR)

    async def handshake(self, nonce: str) -> list[str]:
        now = self.engine.clock.now()
        lines = await self.engine.store.tickets.take_nonce(self.engine.instance.id, Secret(nonce).stored_form(), now)
        if lines is None:
            raise NotFound("This nonce is unknown, used or expired.")
        return list(lines)

    async def read_data(self, key: str) -> Data | None:
        return await self.engine.app_data.read(self.engine.instance, key)

    async def write_data(self, key: str, data: Mapping[str, Json]) -> None:
        await self.engine.app_data.write(self.engine.instance, key, data)

    async def adopt_data(self, anonymous: str, session_id: str) -> Data:
        return await self.engine.app_data.adopt(self.engine.instance, anonymous, session_id)
