"""What an owner lists: JWT templates, redirect URLs, who may sign up and who may not."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sojourn.errors import ConfigError, FieldError, FieldFormat, FieldTooLong, Json, NotAllowedAccess, NotFound
from sojourn.events.audit_log import AuditLog
from sojourn.ids import InstanceId, new_id, well_formed
from sojourn.instances.instance import Instance
from sojourn.instant import Clock, Instant
from sojourn.origin import is_loopback
from sojourn.secret import Secret
from sojourn.store.interface import Page, Record, RecordKind, Store
from sojourn.tokens.sealing import Sealer, SealingError
from sojourn.tokens.template_keys import TemplateAlgorithm, TemplateKey
from sojourn.tokens.templates import check_template
from sojourn.users.identifiers import is_test_address, normal_email, normal_phone, trimmed
from sojourn.users.metadata import checked_metadata

SERVER = "backend_api"

ListName = Literal["allowlist_identifier", "blocklist_identifier"]
IdentifierType = Literal["email_address", "phone_number"]

_PREFIX: Mapping[RecordKind, str] = {
    "jwt_template": "jtmp_",
    "redirect_url": "ru_",
    "allowlist_identifier": "alid_",
    "blocklist_identifier": "blid_",
}
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_CLAIMS_LIMIT = 2048  # bytes: tokens travel in headers and cookies
_LIFETIME = range(30, 315_360_001)  # seconds, as published
_SKEW = range(301)  # seconds
_URL_LIMIT = 2048
_FORBIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_CUSTOM_SCHEME = re.compile(r"[a-z][a-z0-9+.-]{1,63}", re.ASCII)
_ACTIVE_SCHEMES = frozenset(
    {"javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp", "mailto", "tel"}
)
_DOMAIN = re.compile(r"(?:\*@|@)?((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJwtTemplate:
    """`lifetime` and `allowed_clock_skew` in seconds."""

    name: str
    claims: Mapping[str, Json]
    lifetime: int = 60
    allowed_clock_skew: int = 5
    signing: TemplateKey | None = None


@dataclass(frozen=True, slots=True)
class JwtTemplate:
    """`signing` None: signed with the instance's own key."""

    id: str
    name: str
    claims: Mapping[str, Json]
    lifetime: int
    allowed_clock_skew: int
    created_at: Instant
    updated_at: Instant
    signing: TemplateKey | None = None


@dataclass(frozen=True, slots=True)
class RedirectUrl:
    id: str
    url: str
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class ListedIdentifier:
    """An address, a number, or every address of a domain (`*@example.com`)."""

    id: str
    identifier: str
    identifier_type: IdentifierType
    created_at: Instant
    updated_at: Instant


@dataclass(frozen=True, slots=True)
class Records:
    store: Store
    clock: Clock
    audit: AuditLog
    sealer: Sealer

    async def count(self, instance: Instance, kind: RecordKind) -> int:
        return await self.store.records.count(instance.id, kind)

    # -- JWT templates

    async def templates(self, instance: Instance, page: Page) -> Sequence[JwtTemplate]:
        return [self._template(row) for row in await self.store.records.list(instance.id, "jwt_template", page)]

    async def template(self, instance: Instance, id: str) -> JwtTemplate:
        """Raises: NotFound."""
        return self._template(await self._get(instance, "jwt_template", id))

    async def template_named(self, instance: Instance, name: str) -> JwtTemplate | None:
        if _NAME.fullmatch(name) is None:
            return None
        row = await self.store.records.find_by_key(instance.id, "jwt_template", name)
        return None if row is None else self._template(row)

    async def create_template(self, instance: Instance, new: NewJwtTemplate, *, actor: str = SERVER) -> JwtTemplate:
        """Raises: FieldFormat, FieldError (reserved claim, out of bounds, name taken)."""
        _check_template(new)
        id = new_id(_PREFIX["jwt_template"])
        body = self._template_body(instance, id, new)
        return self._template(await self._add(instance, "jwt_template", new.name, body, actor, "name", id=id))

    async def update_template(
        self, instance: Instance, id: str, new: NewJwtTemplate, *, actor: str = SERVER
    ) -> JwtTemplate:
        """Replace the template whole. Raises: NotFound, and as `create_template`."""
        _check_template(new)
        row = await self._get(instance, "jwt_template", id)
        other = await self.store.records.find_by_key(instance.id, "jwt_template", new.name)
        if other is not None and other.id != row.id:
            raise _taken("name")
        changed = replace(
            row, key=new.name, body=self._template_body(instance, row.id, new), updated_at=self.clock.now()
        )
        async with self.store.transaction() as tx:
            if not await tx.records.replace(changed):
                raise _taken("name")
            await self.audit.record(tx, instance, "jwt_template.updated", target=row.id, actor=actor)
        return self._template(changed)

    async def delete_template(self, instance: Instance, id: str, *, actor: str = SERVER) -> JwtTemplate:
        return self._template(await self._remove(instance, "jwt_template", id, actor))

    def _template_body(self, instance: Instance, id: str, new: NewJwtTemplate) -> dict[str, Json]:
        """What is stored: a key of the owner's own only sealed, for this row of this instance (R-KEY-01)."""
        body: dict[str, Json] = {
            "claims": dict(new.claims), "lifetime": new.lifetime, "allowed_clock_skew": new.allowed_clock_skew,
        }  # fmt: skip
        if new.signing is not None:
            sealed = self.sealer.seal(new.signing.private_pem.reveal().encode(), _key_place(instance.id, id))
            body["signing"] = {"algorithm": new.signing.algorithm.value, "sealed_private": b64encode(sealed).decode()}
        return body

    def _template(self, row: Record) -> JwtTemplate:
        claims, lifetime, skew = row.body["claims"], row.body["lifetime"], row.body["allowed_clock_skew"]
        assert isinstance(claims, dict) and isinstance(lifetime, int) and isinstance(skew, int)
        key = self._own_key(row)
        return JwtTemplate(row.id, row.key, claims, lifetime, skew, row.created_at, row.updated_at, key)

    def _own_key(self, row: Record) -> TemplateKey | None:
        """Raises: ConfigError when the root key is another's."""
        stored = row.body.get("signing")
        if stored is None:
            return None
        assert isinstance(stored, dict)
        try:
            pem = self.sealer.open(b64decode(str(stored["sealed_private"])), _key_place(row.instance_id, row.id))
        except SealingError as error:
            raise ConfigError(
                "SOJOURN_ROOT_KEYS does not open the signing keys of JWT templates: set the root key they were made with"
            ) from error
        return TemplateKey(TemplateAlgorithm(str(stored["algorithm"])), Secret(pem.decode()))

    # -- redirect URLs

    async def redirect_urls(self, instance: Instance, page: Page) -> Sequence[RedirectUrl]:
        return [_redirect_url(row) for row in await self.store.records.list(instance.id, "redirect_url", page)]

    async def redirect_url(self, instance: Instance, id: str) -> RedirectUrl:
        """Raises: NotFound."""
        return _redirect_url(await self._get(instance, "redirect_url", id))

    async def add_redirect_url(self, instance: Instance, url: str, *, actor: str = SERVER) -> RedirectUrl:
        """Raises: FieldFormat (R-WEB-05), FieldError when it is listed already."""
        normal = checked_url(url, loopback=instance.is_development)
        return _redirect_url(await self._add(instance, "redirect_url", normal, {}, actor, "url"))

    async def delete_redirect_url(self, instance: Instance, id: str, *, actor: str = SERVER) -> RedirectUrl:
        return _redirect_url(await self._remove(instance, "redirect_url", id, actor))

    # -- who may sign up

    async def listed(self, instance: Instance, name: ListName, page: Page) -> Sequence[ListedIdentifier]:
        return [_listed(row) for row in await self.store.records.list(instance.id, name, page)]

    async def add_listed(
        self, instance: Instance, name: ListName, identifier: str, *, actor: str = SERVER
    ) -> ListedIdentifier:
        """List an address, a phone number or `*@domain`. Raises: FieldFormat, FieldError when it is listed already."""
        kind, canonical = _canonical(identifier)
        return _listed(await self._add(instance, name, canonical, {"identifier_type": kind}, actor, "identifier"))

    async def delete_listed(
        self, instance: Instance, name: ListName, id: str, *, actor: str = SERVER
    ) -> ListedIdentifier:
        return _listed(await self._remove(instance, name, id, actor))

    async def check_allowed(self, instance: Instance, canonical: str) -> None:
        """Raises: NotAllowedAccess when the lists in force keep this canonical e-mail address or phone number out."""
        protection = instance.settings.protection
        if protection.blocklist and await self._lists(instance, "blocklist_identifier", canonical):
            raise NotAllowedAccess()
        if protection.allowlist and not await self._lists(instance, "allowlist_identifier", canonical):
            raise NotAllowedAccess()

    async def check_new_address(self, instance: Instance, canonical: str) -> None:
        """As `check_allowed`, for an address that would be new here: subaddresses are refused where that is set."""
        await self.check_allowed(instance, canonical)
        is_sub = "+" in canonical.partition("@")[0] and "@" in canonical
        is_test = instance.is_development and instance.settings.test_mode and is_test_address(canonical)
        if is_sub and instance.settings.protection.block_email_subaddresses and not is_test:
            raise NotAllowedAccess("E-mail addresses with a + are not accepted here.", param="email_address")

    async def _lists(self, instance: Instance, name: ListName, canonical: str) -> bool:
        _, at, domain = canonical.rpartition("@")
        for key in (canonical, f"*@{domain}") if at else (canonical,):
            if await self.store.records.find_by_key(instance.id, name, key) is not None:
                return True
        return False

    # -- shared

    async def _get(self, instance: Instance, kind: RecordKind, id: str) -> Record:
        row = await self.store.records.find(instance.id, kind, id) if well_formed(id) else None
        if row is None:
            raise NotFound()
        return row

    async def _add(
        self,
        instance: Instance,
        kind: RecordKind,
        key: str,
        body: Mapping[str, Json],
        actor: str,
        param: str,
        *,
        id: str | None = None,
    ) -> Record:
        now = self.clock.now()
        row = Record(id or new_id(_PREFIX[kind]), instance.id, kind, key, body, now, now)
        async with self.store.transaction() as tx:
            if not await tx.records.create(row):
                raise _taken(param)
            await self.audit.record(tx, instance, f"{kind}.created", target=row.id, actor=actor)
        return row

    async def _remove(self, instance: Instance, kind: RecordKind, id: str, actor: str) -> Record:
        row = await self._get(instance, kind, id)
        async with self.store.transaction() as tx:
            if not await tx.records.delete(instance.id, kind, row.id):
                raise NotFound()
            await self.audit.record(tx, instance, f"{kind}.deleted", target=row.id, actor=actor)
        return row


def checked_url(url: str, *, loopback: bool) -> str:
    """`url` in its normal spelling: https, a custom scheme in full, or where `loopback` allows http on this machine.

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


def _check_template(new: NewJwtTemplate) -> None:
    if _NAME.fullmatch(new.name) is None:
        raise FieldFormat("name must be 1 to 64 letters, digits, - or _.", param="name")
    if new.lifetime not in _LIFETIME:
        raise FieldError(f"lifetime must be between {_LIFETIME[0]} and {_LIFETIME[-1]} seconds.", param="lifetime")
    if new.allowed_clock_skew not in _SKEW:
        raise FieldError(f"allowed_clock_skew must be between 0 and {_SKEW[-1]} seconds.", param="allowed_clock_skew")
    check_template(checked_metadata(new.claims, "claims", limit=_CLAIMS_LIMIT))


def _key_place(instance_id: InstanceId, id: str) -> str:
    return f"records/{id}/signing_key/{instance_id}"


def _redirect_url(row: Record) -> RedirectUrl:
    return RedirectUrl(row.id, row.key, row.created_at, row.updated_at)


def _listed(row: Record) -> ListedIdentifier:
    kind: IdentifierType = "phone_number" if row.body.get("identifier_type") == "phone_number" else "email_address"
    return ListedIdentifier(row.id, row.key, kind, row.created_at, row.updated_at)


def _canonical(identifier: str) -> tuple[IdentifierType, str]:
    """The type of an identifier and the form it is compared in. Raises: FieldFormat."""
    text = trimmed(identifier)
    if text.startswith("+"):
        return "phone_number", normal_phone(text, param="identifier").canonical
    domain = _DOMAIN.fullmatch(text.lower()) if len(text) <= 255 else None
    if domain is not None:
        return "email_address", f"*@{domain[1]}"
    return "email_address", normal_email(text, param="identifier").canonical


def _taken(param: str) -> FieldError:
    advice = "A JWT template has that name already." if param == "name" else "This is listed already."
    return FieldError(advice, param=param)
