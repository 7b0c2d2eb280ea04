"""The Backend API's signing keys. Written by `python -m tools.backend_client`; change that, and not this."""

from typing import Any

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.transport import BackendCall


class SigningKeys:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def rotate(self, *, emergency: bool | UnsetType = UNSET) -> dict[str, Any]:
        """`POST /v1/sojourn/keys/rotate` (RotateSigningKey)."""
        return self._http.send(
            BackendCall("POST", "/v1/sojourn/keys/rotate", body={"emergency": emergency}), dict[str, Any]
        )
