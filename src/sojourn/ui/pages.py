"""Hosted pages: sign-in, sign-up, profile and sign-out, drawn by the published components (R-HDR-01)."""

import secrets
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader
from litestar import MediaType, Response, get

from sojourn.errors import NotFound, SojournError
from sojourn.instances.instance import Instance
from sojourn.instances.settings import ThemeSettings
from sojourn.instances.theme_values import WebAddress
from sojourn.ui.ended import told_end
from sojourn.ui.forms import plain_form, profile_form, sign_up_form
from sojourn.ui.theme import component_looks, look
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import IMAGE_TOO_LARGE, frontend, public

_SCRIPTS = ("clerk-js@6/dist/clerk.browser.js", "ui@1/dist/ui.browser.js")
TITLES = {
    "sign-in": "Sign in", "sign-up": "Sign up", "user": "Your account", "sign-out": "Sign out", "continue": "Continue",
    "join": "Become an administrator", "open": "Open the dashboard",
}  # fmt: skip
_COMPONENTS = "components.js"
_KEPT_FIELDS = "kept_fields.js"
_ICON = "favicon.svg"
_STATIC = {
    "page.js": "text/javascript", "page.css": "text/css", _ICON: "image/svg+xml",
    _COMPONENTS: "text/javascript", _KEPT_FIELDS: "text/javascript",
}  # fmt: skip
_THEME = "theme.css"
_OF_APPS = {"Cache-Control": "no-cache", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Files that apps' pages load, on any origin."""
_WORDS = {
    "userProfile": {"profilePage": {"fileDropAreaHint": "Recommended size 1:1, up to 5 MB."}},
    "unstable__errors": {"avatar_file_size_exceeded": IMAGE_TOO_LARGE},
}
"""The components themselves accept ten megabytes and show that limit."""

_LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*")


@get(["/sign-in", "/sign-in/{step:path}"], include_in_schema=False, opt=frontend(limit=None))
async def sign_in(context: Context) -> Response[str]:
    return _page(context, "sign-in", plain_form(context, "sign-in"), ended=await told_end(context))


@get(["/sign-up", "/sign-up/{step:path}"], include_in_schema=False, opt=frontend(limit=None))
async def sign_up(context: Context) -> Response[str]:
    return _page(context, "sign-up", sign_up_form(context))


@get(["/user", "/user/{step:path}"], include_in_schema=False, opt=frontend(limit=None))
async def user(context: Context) -> Response[str]:
    try:
        _, _, person = await context.acting()
    except SojournError:
        person = None
    return _page(context, "user", profile_form(context, person))


@get("/sign-out", include_in_schema=False, opt=frontend(limit=None))
async def sign_out(context: Context) -> Response[str]:
    """Asks for confirmation first, because a link on another site must not end a session (R-WEB-02)."""
    return _page(context, "sign-out", plain_form(context, "sign-out"))


@get("/favicon.ico", include_in_schema=False, opt=public())
async def icon() -> Response[bytes]:
    """The icon at the path where browsers look for it."""
    return Response(_file(_ICON), media_type=_STATIC[_ICON], headers={"Cache-Control": "public, max-age=86400"})


@get("/static/{name:str}", include_in_schema=False, opt=public())
async def static(context: Context) -> Response[bytes]:
    name = context.request.path.rpartition("/")[2]
    if name == _THEME:
        return Response(theme_css(context.instance.settings.theme).encode(), media_type="text/css", headers=_OF_APPS)
    kind = _STATIC.get(name)
    if kind is None:
        raise NotFound()
    if name != _COMPONENTS:
        return Response(_file(name), media_type=kind, headers=_OF_APPS)
    # the script for apps' pages is prefixed with values that the pages do not know
    told = b"window.sojournLooks = %s;\n" % msgspec.json.encode(looks(context.instance))
    # the functions that it calls may be defined later, because it waits for other scripts first
    return Response(told + _file(name) + _file(_KEPT_FIELDS), media_type=kind, headers=_OF_APPS)


def _page(context: ClientContext, name: str, form: Mapping[str, object], *, ended: str | None = None) -> Response[str]:
    """`form` is for browsers without JavaScript, `ended` says why they are signed out."""
    instance = context.instance
    nonce, headers = page_policy(instance)
    theme = instance.settings.theme
    html = (
        templates()
        .get_template("page.html")
        .render(
            nonce=nonce,
            page=name,
            form=form,
            ended=ended,
            title=TITLES[name],
            application=instance.settings.application_name,
            is_development=instance.is_development,
            theme=theme,
            look=look(theme),
            base=instance.public_url,
            key=instance.publishable_key,
            scripts=[f"{instance.public_url}/npm/@clerk/{script}" for script in _SCRIPTS],
            facts=msgspec.json.encode(_facts(instance, name)).decode().replace("<", "\\u003c"),
        )
    )
    return Response(html, media_type=MediaType.HTML, headers=headers)


def _facts(instance: Instance, name: str) -> dict[str, object]:
    """Values for the script of the page."""
    settings = instance.settings
    return {
        "page": name,
        "base": instance.public_url,
        "home": settings.paths.home_url or "/user",
        "afterSignIn": settings.paths.after_sign_in_url or settings.paths.home_url or "/user",
        "afterSignUp": settings.paths.after_sign_up_url or settings.paths.home_url or "/user",
        "afterSignOut": settings.paths.after_sign_out_url or settings.paths.home_url or "/sign-in",
        "origins": [*settings.allowed_origins, *(_LOOPBACK if instance.is_development else ())],
        "looks": looks(instance),
    }


def looks(instance: Instance) -> dict[str, object]:
    """Component options: the theme as component variables, and localization where the default text does not apply."""
    return {**component_looks(instance.settings.theme), "localization": _WORDS}


COMPONENT_STYLES = " ".join(
    (
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
        "'sha256-KQDhUccuEkZUQDnfbVDeY+ev2LZ+73AQR7ro4JppAY8='",
    )
)
"""Two fixed style sheets that the components add without a nonce: an empty one, and that of the code field (decision 0001)."""

PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "Cookie, Authorization, Origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page_policy(instance: Instance) -> tuple[str, dict[str, str]]:
    """A nonce, and the headers of a page whose styles and scripts carry it."""
    nonce = secrets.token_urlsafe(16)
    return nonce, {"Content-Security-Policy": _policy(nonce, instance), **PAGE_HEADERS}


def _policy(nonce: str, instance: Instance) -> str:
    """Allows only our own scripts.

    The components set styles by script with the nonce; their avatars are data URLs or our own.
    """
    # the response to a form may redirect to the app, and browsers apply the same directive to it
    onward = " ".join(("'self'", *instance.settings.allowed_origins, *(_LOOPBACK if instance.is_development else ())))
    rules = [
        "default-src 'none'",
        f"script-src 'nonce-{nonce}' 'strict-dynamic'",
        f"style-src 'self' 'nonce-{nonce}' {COMPONENT_STYLES}",
        f"img-src 'self' data: {_logo_origin(instance)}".rstrip(),
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        f"form-action {onward}",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
    return "; ".join(rules)


def _logo_origin(instance: Instance) -> str:
    logo = instance.settings.theme.logo_url
    return WebAddress.parse(logo).origin if logo else ""


def theme_css(theme: ThemeSettings) -> str:
    """The owner's colours as CSS custom properties, for denial pages in apps."""
    module: Any = templates().get_template("_look.html").module
    return str(module.rules(look(theme)))


@cache
def templates() -> Environment:
    return Environment(loader=PackageLoader("sojourn.ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@cache
def _file(name: str) -> bytes:
    return resources.files("sojourn.ui").joinpath("static", name).read_bytes()


HANDLERS = [sign_in, sign_up, user, sign_out, icon, static]
