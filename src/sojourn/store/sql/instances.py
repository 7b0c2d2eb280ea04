"""Instances, their secret keys and signing keys."""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, case, delete, literal, or_, select, update
from sqlalchemy.exc import IntegrityError

from sojourn.errors import Conflict
from sojourn.ids import InstanceId
from sojourn.instances.instance import Instance
from sojourn.instances.settings import Settings, written_back
from sojourn.instant import Instant
from sojourn.store.interface import SecretKey, StoredSigningKey
from sojourn.store.sql.columns import from_json, to_json
from sojourn.store.sql.database import Runner
from sojourn.store.sql.group import Group, first, reading
from sojourn.store.sql.hot_reads import HotReads
from sojourn.store.sql.instance_wall import spanning
from sojourn.store.sql.rows.instances import (
    instance_row,
    instances,
    secret_key_row,
    secret_keys,
    signing_key_row,
    signing_keys,
)


class SqlInstances(Group):
    def __init__(self, runner: Runner, hot: HotReads) -> None:
        super().__init__(runner)
        self._reads = hot

    async def create(self, instance: Instance) -> None:
        await self._insert(instance_row, instance)

    async def all(self) -> Sequence[Instance]:
        return await self._many(instance_row, reading(instance_row).order_by(instances.c.created_at))

    async def find(self, id: InstanceId) -> Instance | None:
        return await self._one(instance_row, instances.c.id == id)

    async def save_settings(self, id: InstanceId, settings: Settings, now: Instant, *, expected: Instant) -> bool:
        guard = (instances.c.id == id, instances.c.updated_at == expected.millis)
        async with self._run.together() as transaction:
            stored = await transaction.rows(select(instances.c.settings).where(*guard))
            if not stored:
                return False
            document = to_json(written_back(settings, from_json(str(stored[0][0]))))
            values = {"settings": document, "updated_at": now.millis}
            return await SqlInstances(transaction, self._reads)._update(instance_row, values, *guard) == 1

    async def set_address(self, id: InstanceId, publishable_key: str, public_url: str, now: Instant) -> None:
        values = {"publishable_key": publishable_key, "public_url": public_url, "updated_at": now.millis}
        await self._update(instance_row, values, instances.c.id == id)

    async def add_secret_key(self, key: SecretKey) -> None:
        try:
            async with self._undoing() as runner:
                await SqlInstances(runner, self._reads)._insert(secret_key_row, key)
        except IntegrityError as error:
            raise Conflict("This secret key has been in use before.") from error

    async def find_secret_key(self, secret_hash: bytes) -> SecretKey | None:
        return first(await self._hot(secret_key_row, self._reads.secret_key, {"hash": secret_hash}))

    async def secret_keys(self, id: InstanceId) -> Sequence[SecretKey]:
        live = reading(secret_key_row).where(secret_keys.c.instance_id == id, secret_keys.c.revoked_at.is_(None))
        return await self._many(secret_key_row, live.order_by(secret_keys.c.created_at, secret_keys.c.id))

    async def revoke_secret_key(self, id: InstanceId, key_id: str, now: Instant) -> bool:
        guard = (secret_keys.c.id == key_id, secret_keys.c.instance_id == id, secret_keys.c.revoked_at.is_(None))
        return await self._update(secret_key_row, {"revoked_at": now.millis}, *guard) == 1

    async def note_secret_key_use(self, used_at: Mapping[str, Instant]) -> None:
        # typed, otherwise the database reads milliseconds as 32-bit integers
        moments = {id: literal(at.millis, BigInteger) for id, at in used_at.items()}
        moment = case(moments, value=secret_keys.c.id)
        used = secret_keys.c.last_used_at
        guard = (secret_keys.c.id.in_(used_at), secret_keys.c.revoked_at.is_(None), or_(used.is_(None), used < moment))
        used_now = update(secret_keys).where(*guard).values(last_used_at=moment)
        await self._run.change(spanning("uses of secret keys", used_now))

    async def note_key_change(self, id: InstanceId) -> None:
        await self._update(instance_row, {"keys_version": instances.c.keys_version + 1}, instances.c.id == id)

    async def signing_keys(self, id: InstanceId) -> Sequence[StoredSigningKey]:
        statement = reading(signing_key_row).where(signing_keys.c.instance_id == id)
        return await self._many(signing_key_row, statement.order_by(signing_keys.c.created_at))

    async def add_signing_key(self, id: InstanceId, key: StoredSigningKey) -> None:
        await self._insert(signing_key_row, key, instance_id=id)

    async def retire_signing_key(self, id: InstanceId, kid: str, now: Instant) -> bool:
        guard = (signing_keys.c.kid == kid, signing_keys.c.instance_id == id, signing_keys.c.retired_at.is_(None))
        return await self._update(signing_key_row, {"retired_at": now.millis}, *guard) == 1

    async def keep_signing_key(self, id: InstanceId, kid: str, *, after: Instant) -> bool:
        keys = signing_keys.c
        guard = (keys.kid == kid, keys.instance_id == id, keys.retired_at > after.millis)
        return await self._update(signing_key_row, {"retired_at": None}, *guard) == 1

    async def drop_signing_key(self, id: InstanceId, kid: str) -> bool:
        statement = delete(signing_keys).where(signing_keys.c.kid == kid, signing_keys.c.instance_id == id)
        return await self._run.change(statement) == 1
