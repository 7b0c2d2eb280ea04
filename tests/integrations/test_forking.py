"""An app that was used before it forked goes on in parent and child: gunicorn's `--preload`, `multiprocessing`."""

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx

from sojourn import Sojourn, SojournWsgiMiddleware
from sojourn.backend import AsyncBackend, Backend
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.wsgi import SESSION
from sojourn.users.accounts import NewUser

from ..openapi.serving import served
from .children import in_child


def show(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    start_response("200 OK", [])
    return [environ[SESSION].user_id.encode()]


def asks(handle: SojournClient, token: str, session_id: str) -> str:
    """A page, the user by the server's word, and session data that is written and read."""
    with httpx.Client(
        transport=httpx.WSGITransport(SojournWsgiMiddleware(show, handle)), base_url="http://localhost:8000"
    ) as app:
        user_id = app.get("/", headers={"authorization": f"Bearer {token}"}).text
    handle.write_data_now(session_id, {"seen": user_id})
    assert handle.read_data_now(session_id) == {"seen": user_id}
    assert handle.is_live_now(session_id)
    return handle.user_now(user_id).id


async def signed_in(engine: Any) -> tuple[str, str, str]:
    user = await engine.accounts.create(
        engine.instance, NewUser(email_addresses=["ada@example.com"], skip_password_requirement=True)
    )
    session = await engine.sessions.create_for(engine.instance, user)
    return user.id, session.id, await engine.tokens.for_session(engine.instance, session, user, origin=None)


def test_a_server_inside_that_was_used_before_the_fork_serves_in_both(tmp_path: Path) -> None:
    handle = Sojourn(data=tmp_path)
    handle.ready_now()
    bridge = handle.served()[1]
    user_id, session_id, token = bridge.run(signed_in(bridge.run(handle.engine())))
    assert asks(handle, token, session_id) == user_id
    for _ in range(2):
        assert in_child(lambda: asks(handle, token, session_id)) == user_id
        assert asks(handle, token, session_id) == user_id
    handle.end_session_now(session_id)
    assert in_child(lambda: str(handle.is_live_now(session_id))) == "False", "the child reads what the parent wrote"
    handle.close_now()


def test_a_server_elsewhere_is_asked_from_both(tmp_path: Path) -> None:
    with served(tmp_path) as elsewhere:
        handle = Sojourn.remote(elsewhere.url, elsewhere.engine.instance.publishable_key, elsewhere.secret_key)
        user_id, session_id, token = elsewhere.run(signed_in)
        assert asks(handle, token, session_id) == user_id
        assert in_child(lambda: asks(handle, token, session_id)) == user_id
        assert asks(handle, token, session_id) == user_id
        handle.close_now()


def test_a_backend_client_that_was_used_before_the_fork_gets_its_own_answers_in_both(tmp_path: Path) -> None:
    with served(tmp_path) as elsewhere, Backend(elsewhere.url, elsewhere.secret_key) as backend:
        ours, theirs = (
            backend.users.create(username=name, skip_password_requirement=True).id for name in ("lovelace", "babbage")
        )

        both_began = multiprocessing.get_context("fork").Barrier(2)

        def asks_often(user_id: str) -> str:
            both_began.wait(60)
            (got,) = {backend.users.get(user_id).id for _ in range(20)}
            return got

        with ThreadPoolExecutor() as beside:
            answer = beside.submit(asks_often, ours)
            assert in_child(lambda: asks_often(theirs)) == theirs
            assert answer.result() == ours


def test_an_async_backend_client_that_was_used_before_the_fork_answers_in_both(tmp_path: Path) -> None:
    with served(tmp_path) as elsewhere:

        async def asks(backend: AsyncBackend) -> str:
            return (await backend.users.get(user_id)).id

        async def story() -> None:
            async with AsyncBackend(elsewhere.url, elsewhere.secret_key) as backend:
                assert await asks(backend) == user_id
                assert in_child(lambda: asyncio.run(asks(backend))) == user_id
                assert await asks(backend) == user_id

        user_id = elsewhere.run(signed_in)[0]
        asyncio.run(story())
