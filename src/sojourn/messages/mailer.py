"""The protocol that every mail transport implements."""

from typing import Protocol

from sojourn.messages.email import Message

__all__ = ["Mailer"]


class Mailer(Protocol):
    async def send(self, message: Message) -> None:
        """Send one message. Raises: any exception when the message was not accepted; the outbox tries again."""
        ...
