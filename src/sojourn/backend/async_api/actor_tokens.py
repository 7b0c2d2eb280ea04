"""The Backend API's actor tokens, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Ticket
from sojourn.backend.transport import BackendCall, Given


class AsyncActorTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        actor: Given,
        expires_in_seconds: int | None | UnsetType = UNSET,
        session_max_duration_in_seconds: int | None | UnsetType = UNSET,
    ) -> Ticket:
        """`POST /v1/actor_tokens` (CreateActorToken)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/actor_tokens",
                body={
                    "user_id": user_id,
                    "actor": actor,
                    "expires_in_seconds": expires_in_seconds,
                    "session_max_duration_in_seconds": session_max_duration_in_seconds,
                },
            ),
            Ticket,
        )

    async def revoke(self, actor_token_id: str) -> Ticket:
        """`POST /v1/actor_tokens/{actor_token_id}/revoke` (RevokeActorToken)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/actor_tokens/{quote(actor_token_id, safe='')}/revoke"), Ticket
        )
