"""An in-memory mailbox for development and tests."""

from collections import deque
from dataclasses import dataclass, field, replace

from sojourn.instant import Clock, SystemClock
from sojourn.messages.email import Message

_MAX_MESSAGES = 200


@dataclass(slots=True)
class Mailbox:
    """Newest first; beyond its capacity the oldest message is dropped."""

    messages: deque[Message] = field(default_factory=lambda: deque[Message](maxlen=_MAX_MESSAGES))
    clock: Clock = field(default_factory=SystemClock)

    async def send(self, message: Message) -> None:
        self.messages.appendleft(replace(message, at=self.clock.now()))

    def last(self, to: str | None = None) -> Message:
        """The newest message, optionally to one address. Raises: LookupError."""
        for message in self.messages:
            if to is None or message.to == to:
                return message
        raise LookupError("no matching message in the mailbox")
