"""Commands as an operator types them: each a process of its own, or a call in this one where how it starts proves nothing."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest

from sojourn.cli import main

SOJOURN = Path(sys.executable).parent / "sojourn"

Done = subprocess.CompletedProcess[str]


def run(*words: str, data: Path | None = None, stdin: str = "", **variables: str) -> Done:
    """A process of its own. Every command has a test that starts it so."""
    command, environment = _command(words, data, variables)
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, input=stdin, timeout=60, check=False
    )


def call(*words: str, data: Path | None = None, **variables: str) -> Done:
    """The same words, environment and exit status without a process, whose imports cost more than most commands."""
    command, environment = _command(words, data, variables)
    out, err = (
        TextIOWrapper(BytesIO(), "utf-8", errors) for errors in ("strict", "backslashreplace")
    )  # as Python opens them
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "argv", command),
        patch.object(sys, "stdin", StringIO()),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return Done(command, int(ended.value.code or 0), *(_text(each) for each in (out, err)))


def _text(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def _command(words: tuple[str, ...], data: Path | None, variables: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
    return [str(SOJOURN), *words, *(["--data", str(data)] if data else [])], {**inherited, **variables}
