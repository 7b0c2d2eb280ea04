"""The order in which mail is sent."""

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock

from ..people import notices


async def _written(engine: Engine, *addresses: str) -> None:
    for address in addresses:
        async with engine.store.transaction() as tx:
            await engine.outbox.mail(tx, engine.instance, "account_exists", address, {"url": "/sign-in"})


async def test_mails_of_one_moment_are_sent_in_the_order_they_were_written(engine: Engine, mailbox: Mailbox) -> None:
    everyone = [f"user{number}@example.com" for number in range(60)]
    await _written(engine, *everyone)
    assert [to for _, to in await notices(engine, mailbox)] == everyone
    assert mailbox.last().to == everyone[-1]


async def test_mails_are_due_at_once_and_in_order_whatever_is_done_to_the_clock(
    engine: Engine, mailbox: Mailbox, clock: FakeClock
) -> None:
    await _written(engine, "first@example.com", "second@example.com")
    clock.advance(hours=-1)
    await _written(engine, "third@example.com")
    clock.advance(hours=1)
    await _written(engine, "fourth@example.com")
    told = [to.partition("@")[0] for _, to in await notices(engine, mailbox)]
    assert told == ["first", "second", "third", "fourth"]
