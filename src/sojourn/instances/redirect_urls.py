"""Redirect URLs of native apps: allowed redirect targets outside the web (R-WEB-05)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sojourn.errors import FieldFormat, FieldTooLong
from sojourn.instances.instance import Instance
from sojourn.instances.records import SERVER, Records
from sojourn.instant import Instant
from sojourn.origin import is_loopback
from sojourn.store.interface import Page, Record

_URL_LIMIT = 2048
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_CUSTOM_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,63}", re.ASCII)
_ACTIVE_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp", "mailto", "tel"}
)


@dataclass(frozen=True, slots=True)
class RedirectUrl:
    id: str
    url: str
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class RedirectUrls:
    records: Records

    async def list(self, instance: Instance, page: Page) -> Sequence[RedirectUrl]:
        return [_redirect_url(row) for row in await self.records.store.records.list(instance.id, "redirect_url", page)]

    async def get(self, instance: Instance, id: str) -> RedirectUrl:
        """Raises: NotFound."""
        return _redirect_url(await self.records.get(instance, "redirect_url", id))

    async def add(self, instance: Instance, url: str, *, actor: str = SERVER) -> RedirectUrl:
        """Raises: FieldFormat (R-WEB-05), FieldError if it is already listed."""
        normal = checked_url(url, loopback=instance.is_development)
        return _redirect_url(await self.records.add(instance, "redirect_url", normal, {}, actor, "url"))

    async def delete(self, instance: Instance, id: str, *, actor: str = SERVER) -> RedirectUrl:
        return _redirect_url(await self.records.remove(instance, "redirect_url", id, actor))


def checked_url(url: str, *, loopback: bool) -> str:
    """The normalized `url`: https, a full URL with a custom scheme, or with `loopback` http on this machine.

    Raises: FieldTooLong, FieldFormat (R-WEB-05).
    """
    if len(url.encode("utf-8", "surrogatepass")) > _URL_LIMIT:
        raise FieldTooLong("url", _URL_LIMIT)
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        parts, port, host = SplitResult("", "", "", "", ""), None, None
    if _FORBIDDEN_IN_URL.search(url) or not parts.scheme or "@" in parts.netloc:
        raise FieldFormat("url must be an absolute URL without user name, spaces or backslashes.", param="url")
    if parts.scheme not in ("http", "https"):
        return _custom_url(url, parts)
    if host is None or (parts.scheme == "http" and not (loopback and is_loopback(host))):
        raise FieldFormat("url must start with https://, or be a custom scheme of an app.", param="url")
    shown = f"[{host}]" if ":" in host else host
    default = {"http": 80, "https": 443}[parts.scheme]
    netloc = shown if port in (None, default) else f"{shown}:{port}"
    return urlunsplit(SplitResult(parts.scheme, netloc, parts.path, parts.query, parts.fragment))


def _custom_url(url: str, parts: SplitResult) -> str:
    if _CUSTOM_SCHEME.fullmatch(parts.scheme) is None or parts.scheme in _ACTIVE_SCHEMES or "://" not in url:
        raise FieldFormat("url must start with https://, or be a custom scheme of an app.", param="url")
    return parts.scheme + url[len(parts.scheme) :]


def _redirect_url(row: Record) -> RedirectUrl:
    return RedirectUrl(row.id, row.key, row.created_at, row.updated_at)
