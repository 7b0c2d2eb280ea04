"""Explains a client cookie: whose browser it is, which of its secrets, and how its sessions stand."""

import hmac
from typing import TYPE_CHECKING

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.sessions.clients import was_replaced_just_now
from sojourn.sessions.ending import end_of
from sojourn.store.interface import Page, SessionFilter

if TYPE_CHECKING:
    from sojourn.engine import Engine

_LATEST = Page(20)

CURRENT = "current"
_VERDICTS = {
    CURRENT: "The cookie is the browser's current secret.",
    "replaced": "A newer secret replaced this one; within seconds of that it still gets tokens, and the browser retries everything else.",
    "too old": "A newer secret replaced this one: the cookie is a copy, or the browser missed an answer. It opens nothing.",
    "unknown": "No browser is known by it: the client was removed, the cookie is another server's, or it was made up.",
}


async def of_cookie(engine: "Engine", value: str) -> dict[str, Json]:
    """The facts about the value of a cookie `__client`."""
    secret = Secret(value)
    client = await engine.clients.of_any_secret(engine.instance, secret)
    state = "unknown" if client is None else _state(client, secret, engine.clock.now())
    facts: dict[str, Json] = {"cookie": {"secret": state, "meaning": _VERDICTS[state]}}
    if client is None:
        return facts
    where = SessionFilter(client_id=client.id)
    sessions: dict[str, Json] = {}
    for session in await engine.sessions.list(engine.instance, where, _LATEST):
        end = await end_of(engine.store, session, engine.clock.now())
        told = "It is live." if end is None else end.told
        sessions[session.id] = f"{session.status.value}, of {session.user_id}. {told}"
    facts["client"] = {"id": client.id, "created_at": client.created_at.datetime().isoformat()}
    facts["sessions"] = sessions
    return facts


def _state(client: Client, secret: Secret, now: Instant) -> str:
    if hmac.compare_digest(client.secret_hash, secret.stored_form()):
        return CURRENT
    return "replaced" if was_replaced_just_now(client, secret.stored_form(), now) else "too old"
