"""`sojourn inspect`: explain a token, session, user or cookie, or the reason of a denial."""

import sys
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from sojourn.cli.inspected_browser import CURRENT, of_cookie
from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.cli.tables import time_text
from sojourn.errors import Json, NotFound, TokenRefused
from sojourn.events.kinds import told
from sojourn.ids import SessionId
from sojourn.instant import Instant
from sojourn.sessions.clients import PREFIX
from sojourn.sessions.ending import end_of
from sojourn.store.interface import EventFilter, Page
from sojourn.tokens.auth_reasons import explained
from sojourn.tokens.cookie_size import too_large

if TYPE_CHECKING:
    from sojourn.engine import Engine

Facts = dict[str, Json]

_UTC = "+00:00"
_TIMES = frozenset({"exp", "iat", "nbf"})
_LATEST = 32_503_680_000  # the year 3000


def inspect(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A session token, a session id, a user by id or e-mail address, the value of a browser's cookie __client,"
            " or a reason from x-clerk-auth-reason. With - it is read from standard input, which the shell does not record.",
        ),
    ],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Explain why somebody is signed in or out, from a token, session, user, cookie or reason.

    Exit status 1: the bearer is signed out.
    """
    given = (sys.stdin.readline() if what == "-" else what).strip()

    async def examined(engine: "Engine") -> Facts:
        if (reason := explained(given)) is not None:
            return {"reason": {"name": given, "meaning": reason.meaning, "advice": reason.advice}}
        if given.startswith("sess_"):
            return await _of_session(engine, given)
        if given.startswith("user_") or "@" in given:
            return {"user": await _user(engine, await user_id_of(engine, given))}
        if given.startswith(PREFIX):
            return await of_cookie(engine, given)
        return await _of_token(engine, given)

    facts = with_engine(configured(data, database_url), examined)
    if as_json:
        print_json(facts)
    else:
        print_facts({name: _readable(value) for name, value in _flat(facts)})
    if not _is_good(facts):
        raise typer.Exit(1)


async def _of_token(engine: "Engine", token: str) -> Facts:
    from sojourn.tokens.session_token import Verifier

    facts: Facts = {"verdict": "valid"}
    try:
        Verifier(await engine.key_store.jwks(engine.instance), clock=engine.clock).verify(token)
    except TokenRefused as refused:
        facts = {"verdict": "refused", "reason": refused.reason, "advice": refused.long_message}
    facts["bytes"] = len(token)
    if advice := too_large(len(token), engine.instance.publishable_key):
        facts["cookie"] = advice
    claims = _claims(token)
    if claims is None:
        facts["claims"] = "malformed: not a JSON Web Token"
        return facts
    facts["claims"] = {name: _moment(value) if name in _TIMES else value for name, value in claims.items()}
    session_id, user_id = claims.get("sid"), claims.get("sub")
    if isinstance(session_id, str):
        facts |= await _of_session(engine, session_id)
    if "user" not in facts and isinstance(user_id, str):
        facts["user"] = await _user(engine, user_id)
    return facts


async def _of_session(engine: "Engine", id: str) -> Facts:
    try:
        session = await engine.sessions.get(engine.instance, SessionId(id))
    except NotFound:
        return {"session": {"id": id, "status": "unknown here"}}
    shown: Facts = {
        "id": session.id,
        "status": session.status.value,
        "created_at": _at(session.created_at),
        "last_active_at": _at(session.last_active_at),
        "expire_at": _at(session.expire_at),
        "client_id": session.client_id,
        "ip_address": session.device.ip_address,
        "browser": session.device.browser_name,
    }
    end = await end_of(engine.store, session, engine.clock.now())
    if end is not None:
        shown |= {
            "ended_at": _at(end.at), "ended_by": end.by, "end_cause": end.cause and end.cause.value, "ended_because": end.told,
        }  # fmt: skip
    return {"session": shown, "user": await _user(engine, session.user_id)}


async def _user(engine: "Engine", id: str) -> Facts:
    try:
        user = await engine.accounts.get(engine.instance, id)
    except NotFound:
        return {"id": id, "status": "unknown here"}
    now = engine.clock.now()
    status = "banned" if user.banned else ("locked" if user.is_locked(now) else "active")
    email = user.primary_email_address
    shown: Facts = {"id": user.id, "status": status, "email_address": email.value if email else None}
    if status == "active":
        return shown
    kind = f"user.{status}"
    where = EventFilter(kinds=[kind], user_id=user.id)
    for entry in await engine.store.events.list(engine.instance.id, Page(1), where):
        shown |= {f"{status}_at": _at(entry.at), f"{status}_by": entry.actor, f"{status}_because": told(entry)}
    if status == "locked":
        shown["locked_until"] = _at(user.locked_until) if user.locked_until else "until an operator unlocks the user"
    return shown


def _is_good(facts: Facts) -> bool:
    session, user = facts.get("session"), facts.get("user")
    live = not isinstance(session, dict) or session["status"] in ("active", "pending")
    welcome = not isinstance(user, dict) or user["status"] in ("active", "locked")
    cookie = facts.get("cookie")
    is_held = not isinstance(cookie, dict) or cookie["secret"] == CURRENT
    return facts.get("verdict") != "refused" and live and welcome and is_held


def _claims(token: str) -> Facts | None:
    """The claims of the token, verified or not."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)), type=dict[str, Any])
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _flat(value: Facts, path: str = "") -> list[tuple[str, Json]]:
    pairs: list[tuple[str, Json]] = []
    for name, inner in value.items():
        where = f"{path}{name}"
        if isinstance(inner, dict) and inner and not path:
            pairs += _flat(inner, f"{where}.")
        elif inner is not None:
            pairs.append((where, inner))
    return pairs


def _readable(value: Json) -> Json:
    """A time formatted as in tables; any other value unchanged."""
    if not isinstance(value, str) or not value.endswith(_UTC):
        return value
    try:
        return time_text(datetime.fromisoformat(value))
    except ValueError:
        return value


def _at(at: Instant) -> str:
    return at.datetime().isoformat()


def _moment(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _LATEST:
        return value
    return datetime.fromtimestamp(value, tz=UTC).isoformat()
