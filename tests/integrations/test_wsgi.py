"""The middleware on a plain WSGI app, with the server inside and with one elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sojourn import Sojourn, SojournWsgiMiddleware
from sojourn.instant import SystemClock
from sojourn.integrations.wsgi import SESSION
from sojourn.users.accounts import NewUser

from ..tokens.key_server import key_server
from ..tokens.keys import good_token, rsa_key

APP = "http://localhost:8000"
PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}


def show(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Says who is there; `/broken` raises, `/long` comes in parts."""
    if environ["PATH_INFO"] == "/broken":
        raise ZeroDivisionError
    session = environ[SESSION]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/long":
        return (f"{part}\n".encode() for part in range(3))
    return [(session.user_id if session else "nobody").encode()]


@pytest.fixture
def sojourn(tmp_path: Path) -> Iterator[Sojourn]:
    handle = Sojourn(public_url=f"{APP}/auth", data=tmp_path)
    handle.ready_now()
    yield handle
    handle.close_now()


@pytest.fixture
def client(sojourn: Sojourn) -> Iterator[httpx.Client]:
    guarded = SojournWsgiMiddleware(show, sojourn, public=["/", "/about(.*)", "/broken"])
    with httpx.Client(transport=httpx.WSGITransport(guarded), base_url=APP) as opened:
        yield opened


@pytest.fixture
def token(sojourn: Sojourn) -> str:
    async def made() -> str:
        engine = await sojourn.engine()
        new = NewUser(email_addresses=["ada@example.com"], skip_password_requirement=True)
        user = await engine.accounts.create(engine.instance, new)
        session = await engine.sessions.create_for(engine.instance, user)
        return await engine.tokens.for_session(engine.instance, session, user, origin=None)

    return sojourn.served()[1].run(made())


def test_a_stranger_gets_401_from_an_api_and_sign_in_on_a_page(client: httpx.Client) -> None:  # R-JWT-11
    api = client.get("/protected")
    assert (api.status_code, api.headers["www-authenticate"]) == (401, "Bearer")
    assert api.headers["x-clerk-auth-reason"] == "signed-out"
    page = client.get("/protected?next=caf%C3%A9", headers=PAGE)
    assert page.status_code == 307
    assert page.headers["location"].startswith(f"{APP}/auth/sign-in?redirect_url=")
    assert "next%253Dcaf%2525C3%2525A9" in page.headers["location"]  # the way back survives as it was asked


def test_a_public_page_is_for_everybody(client: httpx.Client) -> None:
    assert client.get("/", headers=PAGE).text == client.get("/about/us").text == "nobody"


def test_a_token_is_taken_from_header_and_cookie(client: httpx.Client, token: str) -> None:
    by_header = client.get("/protected", headers={"authorization": f"Bearer {token}"})
    by_cookie = client.get("/protected", headers={"cookie": f"__session={token}"})
    assert by_header.text == by_cookie.text
    assert by_header.text.startswith("user_")
    assert by_header.headers["cache-control"] == "private, no-store"  # R-CKI-07
    assert "cache-control" not in client.get("/about", headers={"cookie": f"__session={token}"}).headers


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer a b", "Bearer not.a.token", "bearer,x"])
def test_a_bad_authorization_header_is_401_and_no_cookie_is_tried(  # R-JWT-11
    client: httpx.Client, token: str, header: str
) -> None:
    refused = client.get("/protected", headers={"authorization": header, "cookie": f"__session={token}"})
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "path", ["/about/../protected", "/about//x", "/about%252fx", "/about;x", "/about%5cx", "/about%00"]
)
def test_a_path_that_can_be_read_two_ways_is_never_public(client: httpx.Client, path: str) -> None:  # R-WEB-08
    assert client.get(path).status_code == 401


def test_the_session_cannot_be_brought_along(client: httpx.Client, sojourn: Sojourn) -> None:
    guarded = SojournWsgiMiddleware(show, sojourn)
    transport = httpx.WSGITransport(lambda environ, start: guarded({**environ, SESSION: "forged"}, start))
    with httpx.Client(transport=transport, base_url=APP) as forging:
        assert forging.get("/protected").status_code == 401


def test_what_the_app_raises_and_streams_is_left_alone(client: httpx.Client, token: str) -> None:
    with pytest.raises(ZeroDivisionError):
        client.get("/broken")
    assert client.get("/long", headers={"authorization": f"Bearer {token}"}).text == "0\n1\n2\n"


def test_the_server_inside_answers_below_its_path(client: httpx.Client) -> None:
    assert client.get("/auth/health").status_code == 200
    assert "clerk" in client.get("/auth/sign-in", headers=PAGE).text
    form = {"email_address": "ada+clerk_test@example.com", "password": "correct horse battery staple"}
    origin = {"origin": APP, "sec-fetch-site": "same-origin"}
    begun = client.post("/auth/v1/client/sign_ups", data=form, headers=origin)
    assert begun.status_code == 200, begun.text
    where = f"/auth/v1/client/sign_ups/{begun.json()['response']['id']}"
    client.post(f"{where}/prepare_verification", data={"strategy": "email_code"}, headers=origin)
    proof = {"strategy": "email_code", "code": "424242"}
    done = client.post(f"{where}/attempt_verification", data=proof, headers=origin).json()
    assert done["response"]["status"] == "complete"
    jwt = done["client"]["sessions"][0]["last_active_token"]["jwt"]
    client.cookies.clear()
    assert client.get("/protected", headers={"authorization": f"Bearer {jwt}"}).text.startswith("user_")


def test_an_app_beside_a_server_fetches_its_keys_once() -> None:
    with key_server(rsa_key()) as keys:
        url = keys.url.removesuffix("/.well-known/jwks.json")
        guarded = SojournWsgiMiddleware(
            show, Sojourn.remote(url, "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk", public_url=url), public=["/"]
        )
        signed_in = {"authorization": f"Bearer {good_token(now=SystemClock().now(), issuer=url, authorized_party=APP)}"}
        with httpx.Client(transport=httpx.WSGITransport(guarded), base_url=APP) as client:
            assert [client.get("/protected", headers=signed_in).text for _ in range(3)] == ["user_ada"] * 3
            assert client.get("/protected").status_code == 401
            assert client.get("/auth/health").status_code == 401  # nothing is served here
        assert len(keys.requests) == 1


def test_many_threads_are_served_at_once(client: httpx.Client, token: str) -> None:
    signed_in = {"authorization": f"Bearer {token}"}
    with ThreadPoolExecutor(16) as pool:
        guarded = [pool.submit(client.get, "/protected", headers=signed_in) for _ in range(64)]
        served = [pool.submit(client.get, "/auth/v1/environment") for _ in range(64)]
        assert {each.result().status_code for each in guarded} == {200}
        assert {each.result().status_code for each in served} == {200}
