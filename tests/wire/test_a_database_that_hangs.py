"""Requests while PostgreSQL is suspended: each is answered 503, none is allowed, and they work again without a restart (R-REL-03)."""

from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.ids import new_id
from sojourn.limits.rate_limit import LIMITS
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.store.postgres import PostgresDatabase
from sojourn.store.sql.store import SqlStore
from sojourn.testing.clock import FakeClock
from sojourn.testing.databases import PostgresServer
from sojourn.web.app import build

from ..backend_api.calling import Caller
from ..contract.conftest import postgres
from ..engines import PROXY
from ..hanging import hanging
from .browsing import ADA, PASSWORD, Browser

__all__ = ["postgres"]

REFUSED = (503, "service_unavailable")


@pytest.fixture
async def engine(postgres: PostgresServer, tmp_path: Path, clock: FakeClock, mailbox: Mailbox) -> AsyncIterator[Engine]:
    url = await postgres.make_database(new_id("hanging_"))
    trusted = (IPv4Network(PROXY),)
    config = Config(data=tmp_path, database_url=url, root_keys=(Secret.random(),), trusted_proxies=trusted)
    opened = await Engine.open(config, clock=clock, mailer=mailbox)
    yield opened
    await opened.close()


async def answers_again(engine: Engine) -> None:
    assert isinstance(engine.store, SqlStore)
    database = engine.store._database
    assert isinstance(database, PostgresDatabase)
    await database._breaker.closed.wait()


async def test_each_request_is_refused_and_works_again(
    engine: Engine, postgres: PostgresServer, browser: Browser, clock: FakeClock
) -> None:  # R-REL-03, R-SES-10
    client = await browser.sign_up()
    session = client["sessions"][0]["id"]
    requests = [
        ("GET", "/v1/client", None),
        ("POST", f"/v1/client/sessions/{session}/tokens", None),
        ("POST", f"/v1/client/sessions/{session}/touch", {"active_organization_id": ""}),
        ("POST", "/v1/client/sign_ins", {"identifier": ADA}),
        ("POST", "/v1/client/sign_ups", {"email_address": "eve@example.com", "password": PASSWORD}),
        ("POST", f"/v1/client/sessions/{session}/end", None),
    ]
    clock.advance(minutes=1)
    with hanging(postgres):
        for method, path, form in requests * 2:
            assert await browser.refused(method, path, form) == REFUSED, path
    await answers_again(engine)
    assert (await browser.get("/v1/client"))["response"]["sessions"][0]["id"] == session  # nobody was signed out
    assert (await browser.post(f"/v1/client/sessions/{session}/tokens"))["jwt"].count(".") == 2
    assert (await browser.post(f"/v1/client/sessions/{session}/end"))["response"]["status"] == "ended"


async def test_an_address_may_ask_half_as_often_meanwhile(
    engine: Engine, postgres: PostgresServer, browser: Browser
) -> None:  # R-LIM-02
    most, _ = LIMITS["create_sign_in"]
    assert await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) == (
        422,
        "form_identifier_not_found",
    )
    with hanging(postgres):
        asked = [await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA}) for _ in range(most)]
    assert [status for status, _ in asked] == [503, 429, 429, 429, 429]  # one of two was spent before
    await answers_again(engine)
    again = [await browser.send("POST", "/v1/client/sign_ins", {"identifier": ADA}) for _ in range(most)]
    assert [each.status_code for each in again] == [422, 422, 422, 429, 429]  # with the two that this process counted


async def test_a_list_and_a_write_of_a_server_are_refused_and_work_again(
    engine: Engine, postgres: PostgresServer
) -> None:  # R-REL-03
    caller = Caller(build(engine), (await engine.instances.new_secret_key(engine.instance)).reveal())
    ada = await caller.user()
    with hanging(postgres):
        for _ in range(2):
            for method, path, body in (
                ("GET", "/users", None),
                ("GET", "/jwt_templates", None),
                ("GET", f"/users/{ada['id']}", None),
                ("POST", f"/users/{ada['id']}/ban", None),
                ("POST", "/users", {"email_address": ["eve@example.com"], "password": PASSWORD}),
            ):
                assert await caller.refused(method, path, body) == REFUSED, path
    await answers_again(engine)
    assert [each["id"] for each in await caller.ok("GET", "/users")] == [ada["id"]]
    assert not (await caller.ok("GET", f"/users/{ada['id']}"))["banned"]
    await caller.http.aclose()
