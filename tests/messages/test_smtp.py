"""Mail on its way through a real mail server: what arrives, and what happens when it cannot."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import aiosmtplib
import pytest

from sojourn.engine import Engine
from sojourn.messages.email import Message
from sojourn.messages.smtp import SmtpMailer
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.testing.clock import FakeClock
from tests.ports import free_port

from ..people import ADA, PASSWORD
from .mail_server import PASSWORD as MAIL_PASSWORD
from .mail_server import USER, Inbox, certificate, mail_server

MAIL = Message(
    "new_device", ADA, "New sign-in to My application", "Somebody signed in.\n", "<p>Somebody signed in.</p>"
)
LEASE = 31  # seconds, and one


def to(port: int) -> SmtpMailer:
    return SmtpMailer("127.0.0.1", port, "My application <auth@example.com>", security="none")


async def ask_for_a_code(engine: Engine) -> None:
    caller = Caller(engine.instance, None, Device())
    sign_up, issued = await engine.sign_ups.create(caller, SignUpInput(email_address=ADA, password=PASSWORD))
    caller = Caller(engine.instance, issued.client, Device())
    await engine.sign_ups.prepare_verification(caller, sign_up.id, "email_code")


async def test_a_code_arrives_as_text_and_as_a_page(engine: Engine) -> None:
    inbox, port = Inbox(), free_port()
    engine.outbox.mailer = to(port)
    await ask_for_a_code(engine)
    with mail_server(inbox, port):
        assert await engine.outbox.deliver_due() == 1
    (mail,) = inbox.mails
    assert (inbox.recipients, mail["To"], mail["From"]) == ([ADA], ADA, "My application <auth@example.com>")
    assert abs(parsedate_to_datetime(mail["Date"]) - datetime.now(UTC)) < timedelta(hours=1)
    assert re.fullmatch(r"<[^<>@\s]+@example\.com>", mail["Message-ID"])  # without one, mail is taken for spam
    assert mail["Auto-Submitted"] == "auto-generated"  # no out-of-office note comes back
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and page is not None
    code = mail["Subject"].split(" ", 1)[0]
    assert code.isdecimal() and len(code) == 6
    assert code in text.get_content() and code in page.get_content()


async def test_mail_waits_for_a_server_that_is_away_and_goes_out_once(
    engine: Engine, clock: FakeClock
) -> None:  # R-ENU-02
    inbox, port = Inbox(), free_port()
    engine.outbox.mailer = to(port)
    await ask_for_a_code(engine)  # answered all the same
    assert await engine.outbox.deliver_due() == 0
    with mail_server(inbox, port):
        assert await engine.outbox.deliver_due() == 0  # leased to whoever tried last
        clock.advance(seconds=LEASE)
        assert await engine.outbox.deliver_due() == 1
        clock.advance(seconds=LEASE)
        assert await engine.outbox.deliver_due() == 0
    assert inbox.recipients == [ADA]


async def test_an_address_that_the_server_refuses_is_given_up_after_ten_tries(engine: Engine, clock: FakeClock) -> None:
    inbox, port = Inbox(refusing={ADA}), free_port()
    engine.outbox.mailer = to(port)
    await ask_for_a_code(engine)
    with mail_server(inbox, port):
        for _ in range(10):
            await engine.outbox.deliver_due()
            clock.advance(seconds=LEASE)
        assert not await engine.store.outbox.claim(clock.now(), max_rows=10, lease=timedelta(0))
    assert inbox.mails == []


async def test_the_password_goes_to_a_trusted_server_only_and_never_in_the_clear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox, port = Inbox(), free_port()
    context, authority = certificate(tmp_path)
    mailer = SmtpMailer("127.0.0.1", port, "auth@example.com", "starttls", USER, Secret(MAIL_PASSWORD))
    with mail_server(inbox, port, context):
        with pytest.raises((ssl.SSLError, aiosmtplib.SMTPException)):
            await mailer.send(MAIL)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        await mailer.send(MAIL)
        wrong = SmtpMailer("127.0.0.1", port, "auth@example.com", "starttls", USER, Secret("another"))
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await wrong.send(MAIL)
    assert inbox.recipients == [ADA]
    with mail_server(inbox, plain := free_port()), pytest.raises(aiosmtplib.SMTPException):
        await SmtpMailer("127.0.0.1", plain, "auth@example.com", "starttls", USER, Secret(MAIL_PASSWORD)).send(MAIL)
