"""Where mail goes."""

from typing import Protocol

from sojourn.messages.email import Message


class Mailer(Protocol):
    async def send(self, message: Message) -> None:
        """Hand one mail over. Raises: any exception when it was not taken; it will be tried again."""
        ...
