"""The Backend API's testing tokens, asynchronous. Written by `python -m tools.backend_client`; change that, and not this."""

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import TestingToken
from sojourn.backend.transport import BackendCall


class AsyncTestingTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self) -> TestingToken:
        """`POST /v1/testing_tokens` (CreateTestingToken)."""
        return await self._http.send(BackendCall("POST", "/v1/testing_tokens"), TestingToken)
