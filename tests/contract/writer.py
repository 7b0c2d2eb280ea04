"""A process that stores users until it is killed, and says the id of each once it is acknowledged."""

import asyncio
import itertools
import sys

from sojourn import ids
from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.store.opening import open_store
from sojourn.users.user import Identifier, IdentifierKind, User

NOW = Instant(1_770_000_000_000)


async def main(database_url: str, instance_id: InstanceId) -> None:
    store = open_store(database_url)
    await store.migrate()
    for n in itertools.count():
        user_id = ids.user_id()
        owned = tuple(
            Identifier(ids.identifier_id(), instance_id, user_id, IdentifierKind.EMAIL_ADDRESS, f"{n}{letter}@example.com",
                       f"{n}{letter}@example.com", None, None, False, NOW, NOW)
            for letter in "ab"
        )  # fmt: skip
        await store.users.create(User(user_id, instance_id, NOW, NOW, identifiers=owned))
        print(user_id, flush=True)


asyncio.run(main(sys.argv[1], InstanceId(sys.argv[2])))
