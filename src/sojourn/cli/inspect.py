"""`sojourn inspect`: read a session token the way a verifier does, and say why it is refused."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.opened import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.errors import Json, NotFound, TokenRefused
from sojourn.ids import SessionId

if TYPE_CHECKING:
    from sojourn.engine import Sojourn


def inspect(
    token: Annotated[str, typer.Argument(help="A session token: the value of the __session cookie.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say what a session token holds, whether it verifies, and how its session stands."""

    async def examined(engine: "Sojourn") -> dict[str, Json]:
        from sojourn.tokens.session_token import Verifier

        verifier = Verifier(await engine.keyring.jwks(engine.instance), clock=engine.clock)
        try:
            claims = verifier.verify(token)
        except TokenRefused as refused:
            return {"verdict": "refused", "reason": refused.reason, "advice": refused.long_message}
        facts: dict[str, Json] = {"verdict": "valid"}
        for name, value in claims.raw.items():
            facts[name] = _moment(value) if name in ("exp", "iat", "nbf") else value
        try:
            session = await engine.sessions.get(engine.instance, SessionId(claims.session_id))
            facts["session"] = session.status.value
        except NotFound:
            facts["session"] = "unknown here"
        return facts

    facts = with_engine(configured(data, database_url), examined)
    (print_json if as_json else print_facts)(facts)
    if facts["verdict"] != "valid":
        raise typer.Exit(1)


def _moment(value: Json) -> Json:
    return datetime.fromtimestamp(value, tz=UTC).isoformat() if isinstance(value, int) else value
