"""`sojourn keys`: root keys, secret keys, signing keys."""

from typing import Annotated

import typer

from sojourn.cli.opened import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.engine import Sojourn
from sojourn.errors import Json
from sojourn.secret import Secret

app = typer.Typer(help="Root, secret and signing keys.", no_args_is_help=True)


@app.command("root")
def root() -> None:
    """Print a fresh root key for SOJOURN_ROOT_KEYS. Keep it: the database cannot be read without it."""
    print(Secret.random().reveal())


@app.command("create-secret")
def create_secret(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Make a secret key for the Backend API and print it, this once."""

    async def made(engine: Sojourn) -> str:
        return (await engine.registry.new_secret_key(engine.instance)).reveal()

    print(with_engine(configured(data, database_url), made))


@app.command("rotate")
def rotate(
    emergency: Annotated[
        bool, typer.Option("--emergency", help="Use the new key now and refuse all older ones at once.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Make the next signing key: published now, used in ten minutes; nobody is signed out."""

    async def rotated(engine: Sojourn) -> dict[str, Json]:
        key = await engine.keyring.rotate(engine.instance, emergency=emergency)
        return {"kid": key.kid, "algorithm": str(key.algorithm), "signs_from": key.active_from.datetime().isoformat()}

    facts = with_engine(configured(data, database_url), rotated)
    (print_json if as_json else print_facts)(facts)


@app.command("list")
def list_keys(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print the published keys as the JSON Web Key Set that verifiers read."""

    async def read(engine: Sojourn) -> dict[str, Json]:
        return await engine.keyring.jwks(engine.instance)

    jwks = with_engine(configured(data, database_url), read)
    print_json(jwks)
