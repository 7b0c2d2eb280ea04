"""The Backend API's sign in tokens, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import Ticket
from sojourn.backend.transport import BackendCall


class AsyncSignInTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        org_id: str | None | UnsetType = UNSET,
        expires_in_seconds: int | None | UnsetType = UNSET,
    ) -> Ticket:
        """`POST /v1/sign_in_tokens` (CreateSignInToken)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/sign_in_tokens",
                body={"user_id": user_id, "org_id": org_id, "expires_in_seconds": expires_in_seconds},
            ),
            Ticket,
        )

    async def revoke(self, sign_in_token_id: str) -> Ticket:
        """`POST /v1/sign_in_tokens/{sign_in_token_id}/revoke` (RevokeSignInToken)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/sign_in_tokens/{quote(sign_in_token_id, safe='')}/revoke"), Ticket
        )
