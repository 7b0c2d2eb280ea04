"""Apps below a prefix, a proxy's or another app's; apps where only some paths are protected; apps whose server is nowhere."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from sojourn import Sojourn
from sojourn.instances.instance import Environment, publishable_key
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.testing import FakeSojourn

from .conftest import ASYNC, NAMES, _started
from .site import PAGE, Loop

Ask = Callable[..., httpx.Response]
Build = Callable[..., Ask]


def _below(app: Any, root: str) -> Any:
    """A WSGI app below `root`, as PEP 3333 has it."""

    def moved(environ: dict[str, Any], start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        inside = path.removeprefix(root) if root and path.startswith(root) else path
        return app({**environ, "SCRIPT_NAME": root, "PATH_INFO": inside}, start_response)

    return moved


@pytest.fixture(params=NAMES)
def build(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Build]:
    """`build(sojourn, **options)` makes the app; what it gives back asks it for a path below a root."""
    name: str = request.param
    with ExitStack() as stack:
        loop = Loop() if name in ASYNC or name == "django-asgi" else None
        if loop is not None:
            stack.callback(loop.close)

        def built(sojourn: SojournClient, **options: Any) -> Ask:
            stack.callback(sojourn.close_now if loop is None else lambda running=loop: running.run(sojourn.close()))
            if name.startswith("django"):
                from .apps import django

                app, undo = django.build(sojourn, tmp_path_factory.getbasetemp(), is_async=loop is not None, **options)
                stack.callback(undo)
            else:
                app = import_module(f".apps.{name}", __package__).build(sojourn, **options)
            if name == "litestar" and loop is not None:
                stack.enter_context(_started(app, loop))

            def ask(path: str, root: str = "", **headers: str) -> httpx.Response:
                request = httpx.Request("GET", f"http://localhost:8000{path}", headers=headers)
                if loop is None:
                    with httpx.Client(transport=httpx.WSGITransport(_below(app, root))) as client:
                        return client.send(request)
                return loop.run(_sent(app, root, request))

            return ask

        yield built


async def _sent(app: Any, root: str, request: httpx.Request) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app, root_path=root)) as client:
        return await client.send(request)


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("/protected", ""), ("/protected/", ""), ("/PROTECTED", ""), ("/protected%0a", ""), ("/protected%0d%0a", ""),
        ("/protected%00", ""), ("/protected;x", ""), ("//protected", ""), ("/./protected", ""), ("/x/../protected", ""),
        ("/protected%2f", ""), ("/protected%5c", ""), ("/protected%2500", ""), ("/app/protected", "/app"),
        ("/app//protected", "/app"), ("/app/protected%0a", "/app"), ("/protected", "/app"),
    ],
)  # fmt: skip
def test_a_protected_path_stays_so_however_it_is_written_and_below_a_prefix(  # R-WEB-08
    build: Build, path: str, root: str
) -> None:
    ask = build(FakeSojourn(), public=[], protected=["/protected"])
    assert ask(path, root).status_code == 401


@pytest.mark.parametrize("path", ["/x/app/protected", "/appprotected", "/app/app/protected"])
def test_a_prefix_in_the_wrong_place_opens_nothing(build: Build, path: str) -> None:  # R-WEB-08
    ask = build(FakeSojourn(), public=[], protected=["/protected"])
    assert ask(path, "/app").status_code in (401, 404)


def test_patterns_are_those_of_the_app_wherever_it_is_mounted(build: Build) -> None:
    sojourn = FakeSojourn()
    ask = build(sojourn)
    assert ask("/app/", "/app").json() == {"user": None}
    ada = sojourn.signed_in()
    assert ask("/app/protected", "/app", **ada.headers).json() == {"user": ada.user.id}
    page = ask("/app/protected", "/app", **PAGE)
    assert "%2Fapp%2Fprotected" in page.headers["location"] or "%252Fapp%252Fprotected" in page.headers["location"]


def test_the_server_inside_answers_below_the_prefix_too(build: Build, tmp_path: Path) -> None:
    sojourn = Sojourn(public_url="http://localhost:8000/app/auth", data=tmp_path)
    ask = build(sojourn)
    assert ask("/app/auth/health", "/app").status_code == 200
    assert ask("/app/auth/sign-in", "/app", **PAGE).status_code == 200
    assert ask("/app/protected", "/app").status_code == 401


def test_while_the_server_has_never_answered_nobody_is_let_in_and_public_pages_are_there(
    build: Build,
) -> None:  # R-REL-03
    ask = build(Sojourn.remote("http://127.0.0.1:9", publishable_key(Environment.DEVELOPMENT, "127.0.0.1:9")))
    assert ask("/").json() == {"user": None}
    token = FakeSojourn().signed_in().headers
    cookie = {"Cookie": f"__session={token['Authorization'].removeprefix('Bearer ')}"}
    for path in ("/protected", "/open/guarded"):
        assert ask(path).status_code == 401
        assert ask(path, **PAGE).headers["location"].startswith("http://127.0.0.1:9/sign-in?")
    assert ask("/", **PAGE, **cookie).json() == {"user": None}
    assert ask("/open/guarded", **token).status_code == 401
    for given in (token, cookie, {**PAGE, **cookie}):
        answer = ask("/protected", **given)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
