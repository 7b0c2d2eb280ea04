"""What the middleware makes of a request: on a Starlette app with Sojourn inside, over its real engine."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sojourn import Sojourn, SojournMiddleware
from sojourn.errors import Json
from sojourn.integrations.path_patterns import Matcher
from sojourn.tokens.handshake import cookie_suffix, mint_handshake
from sojourn.users.accounts import NewUser

APP = "http://localhost:8000"
PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}


@pytest.fixture
async def sojourn(tmp_path: Path) -> AsyncIterator[Sojourn]:
    handle = Sojourn(public_url=f"{APP}/auth", data=tmp_path)
    await handle.ready()
    yield handle
    await handle.close()


@pytest.fixture
async def client(sojourn: Sojourn) -> AsyncIterator[httpx.AsyncClient]:
    async def show(request: Request) -> JSONResponse:
        session = request.state.session
        return JSONResponse({"user": session.user_id if session else None})

    app = Starlette(routes=[Route("/", show), Route("/protected", show), Mount("/auth", sojourn)])
    guarded = SojournMiddleware(app, sojourn, public=["/", "/about(.*)"])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guarded), base_url=APP) as opened:
        yield opened


@pytest.fixture
async def token(sojourn: Sojourn) -> str:
    engine = await sojourn.engine()
    user = await engine.accounts.create(
        engine.instance, NewUser(email_addresses=["ada@example.com"], skip_password_requirement=True)
    )
    session = await engine.sessions.create_for(engine.instance, user)
    return await engine.tokens.for_session(engine.instance, session, user, origin=None)


async def test_a_stranger_gets_401_from_an_api_and_sign_in_on_a_page(client: httpx.AsyncClient) -> None:  # R-JWT-11
    api = await client.get("/protected")
    assert api.status_code == 401
    assert api.headers["www-authenticate"] == "Bearer"
    assert api.headers["x-clerk-auth-reason"] == "signed-out"
    page = await client.get("/protected", headers=PAGE)
    assert page.status_code == 307
    assert page.headers["location"].startswith(f"{APP}/auth/sign-in?redirect_url=")


async def test_a_public_page_is_for_everybody(client: httpx.AsyncClient) -> None:
    assert (await client.get("/", headers=PAGE)).json() == {"user": None}


async def test_a_token_is_taken_from_header_and_cookie(client: httpx.AsyncClient, token: str) -> None:
    by_header = await client.get("/protected", headers={"authorization": f"Bearer {token}"})
    assert by_header.json()["user"].startswith("user_")
    by_cookie = await client.get("/protected", headers={"cookie": f"__session={token}"})
    assert by_cookie.json() == by_header.json()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer a b", "Bearer not.a.token", "bearer,x"])
async def test_a_bad_authorization_header_is_401_and_no_cookie_is_tried(  # R-JWT-11
    client: httpx.AsyncClient, token: str, header: str
) -> None:
    refused = await client.get("/protected", headers={"authorization": header, "cookie": f"__session={token}"})
    assert refused.status_code == 401


async def test_cookies_of_another_instance_on_the_host_are_left_aside(  # R-CKI-05
    client: httpx.AsyncClient, sojourn: Sojourn, token: str
) -> None:
    suffix = cookie_suffix((await sojourn.ready()).publishable_key)
    cookies = (
        f"__session=somebody.elses.token; __client_uat=1700000000; __session_{suffix}={token}; __client_uat_{suffix}=1"
    )
    assert (await client.get("/protected", headers={**PAGE, "cookie": cookies})).status_code == 200


@pytest.mark.parametrize(
    "path", ["//", "/about/../protected", "/about\\x", "/about%2fx", "/about//x", "/.", "/about;x", "/aboutx\x00"]
)
def test_a_path_that_can_be_read_two_ways_is_never_public(path: str) -> None:  # R-WEB-08
    assert Matcher(public=["/", "/about(.*)"]).is_protected(path)


async def test_a_forged_handshake_signs_nobody_in(client: httpx.AsyncClient) -> None:
    answer = await client.get("/protected?__clerk_handshake=a.b.c&x=1", headers=PAGE)
    assert answer.status_code == 307
    assert answer.headers["location"] == f"{APP}/protected?x=1"
    assert "__session=" not in answer.headers.get("set-cookie", "")


async def test_a_refused_handshake_ends_on_a_page_that_says_why(client: httpx.AsyncClient) -> None:
    cookies = "__client_uat=1700000000"
    begun = await client.get("/protected", headers={**PAGE, "cookie": cookies})
    redirect = parse_qs(urlsplit(begun.headers["location"]).query)["__sojourn_redirect"][0]
    back = f"/protected?__sojourn_redirect={redirect}&__clerk_handshake=a.b.c"
    refused = await client.get(back, headers={**PAGE, "cookie": f"{cookies}; {_kept(begun)}"})
    assert refused.headers["location"] == f"{APP}/protected"
    stuck = await client.get("/protected", headers={**PAGE, "cookie": f"{cookies}; {_kept(refused)}"})
    assert stuck.status_code == 401
    assert stuck.headers["x-clerk-auth-reason"].endswith("-after-2-redirects")


def _kept(answer: httpx.Response) -> str:
    """The cookies of an answer, as the browser sends them back."""
    lines = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" not in line]
    return "; ".join(line.partition(";")[0] for line in lines)


async def test_a_protected_page_is_kept_by_no_cache_and_a_public_one_is_left_alone(  # R-CKI-07
    client: httpx.AsyncClient, token: str
) -> None:
    signed_in = {**PAGE, "cookie": f"__session={token}"}
    page = await client.get("/protected", headers=signed_in)
    assert page.headers["cache-control"] == "private, no-store"
    assert "Cookie" in page.headers["vary"]
    assert "cache-control" not in (await client.get("/about", headers=signed_in)).headers


async def test_a_token_too_large_for_a_cookie_ends_in_words_and_not_in_circles(
    sojourn: Sojourn, client: httpx.AsyncClient
) -> None:
    engine = await sojourn.engine()
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"claims": {"teams": "{{user.public_metadata.teams}}"}}}
    )
    many: dict[str, Json] = {"teams": [f"team-{n:03d}-with-a-long-name" for n in range(140)]}
    user = await engine.accounts.create(
        engine.instance,
        NewUser(email_addresses=["ada@example.com"], skip_password_requirement=True, public_metadata=many),
    )
    session = await engine.sessions.create_for(engine.instance, user)
    instance = await engine.instances.current()
    token = await engine.tokens.for_session(instance, session, user, origin=None)
    lines = [f"__session={token}; Path=/", f"__session_{cookie_suffix(instance.publishable_key)}={token}; Path=/"]
    key = await engine.key_store.signing_key(instance)
    begun = await client.get("/protected", headers={**PAGE, "cookie": "__client_uat=1700000000"})
    redirect = parse_qs(urlsplit(begun.headers["location"]).query)["__sojourn_redirect"][0]
    answer = mint_handshake(lines, key, engine.clock.now(), redirect=redirect)
    back = {"__sojourn_redirect": redirect, "__clerk_handshake": answer}
    page = await client.get("/protected", params=back, headers={**PAGE, "cookie": _kept(begun)})
    assert (page.status_code, page.headers["x-clerk-auth-reason"]) == (401, "session-token-too-large")
    assert "4,096 bytes" in page.text and "sessions.claims" in page.text
    assert not any(line.startswith("__session") for line in page.headers.get_list("set-cookie"))
