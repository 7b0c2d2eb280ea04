"""The variables of an app's environment file, by the names that each published SDK reads."""

from dataclasses import dataclass

from sojourn.errors import ConfigError

JS_MAJORS = {4: 4, 5: 5, 6: 5, 7: 6}
"""Major version of the Next.js SDK to the major of the browser package that it loads."""

_RSA_KEY = 256
"""Fewer letters than the public key of 2048 bits has, 392; an Ed25519 key has 60."""

PYTHON = ("python", "asgi", "starlette", "fastapi", "litestar", "flask", "django", "quart", "wsgi")


@dataclass(frozen=True, slots=True)
class Sdk:
    """How one SDK names its variables.

    `public` is the prefix of names that reach the browser, `private` that of server-side names. A browser-only SDK has no `private`.
    `is_rendering` SDKs also serve pages; the others answer API calls only.
    """

    public: str
    private: str = ""
    is_rendering: bool = True
    needs_jwt_key: bool = False


_VITE, _PLAIN = "VITE_CLERK_", "CLERK_"
_API = Sdk(_PLAIN, _PLAIN, is_rendering=False)
SDKS = {
    "nextjs": Sdk("NEXT_PUBLIC_CLERK_", _PLAIN),
    "react": Sdk(_VITE),
    "vue": Sdk(_VITE),
    "nuxt": Sdk("NUXT_PUBLIC_CLERK_", "NUXT_CLERK_"),
    "astro": Sdk("PUBLIC_CLERK_", _PLAIN),
    "react-router": Sdk(_VITE, _PLAIN),
    "tanstack-start": Sdk(_VITE, _PLAIN),
    "express": _API,
    # its plugin finds the key set by the publishable key alone, whatever CLERK_API_URL says; the key itself needs no look-up
    "fastify": Sdk(_PLAIN, _PLAIN, is_rendering=False, needs_jwt_key=True),
    "hono": _API,
    "node": _API,
}


@dataclass(frozen=True, slots=True)
class App:
    """An app that uses a separate server. `secret_key` and `jwt_key` are empty when unknown or not requested."""

    url: str
    publishable_key: str
    secret_key: str = ""
    jwt_key: str = ""
    has_own_pages: bool = False


def lines(name: str, sdk_major: int, app: App) -> list[str]:
    """`KEY=value` lines for one kind of app; no value holds a space. Raises: ConfigError for an unknown name or major."""
    check(name, sdk_major)
    if name in PYTHON:
        secret = [f"SOJOURN_SECRET_KEY={app.secret_key}"] if app.secret_key else []
        return [f"SOJOURN_URL={app.url}", f"SOJOURN_PUBLISHABLE_KEY={app.publishable_key}", *secret]
    sdk = SDKS[name]
    values = {f"{sdk.public}PUBLISHABLE_KEY": app.publishable_key, f"{sdk.public}PROXY_URL": app.url}
    if sdk.is_rendering:
        values |= _scripts(name, sdk_major, app.url)
    values |= _pages(name, sdk_major, app)
    values[f"{sdk.public}TELEMETRY_DISABLED"] = "1"
    if sdk.is_rendering and sdk.private and not (name == "nextjs" and sdk_major < 6):
        values[f"{sdk.public}KEYLESS_DISABLED"] = "1"
    values |= _of_the_server(sdk, app)
    return [f"{key}={value}" for key, value in values.items()]


@dataclass(frozen=True, slots=True)
class Snippet:
    """The lines for one SDK, without the secret key; `secret_variable` is its name, where the SDK takes one."""

    sdk: str
    lines: list[str]
    secret_variable: str | None
    hint: str


def snippets(app: App, sdk_major: int) -> list[Snippet]:
    """The lines for every SDK. Raises: ConfigError for an unknown major."""
    return [
        Snippet(
            name, lines(name, sdk_major, app), secret_variable(name), "" if app.has_own_pages else own_pages_hint(name)
        )
        for name in (*SDKS, *PYTHON)
    ]


def secret_variable(name: str) -> str | None:
    """The variable of the secret key; None for an SDK of the browser alone."""
    if name in PYTHON:
        return "SOJOURN_SECRET_KEY"
    return f"{SDKS[name].private}SECRET_KEY" if SDKS[name].private else None


def one_line(pem: str) -> str:
    """A public key as the published SDKs take it: base64 of the DER form (RFC 5280 section 4.1.2.7), without the PEM's lines.

    Empty for Ed25519, which they do not verify.
    """
    key = "".join(line for line in pem.splitlines() if not line.startswith("-----"))
    return key if len(key) >= _RSA_KEY else ""


def own_pages_hint(name: str) -> str:
    """The change to make once an app has its own sign-in pages; empty for SDKs that take them as properties or serve no pages."""
    sdk = SDKS.get(name)
    if sdk is None or not sdk.is_rendering:
        return ""
    return (
        f"Sign-in and sign-up happen on the server's own pages. Once the app has pages for them, set {sdk.public}SIGN_IN_URL=/sign-in "
        f"and {sdk.public}SIGN_UP_URL=/sign-up; `sojourn env {name} --own-pages` prints them so."
    )


def check(name: str, sdk_major: int) -> None:
    """Raises: ConfigError."""
    if name not in SDKS and name not in PYTHON:
        raise ConfigError(f"unknown framework {name!r}; choose one of {', '.join([*SDKS, *PYTHON])}")
    if name == "nextjs" and sdk_major not in JS_MAJORS:
        raise ConfigError("--sdk-major must be 4, 5, 6 or 7")


def _scripts(name: str, sdk_major: int, url: str) -> dict[str, str]:
    prefix = SDKS[name].public
    js = JS_MAJORS.get(sdk_major, 6) if name == "nextjs" else 6
    variable = "JS" if name == "nextjs" and sdk_major == 4 else "JS_URL"
    values = {f"{prefix}{variable}": f"{url}/npm/@clerk/clerk-js@{js}/dist/clerk.browser.js"}
    if js == 6:
        values[f"{prefix}UI_URL"] = f"{url}/npm/@clerk/ui@1/dist/ui.browser.js"
    return values


def _pages(name: str, sdk_major: int, app: App) -> dict[str, str]:
    """The URLs of the sign-in and sign-up pages.

    Set even for the server's own pages, because SDK servers otherwise build an https URL from the publishable key.
    """
    prefix = SDKS[name].public
    base = "" if app.has_own_pages else app.url
    values = {f"{prefix}SIGN_IN_URL": f"{base}/sign-in", f"{prefix}SIGN_UP_URL": f"{base}/sign-up"}
    if name == "nextjs" and sdk_major < 7:
        values |= {f"{prefix}AFTER_SIGN_IN_URL": "/", f"{prefix}AFTER_SIGN_UP_URL": "/"}
    return values


def _of_the_server(sdk: Sdk, app: App) -> dict[str, str]:
    if not sdk.private:
        return {}
    values = {f"{sdk.private}SECRET_KEY": app.secret_key} if app.secret_key else {}
    values[f"{sdk.private}API_URL"] = app.url
    if sdk.needs_jwt_key and app.jwt_key:
        values[f"{sdk.private}JWT_KEY"] = app.jwt_key
    values["CLERK_FAPI_URL"] = app.url  # read by `frontendApiProxy` only, and without a prefix by all
    return values
