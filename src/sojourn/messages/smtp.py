"""Delivery by SMTP."""

import asyncio
import socket
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import localtime, make_msgid, parseaddr
from typing import Literal

from sojourn.messages.email import Message
from sojourn.secret import Secret

_DEADLINE_SECONDS = 10
_PROBE_SECONDS = 5


@dataclass(slots=True)
class SmtpMailer:
    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: Secret | None = None
    _own_name: str = field(default="", init=False)

    async def probe(self) -> None:
        """Connect, greet, encrypt and authenticate as `send` does, without sending a mail. Raises: as `send`."""
        import aiosmtplib

        async with aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            username=self.username or None,
            password=self.password.reveal() if self.password else None,
            timeout=_PROBE_SECONDS,
        ) as server:
            await server.ehlo()

    async def send(self, message: Message) -> None:
        """Raises: aiosmtplib.SMTPException, OSError, TimeoutError."""
        import aiosmtplib  # imported here, because most processes send no mail

        mail = EmailMessage()
        mail["From"] = self.sender
        mail["To"] = message.to
        mail["Subject"] = message.subject
        mail["Auto-Submitted"] = "auto-generated"
        mail["Date"] = localtime()
        mail["Message-ID"] = make_msgid(domain=parseaddr(self.sender)[1].rpartition("@")[2] or None)
        mail.set_content(message.text)
        mail.add_alternative(message.html, subtype="html")
        if not self._own_name:  # may query DNS, so it is called once
            self._own_name = await asyncio.to_thread(socket.getfqdn)
        await aiosmtplib.send(
            mail,
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            username=self.username or None,
            password=self.password.reveal() if self.password else None,
            local_hostname=self._own_name,
            timeout=_DEADLINE_SECONDS,
        )
