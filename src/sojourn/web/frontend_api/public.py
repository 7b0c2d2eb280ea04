"""Public resources: keys, health, and the browser bundles."""

import asyncio
import hashlib
import re
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from sojourn.errors import NotFound
from sojourn.resources.avatars import drawn
from sojourn.users.images import CONTENT_TYPE
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend, public

_BUNDLE = re.compile(r"/@clerk/([a-z-]{1,32})@([0-9A-Za-z.-]{1,32})/dist/([0-9A-Za-z._-]{1,128})")
_HUE = re.compile(r"[0-9]{1,3}")
_TYPES = {
    "js": "text/javascript",
    "mjs": "text/javascript",
    "css": "text/css",
    "json": "application/json",
    "txt": "text/plain",
}
_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=300"
_NOTHING_RUNS = "default-src 'none'; sandbox"


@get("/.well-known/jwks.json", operation_id="getJWKS", opt=public())
async def jwks(context: Context) -> Response[bytes]:
    """The public keys that session tokens are signed with (R-KEY-04)."""
    return _tagged(context, await context.engine.key_store.jwks(context.instance))


@get("/.well-known/openid-configuration", opt=public())
async def discovery(context: Context) -> Response[bytes]:
    """The issuer and its key set, for verifiers that start from the issuer's address (OpenID Connect Discovery 1.0, section 4).

    Only accepted features are advertised; there are no OAuth endpoints (R-ADV-01).
    """
    issuer = context.instance.public_url
    ring = await context.engine.key_store.ring(context.instance)
    algorithms = sorted({key.algorithm.value for key in ring.keys})
    return _tagged(
        context,
        {
            "issuer": issuer,
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": algorithms,
            "response_types_supported": [],
            "claims_supported": ["azp", "exp", "iat", "iss", "jti", "nbf", "sid", "sub"],
        },
    )


@get("/.well-known/change-password", opt=frontend(limit=None))
async def change_password(context: Context) -> Response[bytes]:
    """Redirects password managers to the page for changing a password (W3C: A Well-Known URL for Changing Passwords)."""
    place = f"{context.instance.public_url}/user/security"
    return Response(b"", status_code=302, headers={"Location": place, "Cache-Control": "no-store"})


def _tagged(context: ClientContext, content: object) -> Response[bytes]:
    """A public response with its ETag: 304 without a body if the caller has this version (RFC 9110, section 13.1.2)."""
    answer = context.json(content)
    tag = f'"{_tag(answer.content)}"'
    answer.headers.update({"Cache-Control": "public, max-age=300", "Vary": "Accept-Encoding", "ETag": tag})
    if _has(context.request.header(b"if-none-match"), tag):
        return Response(b"", status_code=304, headers=dict(answer.headers))
    return answer


def _has(known: str | None, tag: str) -> bool:
    """Weak comparison of `If-None-Match`; a list may be sent more than once, joined by commas."""
    tags = [] if known is None else [item.strip().removeprefix("W/") for item in known.split(",")]
    return tag in tags or tags == ["*"]


def _tag(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


@get("/v1/health", operation_id="getHealth", opt=public(any_host=True))
async def health(context: Context) -> Response[bytes]:
    return context.json({"status": "healthy"})


@get("/health", opt=public(any_host=True))
async def ready(context: Context) -> Response[bytes]:
    """For load balancers and scripts that wait for the server."""
    return context.json({"status": "healthy"})


@get("/v1/avatars/{hue:str}/{name:str}", opt=public())
async def avatar(hue: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """The generated avatar of a user; opened as a document, its policy allows no scripts. Raises: NotFound."""
    if not _HUE.fullmatch(hue):
        raise NotFound("No such picture.")
    headers = {"Cache-Control": _FOREVER, "Content-Security-Policy": _NOTHING_RUNS}
    return Response(drawn(int(hue), name.removesuffix(".svg")).encode(), media_type="image/svg+xml", headers=headers)


@get("/v1/images/{image_id:str}", opt=public())
async def image(context: Context, image_id: FromPath[str]) -> Response[bytes]:
    """The picture of a user, public at its unguessable URL. Raises: NotFound."""
    found = await context.engine.profile_images.find(context.instance, image_id)
    headers = {"Cache-Control": _FOREVER, "Content-Security-Policy": _NOTHING_RUNS}
    return Response(found.content, media_type=CONTENT_TYPE, headers=headers)


@get("/npm/{bundle:path}", opt=public())
async def bundle(bundle: FromPath[str]) -> Response[bytes]:
    """A file of a published browser package, by major version, tag or exact version.

    A bundle loads its parts from the path of its exact version, so both paths must work.
    """
    match = _BUNDLE.fullmatch(bundle)
    if match is None:
        raise NotFound("No such bundle.")
    package, asked, name = match.groups()
    exact = _versions().get(package, {}).get(asked)
    if exact is None:
        raise NotFound("No such bundle version.")
    content = await asyncio.to_thread(_read, f"@clerk/{package}@{exact}", name)
    kind = _TYPES.get(name.rpartition(".")[2])
    if content is None or kind is None:
        raise NotFound("No such file in this bundle.")
    caching = _FOREVER if asked == exact else _SHORTLY
    return Response(content, media_type=kind, headers={"Cache-Control": caching})


def _assets() -> Traversable:
    return resources.files("sojourn.ui").joinpath("assets", "npm")


@lru_cache(maxsize=1)
def _versions() -> dict[str, dict[str, str]]:
    """Package name to requested version (major, tag or exact) to exact version. Empty until the assets are built."""
    manifest = _assets().joinpath("manifest.json")
    try:
        listed = msgspec.json.decode(manifest.read_bytes(), type=dict[str, dict[str, str]])
    except FileNotFoundError:
        return {}
    found: dict[str, dict[str, str]] = {}
    for package, tags in listed.items():
        names = dict(tags)
        names |= {exact: exact for exact in tags.values()}
        if "latest" not in names:
            names["latest"] = tags[max(tags, key=_major)]
        found[package.removeprefix("@clerk/")] = names
    return found


def _major(tag: str) -> int:
    return int(tag) if tag.isdecimal() else -1


def _read(folder: str, name: str) -> bytes | None:
    try:
        return _assets().joinpath(folder, "dist", name).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None


HANDLERS = [jwks, discovery, change_password, health, ready, avatar, image, bundle]
