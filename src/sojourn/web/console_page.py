"""The dashboard's page and files, as the build left them in `ui/assets/dashboard` (R-HDR-01).

The page is one HTML document for every address below the dashboard; its script decides what it shows. The address of the dashboard and
a new nonce are written into each response. The files have hashed names, so browsers may keep them.
"""

import gzip
import html
import re
import secrets
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from sojourn.web.headers import Headers

_BASE, _NONCE = "__BASE__", "__NONCE__"
_KINDS = {"js": b"text/javascript", "css": b"text/css", "svg": b"image/svg+xml", "woff2": b"font/woff2"}
_NAME = re.compile(r"[A-Za-z0-9_.-]+\.([a-z0-9]+)")
_COMPRESSED = ("js", "css")
_NOT_BUILT = "<!doctype html><title>Sojourn</title><p>The dashboard is not built in this checkout. Run <code>make setup</code>.</p>"
_FOR_A_YEAR = (b"cache-control", b"public, max-age=31536000, immutable")
_PAGE: Headers = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """A file of the built dashboard; `gzipped` is None where compression gains nothing."""

    content: bytes
    gzipped: bytes | None
    kind: bytes

    def answer(self, accepted_encodings: str) -> tuple[bytes, Headers]:
        """Body and headers for a request with this Accept-Encoding header."""
        headers: Headers = [
            (b"content-type", self.kind),
            _FOR_A_YEAR,
            (b"vary", b"Accept-Encoding"),
            (b"cross-origin-resource-policy", b"same-origin"),
        ]
        if self.gzipped is not None and _accepts_gzip(accepted_encodings):
            return self.gzipped, [*headers, (b"content-encoding", b"gzip")]
        return self.content, headers


def console_page(base: str) -> tuple[bytes, Headers]:
    """Body and headers of the dashboard's page. `base` is its address or path, with or without a slash at its end."""
    nonce = secrets.token_urlsafe(16)
    address = html.escape(base.rstrip("/") + "/")
    body = _template().replace(_BASE, address).replace(_NONCE, nonce)
    return body.encode(), [*_PAGE, (b"content-security-policy", _policy(nonce).encode())]


@cache
def dashboard_file(name: str) -> DashboardFile | None:
    """The file `assets/{name}` of the built dashboard; None if there is none."""
    matched = _NAME.fullmatch(name)
    kind = _KINDS.get(matched[1]) if matched else None
    file = _built().joinpath("assets", name)
    if matched is None or kind is None or not file.is_file():
        return None
    content = file.read_bytes()
    return DashboardFile(content, gzip.compress(content, 9, mtime=0) if matched[1] in _COMPRESSED else None, kind)


def _policy(nonce: str) -> str:
    """Only scripts and styles with the nonce, and what these scripts load themselves.

    The one Trusted Types policy, `default`, lets the text of style sheets pass (`frontend/dashboard/src/trusted_types.ts`).
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            f"style-src 'nonce-{nonce}'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
            "trusted-types default",
            "require-trusted-types-for 'script'",
        )
    )


def _accepts_gzip(accepted: str) -> bool:
    words = (part.replace(" ", "").lower().split(";") for part in accepted.split(","))
    return any(word[0] == "gzip" and "q=0" not in word[1:] for word in words)


@cache
def _template() -> str:
    page = _built().joinpath("index.html")
    return page.read_text("utf-8") if page.is_file() else _NOT_BUILT


def _built() -> Traversable:
    return resources.files("sojourn.ui").joinpath("assets", "dashboard")
