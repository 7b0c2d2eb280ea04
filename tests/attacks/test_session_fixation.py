"""Session fixation: a client secret that somebody copied or planted before a sign-in opens nothing after it (CWE-384)."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.testing.clock import FakeClock
from sojourn.ui import pages, plain
from sojourn.web.app import build

from ..people import person, set_up
from ..wire.browsing import ADA, APP, PASSWORD, SERVER, TEST_CODE, VERSION
from ..wire.test_handshake import directives_in, payload, value

BOB = "bob+clerk_test@example.com"
EVE = "eve+clerk_test@example.com"
SIGN_IN = {"strategy": "password", "password": PASSWORD}
CODE = {"strategy": "email_code"}

Way = Literal["cookie", "development browser", "native"]
WAYS: list[Way] = ["cookie", "development browser", "native"]


@dataclass
class Tab:
    """A browser or app that shows one secret of its client, and takes a new one where its kind looks for it."""

    http: httpx.AsyncClient
    way: Way
    secret: str = ""
    seen: list[httpx.Response] = field(default_factory=list[httpx.Response])

    async def send(self, method: str, path: str, form: dict[str, str] | None = None, **query: str) -> httpx.Response:
        headers, params = {}, {"__clerk_api_version": VERSION, **query}
        if self.way == "native":
            params["_is_native"], headers = "1", {"Authorization": self.secret}
        else:
            headers = {"Origin": APP, "Sec-Fetch-Site": "same-site"}
            if self.way == "cookie" and self.secret:
                headers["Cookie"] = f"__client={self.secret}"
            elif self.way == "development browser":
                params["__clerk_db_jwt"] = self.secret
        verb = "GET" if method == "GET" else "POST"
        if method not in ("GET", "POST"):
            params["_method"] = method
        self.http.cookies.clear()
        answer = await self.http.request(verb, path, params=params, data=form, headers=headers)
        self.secret = handed_over(answer, self.way) or self.secret
        self.seen.append(answer)
        return answer

    def copy(self) -> "Tab":
        return Tab(self.http, self.way, self.secret)

    async def sign_in(self, email: str) -> str:
        """In two steps, as the components do; the id of the session."""
        begun = (await self.send("POST", "/v1/client/sign_ins", {"identifier": email})).json()["response"]
        done = await self.send("POST", f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor", SIGN_IN)
        return done.json()["response"]["created_session_id"]

    async def sign_up(self, email: str) -> str:
        fields = {"email_address": email, "password": PASSWORD}
        where = (
            f"/v1/client/sign_ups/{(await self.send('POST', '/v1/client/sign_ups', fields)).json()['response']['id']}"
        )
        await self.send("POST", f"{where}/prepare_verification", {"strategy": "email_code"})
        code = {"strategy": "email_code", "code": TEST_CODE}
        return (await self.send("POST", f"{where}/attempt_verification", code)).json()["response"]["created_session_id"]


def handed_over(answer: httpx.Response, way: Way) -> str | None:
    match way:
        case "cookie":
            return answer.cookies.get("__client")
        case "development browser":
            return answer.headers.get("clerk-db-jwt")
        case "native":
            return answer.headers.get("authorization")


@pytest.fixture
async def http(engine: Engine) -> httpx.AsyncClient:
    await set_up(engine, {"sessions": {"single_session_mode": False}})
    for each in (ADA, BOB, EVE):
        await person(engine, each)
    app = build(engine, pages=[*pages.HANDLERS, *plain.HANDLERS])  # type: ignore[list-item]
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER)  # type: ignore[arg-type]


async def opened(http: httpx.AsyncClient, way: Way) -> Tab:
    """A tab of a client in which nobody is signed in."""
    http.cookies.clear()
    if way == "development browser":
        return Tab(http, way, (await http.post("/v1/dev_browser")).json()["id"])
    tab = Tab(http, way)
    await tab.send("POST", "/v1/client")
    return tab


async def opens_nothing(attacker: Tab, session: str) -> None:
    """Nothing is read, changed or handed out: not with any request, and not by asking again."""
    secret = attacker.secret
    minted = await attacker.send("POST", f"/v1/client/sessions/{session}/tokens")
    assert minted.status_code == 401
    for path in ("/v1/client", "/v1/me", f"/v1/client/sessions/{session}", "/v1/me/sessions/active"):
        asked = await attacker.send("GET", path)
        assert asked.status_code == 307
        assert asked.headers["location"].endswith("&_again=1")
        again = await attacker.send("GET", path, _again="1")
        assert again.status_code == (401 if path.startswith("/v1/me") else 409)
    fresh = {"email_address": "mine+clerk_test@attacker.example", "password": PASSWORD}
    for method, path, form, status in (
        ("POST", "/v1/client/sign_ins", {"identifier": EVE, **SIGN_IN}, 409),
        ("POST", "/v1/client/sign_ups", fresh, 409),
        ("POST", "/v1/client", None, 409),
        ("POST", f"/v1/client/sessions/{session}/touch", {}, 409),
        ("POST", f"/v1/client/sessions/{session}/end", None, 409),
        ("POST", f"/v1/client/sessions/{session}/remove", None, 409),
        ("DELETE", "/v1/client/sessions", None, 409),
        ("DELETE", "/v1/client", None, 409),
        ("POST", "/v1/me/email_addresses", {"email_address": "mine@attacker.example"}, 401),
        (
            "POST",
            "/v1/me/change_password",
            {"current_password": PASSWORD, "new_password": "violet umbrella ferry"},
            401,
        ),
        ("DELETE", "/v1/me", None, 401),
    ):
        assert (await attacker.send(method, path, form)).status_code == status, path
    assert attacker.secret == secret
    for answer in attacker.seen:
        assert "set-cookie" not in answer.headers
        assert session not in answer.text
        assert not {"client", "response", "meta"} & answer.json().keys()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("enter", [Tab.sign_in, Tab.sign_up])
async def test_a_secret_copied_before_a_sign_in_opens_nothing_after_it(  # R-FLOW-01
    http: httpx.AsyncClient, way: Way, enter: Callable[[Tab, str], Awaitable[str]], clock: FakeClock
) -> None:
    victim = await opened(http, way)
    attacker = victim.copy()
    session = await enter(victim, ADA if enter is Tab.sign_in else "new+clerk_test@example.com")
    assert victim.secret != attacker.secret
    await opens_nothing(attacker, session)
    seen = (await victim.send("GET", "/v1/client")).json()["client"]
    assert [each["id"] for each in seen["sessions"]] == [session]
    clock.advance(seconds=11)
    after = await attacker.send("GET", "/v1/client")
    assert after.status_code == (401 if way == "development browser" else 200)
    assert after.json().get("client") is None
    assert (await victim.send("POST", f"/v1/client/sessions/{session}/tokens")).status_code == 200


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_copied_while_somebody_is_signed_in_opens_no_further_account(  # R-FLOW-01, R-SES-08
    http: httpx.AsyncClient, way: Way
) -> None:
    victim = await opened(http, way)
    first = await victim.sign_in(ADA)
    attacker = victim.copy()
    second = await victim.sign_in(BOB)
    tokens = f"/v1/client/sessions/{first}/tokens"
    assert (await attacker.copy().send("POST", tokens)).status_code == 200  # that tab was on its way
    await opens_nothing(attacker, second)


@pytest.mark.parametrize("way", WAYS)
async def test_a_sign_in_at_once_in_a_browser_that_was_never_here_leaves_nothing_behind(  # R-FLOW-01
    http: httpx.AsyncClient, way: Way
) -> None:
    victim = await opened(http, way) if way == "development browser" else Tab(http, way)
    attacker = victim.copy()
    done = await victim.send("POST", "/v1/client/sign_ins", {"identifier": ADA, **SIGN_IN})
    session = done.json()["response"]["created_session_id"]
    assert victim.secret != attacker.secret
    if way == "development browser":
        await opens_nothing(attacker, session)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("has_client", [True, False])
async def test_a_secret_planted_before_a_sign_up_sets_no_password_that_the_owner_proves(  # R-FLOW-01, R-ADV-01
    http: httpx.AsyncClient, way: Way, has_client: bool
) -> None:
    victim = await opened(http, way) if has_client or way == "development browser" else Tab(http, way)
    if has_client and way == "development browser":
        await victim.send("POST", "/v1/client")
    attacker = victim.copy()
    fields = {"email_address": "new+clerk_test@example.com", "password": PASSWORD}
    begun = (await victim.send("POST", "/v1/client/sign_ups", fields)).json()["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    for path, form in ((where, {"password": "the attacker chose this"}), (f"{where}/prepare_verification", CODE)):
        method = "PATCH" if path == where else "POST"
        assert (await attacker.copy().send(method, path, form)).status_code in (404, 409)
    await victim.send("POST", f"{where}/prepare_verification", CODE)
    done = await victim.send("POST", f"{where}/attempt_verification", {**CODE, "code": TEST_CODE})
    assert done.json()["response"]["status"] == "complete"
    given = {"identifier": "new+clerk_test@example.com", "strategy": "password"}
    for password, status in (("the attacker chose this", 422), (PASSWORD, 200)):
        tried = await Tab(http, "native").send("POST", "/v1/client/sign_ins", {**given, "password": password})
        assert tried.status_code == status


@pytest.mark.parametrize("way", WAYS)
async def test_an_attempt_that_somebody_else_begins_is_none_of_the_owners(  # R-FLOW-01
    http: httpx.AsyncClient, way: Way
) -> None:
    victim = await opened(http, way)
    attacker = victim.copy()
    fields = {"email_address": "new+clerk_test@example.com", "password": "the attacker chose this"}
    begun = (await attacker.send("POST", "/v1/client/sign_ups", fields)).json()["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    for method, path, form in (
        ("GET", where, None),
        ("POST", f"{where}/prepare_verification", CODE),
        ("POST", f"{where}/attempt_verification", {**CODE, "code": TEST_CODE}),
    ):
        assert (
            await victim.copy().send(method, path, form, **({"_again": "1"} if form is None else {}))
        ).status_code in (404, 409)


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_planted_before_a_sign_in_reaches_no_step_of_it(  # R-FLOW-01
    http: httpx.AsyncClient, way: Way
) -> None:
    victim = await opened(http, way)
    attacker = victim.copy()
    begun = (await victim.send("POST", "/v1/client/sign_ins", {"identifier": ADA, **CODE})).json()["response"]
    where = f"/v1/client/sign_ins/{begun['id']}"
    for path, form in (("prepare_first_factor", CODE), ("attempt_first_factor", {**CODE, "code": TEST_CODE})):
        assert (await attacker.copy().send("POST", f"{where}/{path}", form)).status_code in (404, 409)
    done = await victim.send("POST", f"{where}/attempt_first_factor", {**CODE, "code": TEST_CODE})
    assert done.json()["response"]["status"] == "complete"


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_copied_two_sign_ins_ago_opens_nothing(http: httpx.AsyncClient, way: Way) -> None:  # R-FLOW-01
    victim = await opened(http, way)
    first = await victim.sign_in(ADA)
    attacker = victim.copy()
    second = await victim.sign_in(BOB)
    third = await victim.sign_in(EVE)
    for session in (first, second):
        assert (await attacker.send("POST", f"/v1/client/sessions/{session}/tokens")).status_code == 401
    await opens_nothing(attacker, third)


async def test_a_planted_development_browser_is_bound_to_nobody_who_comes_with_a_cookie(
    http: httpx.AsyncClient,
) -> None:
    victim = await opened(http, "cookie")  # R-FLOW-01
    session = await victim.sign_in(ADA)
    planted = await opened(http, "development browser")
    for path in ("/v1/client", f"/v1/client/sessions/{session}"):
        seen = await victim.send("GET", path, __clerk_db_jwt=planted.secret)
        assert session in seen.text
    await victim.send("POST", f"/v1/client/sessions/{session}/touch", {}, __clerk_db_jwt=planted.secret)
    await victim.send("GET", "/v1/client/handshake", redirect_url=APP, __clerk_db_jwt=planted.secret)
    assert (await planted.send("GET", "/v1/client")).json() == {"response": None, "client": None}
    assert (await planted.send("POST", f"/v1/client/sessions/{session}/tokens")).status_code == 401


async def test_a_planted_development_browser_of_somebody_else_signs_nobody_in_as_them(http: httpx.AsyncClient) -> None:
    attacker, victim = await opened(http, "development browser"), await opened(http, "cookie")  # R-FLOW-07
    await attacker.sign_in(EVE)
    session = await victim.sign_in(ADA)
    seen = await victim.send("GET", "/v1/client", __clerk_db_jwt=attacker.secret)
    assert [each["id"] for each in seen.json()["client"]["sessions"]] == [session]


@pytest.mark.parametrize("page", [APP, SERVER])
async def test_what_a_handshake_leaves_in_a_page_beside_the_cookie_stands_for_nobody(  # R-FLOW-01
    http: httpx.AsyncClient, page: str
) -> None:
    victim = await opened(http, "cookie")
    await victim.sign_in(ADA)
    await victim.send("GET", "/v1/client/handshake", redirect_url=page)
    lines = directives_in(victim.seen[-1].headers["location"])
    assert payload(value(lines["__session"]))["sub"]
    stranger = Tab(http, "development browser", value(lines["__clerk_db_jwt"]))
    assert (await stranger.send("GET", "/v1/client")).json() == {"response": None, "client": None}


@pytest.mark.parametrize("does", ["sign-in", "sign-out"])
async def test_a_form_opened_with_the_secret_of_before_changes_nothing(http: httpx.AsyncClient, does: str) -> None:
    victim = await opened(http, "cookie")  # R-FLOW-01, R-WEB-03
    http.headers.update({"Origin": SERVER, "Sec-Fetch-Site": "same-origin"})
    old = {"Cookie": f"__client={victim.secret}"}
    found = re.search(r'name="form_token" value="([^"]+)"', (await http.get(f"/{does}", headers=old)).text)
    assert found is not None
    session = await victim.sign_in(ADA)
    http.cookies.clear()
    form = {"form_token": found[1], "identifier": EVE, "password": PASSWORD}
    refused = await http.post(f"/{does}", data=form, headers=old)
    assert refused.status_code == 409
    assert "set-cookie" not in refused.headers
    seen = (await victim.send("GET", "/v1/client")).json()["client"]
    assert [each["id"] for each in seen["sessions"]] == [session]


async def test_a_server_is_told_that_a_replaced_secret_is_of_nobody(http: httpx.AsyncClient, engine: Engine) -> None:
    victim = await opened(http, "cookie")  # R-FLOW-01
    first = await victim.sign_in(ADA)
    old = victim.secret
    await victim.sign_in(BOB)
    key = await engine.instances.new_secret_key(engine.instance)
    headers = {"Authorization": f"Bearer {key.reveal()}"}
    for path in ("/v1/clients/verify", f"/v1/sessions/{first}/verify"):
        assert (await http.post(path, json={"token": victim.secret}, headers=headers)).status_code == 200
        assert (await http.post(path, json={"token": old}, headers=headers)).status_code == 401


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_from_before_a_proven_reset_code_sets_no_password(
    http: httpx.AsyncClient, way: Way
) -> None:  # R-FLOW-01
    victim = await opened(http, way)
    begun = (await victim.send("POST", "/v1/client/sign_ins", {"identifier": ADA})).json()["response"]
    where, strategy = f"/v1/client/sign_ins/{begun['id']}", "reset_password_email_code"
    address = next(each for each in begun["supported_first_factors"] if each["strategy"] == strategy)[
        "email_address_id"
    ]
    await victim.send("POST", f"{where}/prepare_first_factor", {"strategy": strategy, "email_address_id": address})
    attacker = victim.copy()
    proof = {"strategy": strategy, "code": TEST_CODE}
    proven = await victim.send("POST", f"{where}/attempt_first_factor", proof)
    assert proven.json()["response"]["status"] == "needs_new_password"
    theirs = {"password": "violet umbrella ferry"}
    assert (await attacker.send("POST", f"{where}/reset_password", theirs)).status_code == 409
    mine = await victim.send("POST", f"{where}/reset_password", {"password": "orange lantern tundra"})
    assert mine.json()["response"]["status"] == "complete"
    assert (await victim.send("GET", "/v1/me")).status_code == 200


@pytest.mark.parametrize("way", WAYS)
async def test_a_secret_from_before_a_proven_address_finishes_no_sign_up(
    http: httpx.AsyncClient, way: Way
) -> None:  # R-FLOW-01
    victim = await opened(http, way)
    fields = {"email_address": "new+clerk_test@example.com"}
    where = f"/v1/client/sign_ups/{(await victim.send('POST', '/v1/client/sign_ups', fields)).json()['response']['id']}"
    await victim.send("POST", f"{where}/prepare_verification", {"strategy": "email_code"})
    attacker = victim.copy()
    code = {"strategy": "email_code", "code": TEST_CODE}
    assert (await victim.send("POST", f"{where}/attempt_verification", code)).json()["response"][
        "status"
    ] == "missing_requirements"
    assert (await attacker.send("PATCH", where, {"password": "violet umbrella ferry"})).status_code == 409
    mine = await victim.send("PATCH", where, {"password": PASSWORD})
    assert mine.json()["response"]["status"] == "complete"
    assert (await victim.send("GET", "/v1/me")).status_code == 200
