"""JWT templates: custom claims, and optionally an own signing key, for tokens that another service verifies."""

import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sojourn.errors import ConfigError, FieldError, FieldFormat, Json
from sojourn.ids import InstanceId, new_id
from sojourn.instances.instance import Instance
from sojourn.instances.records import PREFIX, SERVER, Records, taken
from sojourn.instant import Instant
from sojourn.secret import Secret
from sojourn.store.interface import Page, Record
from sojourn.tokens.sealing import Sealer, SealingError
from sojourn.tokens.template_keys import TemplateAlgorithm, TemplateKey
from sojourn.tokens.templates import check_template
from sojourn.users.metadata import checked_metadata

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_CLAIMS_LIMIT = 2048  # bytes, because tokens are sent in headers and cookies
_LIFETIME = range(30, 315_360_001)  # seconds, as published
_SKEW = range(301)  # seconds


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
class JwtTemplates:
    records: Records
    sealer: Sealer

    async def list(self, instance: Instance, page: Page) -> Sequence[JwtTemplate]:
        return [self._template(row) for row in await self.records.store.records.list(instance.id, "jwt_template", page)]

    async def get(self, instance: Instance, id: str) -> JwtTemplate:
        """Raises: NotFound."""
        return self._template(await self.records.get(instance, "jwt_template", id))

    async def find_named(self, instance: Instance, name: str) -> JwtTemplate | None:
        if _NAME.fullmatch(name) is None:
            return None
        row = await self.records.store.records.find_by_key(instance.id, "jwt_template", name)
        return None if row is None else self._template(row)

    async def create(self, instance: Instance, new: NewJwtTemplate, *, actor: str = SERVER) -> JwtTemplate:
        """Raises: FieldFormat, FieldError (reserved claim, out of bounds, name taken)."""
        _check_template(new)
        id = new_id(PREFIX["jwt_template"])
        body = self._template_body(instance, id, new)
        return self._template(await self.records.add(instance, "jwt_template", new.name, body, actor, "name", id=id))

    async def update(self, instance: Instance, id: str, new: NewJwtTemplate, *, actor: str = SERVER) -> JwtTemplate:
        """Replace the whole template. Raises: NotFound, and as `create`."""
        _check_template(new)
        row = await self.records.get(instance, "jwt_template", id)
        other = await self.records.store.records.find_by_key(instance.id, "jwt_template", new.name)
        if other is not None and other.id != row.id:
            raise taken("name")
        changed = replace(
            row, key=new.name, body=self._template_body(instance, row.id, new), updated_at=self.records.clock.now()
        )
        async with self.records.store.transaction() as tx:
            if not await tx.records.replace(changed):
                raise taken("name")
            await self.records.audit.record(tx, instance, "jwt_template.updated", target=row.id, actor=actor)
        return self._template(changed)

    async def delete(self, instance: Instance, id: str, *, actor: str = SERVER) -> JwtTemplate:
        return self._template(await self.records.remove(instance, "jwt_template", id, actor))

    def _template_body(self, instance: Instance, id: str, new: NewJwtTemplate) -> dict[str, Json]:
        """The stored form. An own key is sealed for this row of this instance (R-KEY-01)."""
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
        """Raises: ConfigError if the root key does not match."""
        stored = row.body.get("signing")
        if stored is None:
            return None
        assert isinstance(stored, dict)
        try:
            pem = self.sealer.open(b64decode(str(stored["sealed_private"])), _key_place(row.instance_id, row.id))
        except SealingError as error:
            raise ConfigError(
                "SOJOURN_ROOT_KEYS cannot decrypt the signing keys of JWT templates: set the root key that encrypted them"
            ) from error
        return TemplateKey(TemplateAlgorithm(str(stored["algorithm"])), Secret(pem.decode()))


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
