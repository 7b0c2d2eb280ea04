"""The `sojourn` command; one file per command in this folder."""

import sys


def main() -> None:
    """Run the command line. A refusal is one line on standard error and exit status 1, never a traceback."""
    try:
        from sojourn.cli.commands import app
    except ModuleNotFoundError as missing:
        print(f"sojourn: {missing.name} is not installed; install sojourn[server] for this command", file=sys.stderr)
        raise SystemExit(1) from missing
    from sojourn.errors import SojournError

    try:
        app()
    except SojournError as error:
        print(f"sojourn: {error.long_message}", file=sys.stderr)
        raise SystemExit(1) from error
