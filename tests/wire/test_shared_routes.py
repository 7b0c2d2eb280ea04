"""Engines of one process share the routes and nothing else."""

from asyncio import gather
from collections.abc import Mapping

from sojourn.engine import Engine
from sojourn.web.app import build

from .browsing import Browser


async def test_two_engines_asked_at_the_same_time_answer_for_themselves(
    browser: Browser, live_browser: Browser
) -> None:
    asked = await gather(*(each.send("GET", "/v1/environment") for each in [browser, live_browser] * 20))
    kinds = [answer.json()["display_config"]["instance_environment_type"] for answer in asked]
    assert kinds == ["development", "production"] * 20


async def test_a_server_that_starts_and_ends_it_is_answered_whenever_another_does(engine: Engine, live: Engine) -> None:
    told: list[str] = []

    async def receive() -> Mapping[str, str]:
        return {"type": "lifespan"}

    async def send(message: Mapping[str, str]) -> None:
        told.append(message["type"])

    await gather(*(build(each)({"type": "lifespan"}, receive, send) for each in (engine, live)))  # type: ignore[arg-type]
    assert sorted(told) == ["lifespan.shutdown.complete"] * 2 + ["lifespan.startup.complete"] * 2
