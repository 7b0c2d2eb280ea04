"""`sojourn env`: the lines an app needs in its environment file."""

import asyncio
import sys
from typing import Annotated

import typer

from sojourn.cli.opened import Data, DatabaseUrl, configured
from sojourn.cli.target import Target
from sojourn.errors import ConfigError
from sojourn.instances.instance import Environment, publishable_key
from sojourn.instances.registry import key_host
from sojourn.server.development import development_keys, has_keys, remembered

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
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of `sojourn dev`, when no server has run in the folder yet.")
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print KEY=value lines for the environment file of an app. In production the secret key is known to you alone."""
    _check(name, sdk_major)
    target = configured(data, database_url)
    environment, url = _application(target, port)
    is_development = environment is Environment.DEVELOPMENT
    secret_key = development_keys(target.config.data).secret_key if is_development else ""
    for line in lines(name, sdk_major, url, publishable_key(environment, key_host(url)), secret_key):
        print(line)
    if not is_development:
        print(_SECRET_KEY_APART, file=sys.stderr)


def _application(target: Target, port: int | None) -> tuple[Environment, str]:
    """Environment and address: as named, as the folder's server left them, or as the database has them. Raises: ConfigError."""
    config = target.config
    local = None if port is None or "public_url" in target.named else f"http://localhost:{port}"
    if "environment" in target.named and not config.is_development:
        config.check()
        return config.environment, config.public_url
    last = remembered(config.data)
    if "database_url" in target.named or (last is None and target.has_database):
        instance = target.chosen(asyncio.run(target.instances()))
        if instance.environment is Environment.PRODUCTION:
            return instance.environment, instance.public_url
        return instance.environment, local or instance.public_url
    if "data" not in target.named and not has_keys(config.data):
        # said beside the output: in the wrong folder the lines are those of an application that nobody runs
        print("sojourn: no server has run in this folder yet; --data names the .sojourn of another", file=sys.stderr)
    named = config.public_url if last is None or "public_url" in target.named else last.public_url
    return Environment.DEVELOPMENT, local or named


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
