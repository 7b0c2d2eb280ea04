"""`sojourn serve`: the production server. It does not start with an incomplete configuration."""

from typing import Annotated

import typer

from sojourn.cli.runtime import DatabaseUrl, Port
from sojourn.config import Config
from sojourn.errors import ConfigError


def serve(
    port: Port = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(help="Processes.", min=1, max=64)] = 1,
    database_url: DatabaseUrl = None,
    public_url: Annotated[str | None, typer.Option(help="URL that browsers use (https).")] = None,
) -> None:
    """Start a production server behind your proxy, configured by SOJOURN_* variables (see `sojourn doctor`)."""
    from sojourn.server.standalone import run_production

    given = {"database_url": database_url, "public_url": public_url}
    if Config.named(given).get("environment", "production") != "production":
        raise ConfigError(
            "`sojourn serve` is for production, but SOJOURN_ENVIRONMENT is not: unset it, or use `sojourn dev`"
        )
    config = Config.load({"environment": "production", **given})
    run_production(config, host, port, workers)
