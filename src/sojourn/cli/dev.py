"""`sojourn dev`: a development server in one process."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from sojourn.cli.runtime import DatabaseUrl, Port
from sojourn.config import Config
from sojourn.errors import ConfigError


def dev(
    port: Port = 8000,
    data: Annotated[Path, typer.Option(help="Folder for the database and the keys.")] = Path(".sojourn"),
    database_url: DatabaseUrl = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    public_url: Annotated[str | None, typer.Option(help="URL that browsers use, if not http://localhost:PORT.")] = None,
) -> None:
    """Start a development server with a SQLite database, generated keys and a mailbox page."""
    from sojourn.server.development import development_config
    from sojourn.server.standalone import run_development

    given = {"data": data, "database_url": database_url, "public_url": public_url or f"http://localhost:{port}"}
    if Config.named(given).get("environment", "development") != "development":
        raise ConfigError(
            "`sojourn dev` is for development, but SOJOURN_ENVIRONMENT is not: unset it, or use `sojourn serve`"
        )
    config = Config.load(given)
    config.check_bind(host)
    config, keys = development_config(config)
    asyncio.run(run_development(config, keys, host, port))
