"""The `sojourn` command; one file per command in this folder."""

import sys


def main() -> None:
    """Run the command line. An error is one line on standard error, never a traceback.

    Exit status: 1 error, 2 unknown command or option, 130 interrupted.
    """
    try:
        from sojourn.cli.commands import app, usage
    except ModuleNotFoundError as missing:
        advice = "install the server extra: pip install 'sojourn[server]', or uvx --from 'sojourn[server]' sojourn"
        print(f"sojourn: {missing.name} is not installed; {advice}", file=sys.stderr)
        raise SystemExit(1) from missing
    from typer import Abort, TyperException

    from sojourn.errors import SojournError

    try:
        status = app(standalone_mode=False)
    except SojournError as error:
        print(f"sojourn: {error.long_message}", file=sys.stderr)
        raise SystemExit(1) from error
    except TyperException as error:
        print(usage(error), end="", file=sys.stderr)
        raise SystemExit(error.exit_code) from error
    except Abort as error:
        print("sojourn: aborted; nothing was changed", file=sys.stderr)
        raise SystemExit(1) from error
    raise SystemExit(status)
