"""`sojourn keys`: root keys, secret keys, signing keys."""

import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.cli.tables import print_table
from sojourn.errors import Json, SojournError
from sojourn.instances.secret_keys import Scope
from sojourn.instant import Instant, read_length
from sojourn.secret import Secret
from sojourn.store.interface import SecretKey

if TYPE_CHECKING:
    from sojourn.engine import Engine

app = typer.Typer(help="Root, secret and signing keys.", no_args_is_help=True, add_completion=False)


@app.command("root")
def root() -> None:
    """Print a new root key for SOJOURN_ROOT_KEYS. Store it safely: the signing keys in the database cannot be decrypted without it."""
    print(Secret.random().reveal())


@app.command("create-secret")
def create_secret(
    scope: Annotated[Scope, typer.Option("--scope", help="full, or read for a read-only key.")] = Scope.FULL,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Create a secret key for the Backend API. It is printed once and not stored; its ID, for `revoke-secret`, goes to standard error."""

    async def made(engine: "Engine") -> tuple[SecretKey, Secret]:
        return await engine.instances.create_secret_key(engine.instance, scope)

    key, secret = with_engine(configured(data, database_url), made)
    if as_json:
        print_json({"id": key.id, "scope": key.scope.value, "secret_key": secret.reveal()})
    else:
        print(secret.reveal())
        print(
            f"ID {key.id}, scope {key.scope.value}. Older keys work until `sojourn keys revoke-secret`.",
            file=sys.stderr,
        )


@app.command("secrets")
def list_secrets(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the active secret keys by ID, with scope and last use. The keys themselves are not stored."""

    async def read(engine: "Engine") -> Sequence[SecretKey]:
        return await engine.instances.list_secret_keys(engine.instance)

    keys = [
        (key.id, key.scope.value, _told(key.created_at), _told(key.last_used_at))
        for key in with_engine(configured(data, database_url), read)
    ]
    if as_json:
        print_json([dict(zip(("id", "scope", "created_at", "last_used_at"), key, strict=True)) for key in keys])
    else:
        print_table(("secret key", "scope", "made", "last used"), keys)


def _told(at: Instant | None) -> str | None:
    return None if at is None else at.datetime().isoformat()


@app.command("revoke-secret")
def revoke_secret(
    key_id: Annotated[str, typer.Argument(help="As `sojourn keys secrets` prints it.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Revoke a secret key. A running server applies it within a second."""

    async def revoked(engine: "Engine") -> None:
        await engine.instances.revoke_secret_key(engine.instance, key_id)

    with_engine(configured(data, database_url), revoked)
    print("Revoked.")


@app.command("rotate")
def rotate(
    emergency: Annotated[
        bool, typer.Option("--emergency", help="After a leak: use the new key now and drop all older keys.")
    ] = False,
    wait: Annotated[str, typer.Option("--in", help="Plan it for later: 7d, 12h. The new key is published now.")] = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Create the next signing key: published now, used in ten minutes or when --in says. No user is signed out.

    With --emergency every process of this server drops the older keys within a second, and browsers fetch new tokens by
    themselves. Apps elsewhere go on accepting tokens of the old key, forged ones too, until they fetch the keys again: within
    five minutes, or an hour while they cannot reach this server. An app that holds a key itself (CLERK_JWT_KEY) accepts them
    until you change that variable and restart it.
    """

    if emergency and wait:
        raise SojournError("--emergency is at once: leave out --in")
    later = _length(wait) if wait else None

    async def rotated(engine: "Engine") -> dict[str, Json]:
        at = None if later is None else engine.clock.now() + later
        key = await engine.key_store.rotate(engine.instance, emergency=emergency, at=at)
        return {"kid": key.kid, "algorithm": str(key.algorithm), "signs_from": key.active_from.datetime().isoformat()}

    facts = with_engine(configured(data, database_url), rotated)
    (print_json if as_json else print_facts)(facts)


@app.command("cancel-rotation")
def cancel_rotation(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Cancel a planned rotation, until a minute before it begins. The current signing key goes on."""

    async def cancelled(engine: "Engine") -> None:
        await engine.key_store.cancel_rotation(engine.instance)

    with_engine(configured(data, database_url), cancelled)
    print("Cancelled.")


def _length(text: str) -> timedelta:
    try:
        return read_length(text)
    except ValueError as error:
        raise SojournError(str(error)) from error


@app.command("list")
def list_keys(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print the public keys as a JSON Web Key Set."""

    async def read(engine: "Engine") -> dict[str, Json]:
        return await engine.key_store.jwks(engine.instance)

    jwks = with_engine(configured(data, database_url), read)
    print_json(jwks)
