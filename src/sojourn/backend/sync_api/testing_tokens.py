"""The Backend API's testing tokens. Written by `python -m tools.backend_client`; change that, and not this."""

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import TestingToken
from sojourn.backend.transport import BackendCall


class TestingTokens:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(self) -> TestingToken:
        """`POST /v1/testing_tokens` (CreateTestingToken)."""
        return self._http.send(BackendCall("POST", "/v1/testing_tokens"), TestingToken)
