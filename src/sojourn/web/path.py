"""Normalizes the path of a request, once for the router, the limits, the choice of the API and the log (R-WEB-08)."""

import re
from collections.abc import Mapping
from typing import cast

from litestar.types import HTTPScope

from sojourn.errors import SojournError

# Two parsers could read each of these differently: RFC 3986 sections 2.1, 3.3 and 5.2.4.
_REFUSED = re.compile(r"//|[\x00-\x1f\x7f-\x9f\\;\ud800-\udfff\ufffd]|(?:^|/)\.\.?(?:/|$)|%(?:2[fF]|5[cC])|^(?!/)")
_REFUSED_RAW = re.compile(rb"%(?:2[fF]|5[cC])")


class PathRefused(SojournError):
    code = "request_path_invalid"
    message = "Invalid path"
    advice = (
        "The path holds a doubled slash, a dot segment, an encoded slash or backslash, a semicolon, a control "
        "character or bytes that are not UTF-8. Send the path as the documentation writes it."
    )


def made_path(scope: HTTPScope, prefix: str = "") -> str:
    """The path below the mount point, percent-decoded once by the server, without one last slash; case counts.

    `prefix` is the path of the public URL. It is removed if the reverse proxy has kept it and nothing is mounted there.
    Raises: PathRefused.
    """
    optional = cast("Mapping[str, bytes | str | None]", scope)
    raw, root = optional.get("raw_path"), optional.get("root_path")
    if isinstance(raw, bytes) and _REFUSED_RAW.search(raw):
        raise PathRefused()
    path = _below(scope["path"], str(root or ""), prefix)
    if _REFUSED.search(path):
        raise PathRefused()
    return path[:-1] if path[-1] == "/" and len(path) > 1 else path


def _below(path: str, root: str, prefix: str) -> str:
    mount = root.rstrip("/") or prefix
    if mount and path.startswith(mount) and path[len(mount) : len(mount) + 1] in ("", "/"):
        return path[len(mount) :] or "/"
    return path
