"""`sojourn env`: the lines an app needs in its environment file."""

import sys
from typing import Annotated

import typer

from sojourn.cli.opened import Data, Port, note_if_new
from sojourn.config import Config
from sojourn.errors import ConfigError
from sojourn.instances.instance import publishable_key
from sojourn.instances.registry import key_host
from sojourn.server.development import development_keys

_JS_MAJOR = {4: 4, 5: 5, 6: 5, 7: 6}
_NEXT, _UNPREFIXED = "NEXT_PUBLIC_CLERK_", "CLERK_"
_PREFIXES = {
    "nextjs": _NEXT,
    "react": "VITE_CLERK_",
    "vue": "VITE_CLERK_",
    "astro": "PUBLIC_CLERK_",
    "nuxt": "NUXT_PUBLIC_CLERK_",
    "react-router": "VITE_CLERK_",
    "express": _UNPREFIXED,
    "fastify": _UNPREFIXED,
    "hono": _UNPREFIXED,
    "node": _UNPREFIXED,
}
_SECRET_KEY_APART = (
    "Add the secret key that `sojourn serve` printed at its first start, as CLERK_SECRET_KEY or SOJOURN_SECRET_KEY; "
    "`sojourn keys create-secret` makes another."
)
_PYTHON = ("python", "asgi", "starlette", "fastapi", "litestar", "flask", "django", "quart", "wsgi")


def env(
    name: Annotated[str, typer.Argument(help="nextjs, react, express, fastapi, flask, django …")],
    sdk_major: Annotated[int, typer.Option(help="Major version of the SDK: 4, 6 or 7 for nextjs.")] = 7,
    port: Port = 8000,
    data: Data = None,
) -> None:
    """Print KEY=value lines for the environment file of an app. In production the secret key is known to you alone."""
    _check(name, sdk_major)
    given = Config.load({"data": data})
    note_if_new(given)
    url = f"http://localhost:{port}" if given.public_url == Config().public_url else given.public_url
    secret_key = development_keys(given.data).secret_key if given.is_development else ""
    key = publishable_key(given.environment, key_host(url))
    for line in lines(name, sdk_major, url, key, secret_key):
        print(line)
    if not given.is_development:
        print(_SECRET_KEY_APART, file=sys.stderr)


def lines(name: str, sdk_major: int, url: str, key: str, secret_key: str = "") -> list[str]:
    """`KEY=value` lines for one kind of app. Raises: ConfigError for a name or major that is not supported."""
    _check(name, sdk_major)
    if name in _PYTHON:
        secret = [f"SOJOURN_SECRET_KEY={secret_key}"] if secret_key else []
        return [f"SOJOURN_URL={url}", f"SOJOURN_PUBLISHABLE_KEY={key}", *secret]
    prefix = _PREFIXES[name]
    js = _JS_MAJOR.get(sdk_major, 6)
    script = f"{url}/npm/@clerk/clerk-js@{js}/dist/clerk.browser.js"
    values = {
        f"{prefix}PUBLISHABLE_KEY": key,
        f"{prefix}PROXY_URL": url,
        f"{prefix}{'JS' if name == 'nextjs' and sdk_major == 4 else 'JS_URL'}": script,
    }
    if js == 6:
        values[f"{prefix}UI_URL"] = f"{url}/npm/@clerk/ui@1/dist/ui.browser.js"
    values |= {
        f"{prefix}SIGN_IN_URL": "/sign-in",
        f"{prefix}SIGN_UP_URL": "/sign-up",
        f"{prefix}TELEMETRY_DISABLED": "1",
    }
    if name == "nextjs":
        if sdk_major < 7:
            values |= {f"{prefix}AFTER_SIGN_IN_URL": "/", f"{prefix}AFTER_SIGN_UP_URL": "/"}
        if sdk_major >= 6:
            values[f"{prefix}KEYLESS_DISABLED"] = "1"
    if name not in ("react", "vue"):
        values |= ({"CLERK_SECRET_KEY": secret_key} if secret_key else {}) | {"CLERK_API_URL": url}
    return [f"{name}={value}" for name, value in values.items()]


def _check(name: str, sdk_major: int) -> None:
    """Raises: ConfigError."""
    if name not in _PREFIXES and name not in _PYTHON:
        raise ConfigError(f"no app is called {name}: choose one of {', '.join([*_PREFIXES, *_PYTHON])}")
    if name == "nextjs" and sdk_major not in _JS_MAJOR:
        raise ConfigError("--sdk-major must be 4, 5, 6 or 7")
