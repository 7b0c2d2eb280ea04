"""The examples do what their READMEs say."""

import importlib.util
from asyncio import gather
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from sojourn.instant import SystemClock
from sojourn.testing.clock import FakeClock

EXAMPLES = Path(__file__).parents[2] / "examples"
PASSWORD = "correct horse battery staple"


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", EXAMPLES / name / "app.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _client(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000")  # pyright: ignore[reportArgumentType]


async def test_by_hand_logs_in_shows_the_page_and_revokes_at_logout() -> None:  # R-PWD-01
    async with _client(_load("by_hand").app) as client:
        assert (await client.get("/api/protected")).status_code == 401
        assert (await client.post("/api/login", data={"username": "ada"})).status_code == 400
        assert (await client.post("/api/login", data={"username": "ada", "password": "no"})).status_code == 401
        entered = await client.post("/api/login", data={"username": "ada", "password": PASSWORD})
        assert entered.status_code == 303
        assert "HttpOnly" in entered.headers["set-cookie"]
        assert (await client.get("/api/protected")).json()["user"] == "ada"
        stolen = client.cookies["session"]
        await client.post("/api/logout")
        again = await client.get("/api/protected", headers={"authorization": f"Bearer {stolen}"})
        assert again.status_code == 401


async def test_by_hand_signs_people_up_and_lets_two_with_one_name_be_one() -> None:  # R-INP-01, R-PWD-06, R-PWD-09
    app = _load("by_hand").app
    async with _client(app) as client, _client(app) as other:
        for name, password in (("gr", PASSWORD), ("grace", "short"), ("grace", "password123"), ("a b", PASSWORD)):
            refused = await client.post("/api/sign-up", data={"username": name, "password": password})
            assert refused.status_code == 400 and password not in refused.text
        both = await gather(
            *(each.post("/api/sign-up", data={"username": "Grace", "password": PASSWORD}) for each in (client, other))
        )
        assert sorted(each.status_code for each in both) == [303, 409]
        assert (await other.post("/api/login", data={"username": "grace ", "password": PASSWORD})).status_code == 303
        assert (await other.get("/api/protected")).json()["user"] == "grace"


async def test_by_hand_takes_no_form_of_another_site() -> None:  # R-WEB-01
    async with _client(_load("by_hand").app) as client:
        for path in ("/api/sign-up", "/api/login"):
            form = {"username": "ada", "password": PASSWORD}
            foreign = await client.post(path, data=form, headers={"sec-fetch-site": "cross-site"})
            assert foreign.status_code == 400 and "set-cookie" not in foreign.headers


async def test_by_hand_ends_a_session_at_its_time_and_says_so() -> None:  # R-JWT-06
    module: Any = _load("by_hand")
    clock = FakeClock(SystemClock().now())
    module.verifier.clock = module.clock = clock
    async with _client(module.app) as client:
        await client.post("/api/login", data={"username": "ada", "password": PASSWORD})
        page = await client.get("/protected")
        assert page.headers["refresh"].endswith("; url=/protected") and "Protected content" in page.text
        clock.advance(minutes=10)
        gone = await client.get("/protected")
        assert (gone.status_code, gone.headers["location"]) == (303, "/?over=1")
        assert "Your session is over" in (await client.get("/?over=1")).text


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer a b", "token", "Bearer undefined"])
async def test_by_hand_survives_every_authorization_header(header: str) -> None:  # R-JWT-11
    async with _client(_load("by_hand").app) as client:
        refused = await client.get("/api/protected", headers={"authorization": header})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"


async def test_the_fastapi_app_is_public_at_the_front_and_guarded_behind() -> None:
    module = _load("fastapi_app")
    async with _client(module.app) as client:
        assert "Anybody can read this" in (await client.get("/")).text
        assert (await client.get("/api/protected")).status_code == 401
        page = await client.get("/protected", headers={"accept": "text/html"})
        assert page.headers["location"].startswith("http://localhost:8000/auth/sign-in")
        assert "<title>Sign in" in (await client.get("/auth/sign-in")).text
        await module.sojourn.close()
