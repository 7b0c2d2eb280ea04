"""`sojourn env`: environment variables for an app."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer

from sojourn.cli.runtime import Data, DatabaseUrl, configured, with_engine
from sojourn.cli.target import Target
from sojourn.errors import ConfigError
from sojourn.instances.app_variables import SDKS, App, check, lines, own_pages_hint, secret_variable
from sojourn.instances.instance import Environment, publishable_key
from sojourn.instances.instances import key_host
from sojourn.server.development import development_keys, has_keys, read_last_start

_SECRET_KEY_APART = "Set {name} to the secret key that `sojourn serve` printed at its first start; `sojourn keys create-secret` creates another."
_JWT_KEY = "CLERK_JWT_KEY is the current signing key: run this again after `sojourn keys rotate`."


def env(
    name: Annotated[str, typer.Argument(help="nextjs, react, vue, nuxt, express, fastapi, flask, django …")],
    sdk_major: Annotated[int, typer.Option(help="Major version of the SDK: 4, 6 or 7 for nextjs.")] = 7,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port of `sojourn dev`, if no server has run in the folder yet."),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    own_pages: Annotated[
        bool, typer.Option("--own-pages", help="The app has its own pages at /sign-in and /sign-up.")
    ] = False,
) -> None:
    """Print KEY=value lines for an app's environment file. In production they do not include the secret key, which is not stored."""
    check(name, sdk_major)
    target = configured(data, database_url)
    environment, url = _application(target, port)
    is_development = environment is Environment.DEVELOPMENT
    needs_jwt_key = name in SDKS and SDKS[name].needs_jwt_key
    app = App(
        url,
        publishable_key(environment, key_host(url)),
        development_keys(target.config.data).secret_key if is_development else "",
        _jwt_key(target) if needs_jwt_key else "",
        own_pages,
    )
    for line in lines(name, sdk_major, app):
        print(line)
    hints = [
        "" if is_development else _SECRET_KEY_APART.format(name=secret_variable(name) or "CLERK_SECRET_KEY"),
        _JWT_KEY if needs_jwt_key else "",
        "" if own_pages else own_pages_hint(name),
    ]
    for hint in filter(None, hints):
        print(hint, file=sys.stderr)


def _application(target: Target, port: int | None) -> tuple[Environment, str]:
    """Environment and URL: as given, as the folder's last server used them, or as stored. Raises: ConfigError."""
    config = target.config
    local = None if port is None or "public_url" in target.named else f"http://localhost:{port}"
    if "environment" in target.named and not config.is_development:
        config.check()
        return config.environment, config.public_url
    last = read_last_start(config.data)
    if "database_url" in target.named or (last is None and target.has_database):
        instance = target.chosen(asyncio.run(target.instances()))
        if instance.environment is Environment.PRODUCTION:
            return instance.environment, instance.public_url
        return instance.environment, local or instance.public_url
    if "data" not in target.named and not has_keys(config.data):
        elsewhere = _nearest_keys(config.data)
        if elsewhere is not None:
            raise ConfigError(
                f"no server has run in this folder, but one has in {elsewhere.parent}: go there, or use --data {elsewhere}"
            )
        # printed to stderr: in the wrong folder the lines belong to an application that does not run
        print("sojourn: no server has run in this folder yet; use --data to name another data folder", file=sys.stderr)
    named = config.public_url if last is None or "public_url" in target.named else last.public_url
    return Environment.DEVELOPMENT, local or named


def _nearest_keys(data: Path) -> Path | None:
    """The data folder of a development server in one of the folders above."""
    here = data.resolve()
    return next((found for folder in here.parent.parents if has_keys(found := folder / here.name)), None)


def _jwt_key(target: Target) -> str:
    """The public signing key as the published SDKs take it.

    Raises: ConfigError when no server has made the key yet, or it is not of RS256, the only algorithm that they verify.
    """
    key = with_engine(target, lambda engine: engine.key_store.one_line_key(engine.instance))
    if not key:
        raise ConfigError(
            "the published SDKs verify RS256 only: run `sojourn settings set sessions.token_algorithm=RS256`"
        )
    return key
