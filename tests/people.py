"""People that tests of accounts are about: made, signed in, written to."""

from collections.abc import Mapping
from typing import Any

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.instances.instance import Instance
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import EventFilter, Page
from sojourn.users.accounts import NewUser
from sojourn.users.user import User

ADA = "ada@example.com"
PASSWORD = "correct horse battery staple"
OTHER_PASSWORD = "violet umbrella at the ferry"


async def person(engine: Engine, email: str = ADA, password: str | None = PASSWORD, **given: Any) -> User:
    new = NewUser(email_addresses=[email], password=password, skip_password_requirement=password is None, **given)
    return await engine.accounts.create(engine.instance, new)


async def signed_in(engine: Engine, email: str = ADA, password: str = PASSWORD) -> Session:
    """A session on a browser of its own."""
    caller = Caller(engine.instance, None, Device())
    sign_in, _ = await engine.sign_ins.create(caller, SignInInput(identifier=email, password=password))
    assert sign_in.created_session_id is not None
    return await engine.sessions.get(engine.instance, sign_in.created_session_id)


async def acting(engine: Engine, session: Session) -> Caller:
    """The browser of a session, with the secret it has now."""
    return Caller(engine.instance, await engine.store.clients.find(engine.instance.id, session.client_id))


async def ada(engine: Engine, **given: Any) -> tuple[Session, User]:
    """Ada, signed in on a browser of her own."""
    await person(engine, **given)
    session = await signed_in(engine)
    return session, await now_of(engine, session)


async def now_of(engine: Engine, session: Session) -> User:
    """The user of the session, as stored now."""
    return await engine.accounts.get(engine.instance, session.user_id)


async def is_live(engine: Engine, session: Session) -> bool:
    now_is = await engine.sessions.get(engine.instance, session.id)
    return now_is.is_live(engine.clock.now())


async def notices(engine: Engine, mailbox: Mailbox) -> list[tuple[str, str]]:
    """Kind and recipient of every mail so far, oldest first."""
    while await engine.outbox.deliver_due():
        pass
    return [(message.kind, message.to) for message in reversed(list(mailbox.messages))]


def other_than(code: str | None) -> str:
    """A code that is not this one."""
    return "000000" if code != "000000" else "111111"


async def events(engine: Engine, user: User | None = None) -> list[str]:
    """The kinds of what the audit log holds, in no promised order."""
    found = await engine.store.events.list(
        engine.instance.id, Page(500), EventFilter(user_id=user.id if user else None)
    )
    return [event.kind for event in found]


async def set_up(engine: Engine, settings: Mapping[str, Json]) -> Instance:
    """Change the settings of the instance."""
    engine.instance = await engine.instances.update_settings(engine.instance, settings)
    return engine.instance
