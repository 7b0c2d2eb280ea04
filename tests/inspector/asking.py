"""Asks the inspector as the dashboard does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from sojourn.console.roles import Role
from sojourn.engine import Engine
from sojourn.sessions.session import Session

from ..admin_api.administration import Administering, Administration

SUPPORT = "support@console.example"


@dataclass
class Asking:
    engine: Engine
    by: Administering
    server: Callable[[], httpx.AsyncClient]

    @classmethod
    async def of(cls, administration: Administration) -> "Asking":
        return cls(
            administration.dashboard.application, await administration.join(Role.SUPPORT, SUPPORT), administration.http
        )

    async def about(self, subject: str) -> dict[str, Any]:
        return await self.by.post("/inspect", {"subject": subject})

    async def story(self, session: Session) -> dict[str, Any]:
        """The same story by its own route and pasted."""
        told = await self.by.get(f"/sessions/{session.id}/story")
        assert await self.about(session.id) == told
        return told


def causes(told: dict[str, Any]) -> list[str]:
    return [problem["cause"] for problem in told["problems"]]


def claim(told: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in told["token"]["claims"] if each["name"] == name]
    return found


def attribute(told: dict[str, Any], cookie: str, name: str) -> dict[str, Any]:
    [found] = [
        attribute
        for each in told["cookies"]
        if each["name"] == cookie
        for attribute in each["attributes"]
        if attribute["name"] == name
    ]
    return found
