"""A browser as the Frontend API meets it: cookies, an origin, form bodies."""

from collections.abc import Mapping
from typing import Any

import httpx

from ..engines import PROXY

APP = "http://localhost:3000"
SERVER = "http://localhost:8000"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36"
PASSWORD = "correct horse battery staple"
VERSION = "2026-05-12"
ADA = "ada+clerk_test@example.com"
TEST_CODE = "424242"

Answer = dict[str, Any]


class Browser:
    """One browser on a page of `origin`, behind a proxy that the server trusts. `json` answers are returned; the last response is kept in `last`."""

    def __init__(
        self,
        app: object,
        *,
        origin: str = APP,
        server: str = SERVER,
        address: str = "203.0.113.7",
        version: str = VERSION,
    ) -> None:
        transport = httpx.ASGITransport(app=app, client=(PROXY, 50000), raise_app_exceptions=False)  # type: ignore[arg-type]
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-site", "User-Agent": CHROME, "X-Forwarded-For": address}
        self.http = httpx.AsyncClient(transport=transport, base_url=server, headers=headers)
        self.version = version
        self.last: httpx.Response

    async def send(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> httpx.Response:
        """As the SDKs do: only GET and POST leave a browser, other verbs travel in `_method`."""
        params = {"__clerk_api_version": self.version, **query}
        verb = method
        if method not in ("GET", "POST", "OPTIONS"):
            verb, params["_method"] = "POST", method
        self.last = await self.http.request(
            verb, path, params=params, data=dict(form) if form is not None else None, headers=dict(headers or {})
        )
        return self.last

    async def get(self, path: str, **query: Any) -> Any:
        return self._ok(await self.send("GET", path, **query))

    async def post(self, path: str, form: Mapping[str, str] | None = None, **query: Any) -> Answer:
        return self._ok(await self.send("POST", path, form, **query))

    async def patch(self, path: str, form: Mapping[str, str] | None = None, **query: Any) -> Answer:
        return self._ok(await self.send("PATCH", path, form, **query))

    async def delete(self, path: str, **query: Any) -> Answer:
        return self._ok(await self.send("DELETE", path, **query))

    async def refused(
        self, method: str, path: str, form: Mapping[str, str] | None = None, **query: Any
    ) -> tuple[int, str]:
        """Status and first error code of a request that is refused."""
        response = await self.send(method, path, form, **query)
        assert response.status_code >= 400, response.text
        body = response.json()
        assert body["clerk_trace_id"]
        assert body["errors"][0]["long_message"]
        return response.status_code, body["errors"][0]["code"]

    def _ok(self, response: httpx.Response) -> Answer:
        assert response.status_code == 200, f"{response.request.url}: {response.status_code} {response.text}"
        return response.json()

    # -- stories

    async def sign_up(self, email: str = ADA, **fields: str) -> Answer:
        """Sign up with the e-mail code of test addresses; returns the client."""
        given = {"email_address": email, "password": PASSWORD, **fields}
        begun = (await self.post("/v1/client/sign_ups", given))["response"]
        where = f"/v1/client/sign_ups/{begun['id']}"
        await self.post(f"{where}/prepare_verification", {"strategy": "email_code"})
        done = await self.post(f"{where}/attempt_verification", {"strategy": "email_code", "code": TEST_CODE})
        assert done["response"]["status"] == "complete", done["response"]
        return done["client"]

    async def sign_in(self, email: str = ADA, password: str = PASSWORD) -> Answer:
        """Sign in with a password, as the components do; returns the client."""
        begun = (await self.post("/v1/client/sign_ins", {"identifier": email}))["response"]
        form = {"strategy": "password", "password": password}
        done = await self.post(f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor", form)
        assert done["response"]["status"] == "complete", done["response"]
        return done["client"]
