"""A server with a secret key: plain, and through the published typed client with its strict models."""

from collections.abc import AsyncIterator

import httpx
import pytest
from clerk_backend_api import Clerk

from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.web.app import build

from ..engines import clock, engine, mailbox, started
from .calling import SERVER, Caller, transport

__all__ = ["clock", "engine", "mailbox", "started"]


@pytest.fixture
async def secret_key(engine: Engine) -> Secret:
    return await engine.instances.new_secret_key(engine.instance)


@pytest.fixture
async def api(engine: Engine, secret_key: Secret) -> AsyncIterator[Caller]:
    caller = Caller(build(engine), secret_key.reveal())
    yield caller
    await caller.http.aclose()


@pytest.fixture
async def clerk(engine: Engine, secret_key: Secret) -> AsyncIterator[Clerk]:
    """The published client, unmodified, on our application in place of a network."""
    async with httpx.AsyncClient(transport=transport(build(engine))) as http:
        yield Clerk(bearer_auth=secret_key.reveal(), server_url=f"{SERVER}/v1", async_client=http)
