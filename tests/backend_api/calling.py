"""A server that calls the Backend API with its secret key."""

from collections.abc import Mapping
from typing import Any

import httpx

SERVER = "http://localhost:8000"
VERSION = "2026-05-12"
PASSWORD = "correct horse battery staple"

Answer = dict[str, Any]


def transport(app: object) -> httpx.ASGITransport:
    return httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]


class Caller:
    """`ok` is the JSON of an answer that must be a success, `refused` status and first code of one that must not."""

    def __init__(self, app: object, secret_key: str, *, version: str | None = VERSION) -> None:
        headers = {"Authorization": f"Bearer {secret_key}"}
        if version is not None:
            headers["Clerk-API-Version"] = version
        self.http = httpx.AsyncClient(transport=transport(app), base_url=SERVER, headers=headers)

    async def send(
        self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None, **query: Any
    ) -> httpx.Response:
        given = {} if body is None else {"json": body}
        return await self.http.request(method, f"/v1{path}", params=query, headers=dict(headers or {}), **given)  # type: ignore[arg-type]

    async def ok(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        response = await self.send(method, path, body, **query)
        assert response.status_code == 200, f"{method} {path}: {response.status_code} {response.text}"
        assert response.headers["content-type"] == "application/json"
        return response.json()

    async def refused(self, method: str, path: str, body: object = None, **query: Any) -> tuple[int, str]:
        response = await self.send(method, path, body, **query)
        assert response.status_code >= 400, response.text
        found = response.json()
        assert found["clerk_trace_id"]
        assert found["errors"][0]["long_message"]
        return response.status_code, found["errors"][0]["code"]

    async def user(self, email: str = "ada@example.com", **fields: Any) -> Answer:
        return await self.ok("POST", "/users", {"email_address": [email], "password": PASSWORD, **fields})

    async def session(self, user_id: str) -> Answer:
        return await self.ok("POST", "/sessions", {"user_id": user_id})
