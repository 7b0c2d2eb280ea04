"""Administrators and what they send: the pages of the console with cookies, the admin API with a token."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from sojourn.console.administrators import Joining
from sojourn.console.roles import Role
from sojourn.dashboard import Dashboard
from sojourn.ui.console_pages import console_app
from sojourn.ui.refusals import refusal_page
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

from ..engines import PROXY
from ..wire.browsing import CHROME, PASSWORD

SERVER = "http://localhost:8000"
BASE = f"{SERVER}/dashboard"


@dataclass
class Administration:
    """One server; `app` is all of it, the application below `/` and the dashboard below `/dashboard`."""

    dashboard: Dashboard
    app: Any = field(init=False)

    def __post_init__(self) -> None:
        console = console_app(self.dashboard)
        self.app = build(self.dashboard.application, pages=PAGES, console=console, refusal_page=refusal_page)  # pyright: ignore[reportArgumentType]

    def http(self, **headers: str) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, client=(PROXY, 50000), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url=SERVER, headers={"User-Agent": CHROME, **headers})

    async def join(self, role: Role, email: str | None = None) -> "Administering":
        """A new administrator, signed in on the dashboard's own page."""
        address = email or f"{role.value}@console.example"
        console, administrators = self.dashboard.console, self.dashboard.administrators
        _, secret = await administrators.invite(console.instance, role, address)
        user = await administrators.join(console.instance, secret, Joining(password=PASSWORD))
        return await self.sign_in(address, user.id)

    async def sign_in(self, email: str, id: str = "") -> "Administering":
        http = self.http(Origin=SERVER, **{"Sec-Fetch-Site": "same-origin"})
        given = {"identifier": email, "password": PASSWORD, "strategy": "password"}
        answer = await http.post("/dashboard/v1/client/sign_ins", data=given)
        assert answer.status_code == 200, answer.text
        return Administering(http, id, answer.json()["client"]["last_active_session_id"])

    def secret_key(self, secret: str) -> "Administering":
        return Administering(self.http(), "", "", f"Bearer {secret}")


@dataclass
class Administering:
    """A caller of the admin API. `authorization` None: the token of the console's session, minted for each call."""

    http: httpx.AsyncClient
    id: str
    session_id: str
    authorization: str | None = None
    last: httpx.Response = field(init=False)

    async def token(self) -> str:
        answer = await self.http.post(f"/dashboard/v1/client/sessions/{self.session_id}/tokens")
        assert answer.status_code == 200, answer.text
        return answer.json()["jwt"]

    async def send(self, method: str, path: str, json: object = None, **query: Any) -> httpx.Response:
        """`path` is below `/v1/admin`."""
        header = self.authorization or f"Bearer {await self.token()}"
        body: dict[str, Any] = {} if json is None else {"json": json}
        self.last = await self.http.request(
            method, f"/dashboard/v1/admin{path}", params=query, headers={"Authorization": header}, **body
        )
        return self.last

    async def get(self, path: str, **query: Any) -> Any:
        return self._ok(await self.send("GET", path, **query))

    async def post(self, path: str, json: object = None) -> Any:
        return self._ok(await self.send("POST", path, json))

    async def patch(self, path: str, json: object) -> Any:
        return self._ok(await self.send("PATCH", path, json))

    async def delete(self, path: str) -> Any:
        return self._ok(await self.send("DELETE", path))

    async def refused(self, method: str, path: str, json: object = None, **query: Any) -> tuple[int, str]:
        """Status and first error code of a call that is refused."""
        answer = await self.send(method, path, json, **query)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["errors"][0]["code"]

    @staticmethod
    def _ok(answer: httpx.Response) -> Any:
        assert answer.status_code in (200, 201), f"{answer.request.url}: {answer.status_code} {answer.text}"
        return answer.json()
