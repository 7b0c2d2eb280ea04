"""The Backend API's sessions. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Session, SessionData, Token
from sojourn.backend.transport import BackendCall, Given


class Sessions:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(self, *, user_id: str, active_organization_id: str | None | UnsetType = UNSET) -> Session:
        """`POST /v1/sessions` (createSession)."""
        return self._http.send(
            BackendCall(
                "POST", "/v1/sessions", body={"user_id": user_id, "active_organization_id": active_organization_id}
            ),
            Session,
        )

    def get(self, session_id: str) -> Session:
        """`GET /v1/sessions/{session_id}` (GetSession)."""
        return self._http.send(BackendCall("GET", f"/v1/sessions/{quote(session_id, safe='')}"), Session)

    def revoke(self, session_id: str) -> Session:
        """`POST /v1/sessions/{session_id}/revoke` (RevokeSession)."""
        return self._http.send(BackendCall("POST", f"/v1/sessions/{quote(session_id, safe='')}/revoke"), Session)

    def token(self, session_id: str, *, expires_in_seconds: int | None | UnsetType = UNSET) -> Token:
        """`POST /v1/sessions/{session_id}/tokens` (CreateSessionToken)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/tokens",
                body={"expires_in_seconds": expires_in_seconds},
            ),
            Token,
        )

    def token_from_template(
        self, session_id: str, template_name: str, *, expires_in_seconds: int | None | UnsetType = UNSET
    ) -> Token:
        """`POST /v1/sessions/{session_id}/tokens/{template_name}` (CreateSessionTokenFromTemplate)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/tokens/{quote(template_name, safe='')}",
                body={"expires_in_seconds": expires_in_seconds},
            ),
            Token,
        )

    def verify(self, session_id: str, *, token: str) -> Session:
        """`POST /v1/sessions/{session_id}/verify` (VerifySession)."""
        return self._http.send(
            BackendCall("POST", f"/v1/sessions/{quote(session_id, safe='')}/verify", body={"token": token}), Session
        )

    def refresh(
        self,
        session_id: str,
        *,
        expired_token: str,
        refresh_token: str,
        request_origin: str,
        request_headers: Given | None | UnsetType = UNSET,
        format: str | None | UnsetType = UNSET,
        request_originating_ip: str | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`POST /v1/sessions/{session_id}/refresh` (RefreshSession)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/refresh",
                body={
                    "expired_token": expired_token,
                    "refresh_token": refresh_token,
                    "request_origin": request_origin,
                    "request_headers": request_headers,
                    "format": format,
                    "request_originating_ip": request_originating_ip,
                },
            ),
            dict[str, Any],
        )

    def read_data(self, session_id: str) -> SessionData:
        """`GET /v1/sojourn/sessions/{session_id}/data` (ReadSessionData)."""
        return self._http.send(
            BackendCall("GET", f"/v1/sojourn/sessions/{quote(session_id, safe='')}/data"), SessionData
        )

    def update_data(
        self, session_id: str, *, public: Given | None | UnsetType = UNSET, private: Given | None | UnsetType = UNSET
    ) -> SessionData:
        """`PATCH /v1/sojourn/sessions/{session_id}/data` (UpdateSessionData)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/sojourn/sessions/{quote(session_id, safe='')}/data",
                body={"public": public, "private": private},
            ),
            SessionData,
        )

    def iterate(
        self, *, client_id: str | UnsetType = UNSET, user_id: str | UnsetType = UNSET, status: str | UnsetType = UNSET
    ) -> Iterator[Session]:
        """Every one of them, page by page, asked for as they are needed."""

        def page(seen: int, last: Session | None) -> list[Session]:
            call = BackendCall(
                "GET",
                "/v1/sessions",
                {"limit": 100, "offset": seen, "client_id": client_id, "user_id": user_id, "status": status},
            )
            return self._http.send(call, list[Session])

        return self._http.pages(page)

    def list(
        self,
        *,
        limit: int | UnsetType = UNSET,
        offset: int | UnsetType = UNSET,
        client_id: str | UnsetType = UNSET,
        user_id: str | UnsetType = UNSET,
        status: str | UnsetType = UNSET,
    ) -> list[Session]:
        """`GET /v1/sessions` (GetSessionList)."""
        return self._http.send(
            BackendCall(
                "GET",
                "/v1/sessions",
                {"limit": limit, "offset": offset, "client_id": client_id, "user_id": user_id, "status": status},
            ),
            list[Session],
        )
