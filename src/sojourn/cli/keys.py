"""`sojourn keys`: root keys, secret keys, signing keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.cli.tables import print_table
from sojourn.errors import Json
from sojourn.instances.secret_keys import Scope
from sojourn.instant import Instant
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
) -> None:
    """Create a secret key for the Backend API. It is printed once and not stored."""

    async def made(engine: "Engine") -> str:
        return (await engine.instances.new_secret_key(engine.instance, scope)).reveal()

    print(with_engine(configured(data, database_url), made))


@app.command("secrets")
def list_secrets(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """List the active secret keys by ID, with scope and last use. The keys themselves are not stored."""

    async def read(engine: "Engine") -> Sequence[SecretKey]:
        return await engine.store.instances.secret_keys(engine.instance.id)

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
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Create the next signing key: published now, used in ten minutes. No user is signed out.

    With --emergency every process of this server drops the older keys within a second, and browsers fetch new tokens by
    themselves. Apps elsewhere go on accepting tokens of the old key, forged ones too, until they fetch the keys again: within
    five minutes, or an hour while they cannot reach this server. An app that holds a key itself (CLERK_JWT_KEY) accepts them
    until you change that variable and restart it.
    """

    async def rotated(engine: "Engine") -> dict[str, Json]:
        key = await engine.key_store.rotate(engine.instance, emergency=emergency)
        return {"kid": key.kid, "algorithm": str(key.algorithm), "signs_from": key.active_from.datetime().isoformat()}

    facts = with_engine(configured(data, database_url), rotated)
    (print_json if as_json else print_facts)(facts)


@app.command("list")
def list_keys(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print the public keys as a JSON Web Key Set."""

    async def read(engine: "Engine") -> dict[str, Json]:
        return await engine.key_store.jwks(engine.instance)

    jwks = with_engine(configured(data, database_url), read)
    print_json(jwks)
