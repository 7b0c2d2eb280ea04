"""The launch checklist tells what is, and never fails itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from sojourn.engine import Engine
from sojourn.instances.instance import Environment
from sojourn.launch.checklist import LaunchCheck, Status, launch_checklist
from sojourn.launch.mail_check import mail_check
from sojourn.messages.smtp import SmtpMailer
from sojourn.secret import Secret
from sojourn.testing.clock import FakeClock
from tests.ports import free_port

from ..messages.mail_server import PASSWORD, USER, Inbox, certificate, mail_server


async def checked(engine: Engine, environment: Environment = Environment.PRODUCTION) -> dict[str, LaunchCheck]:
    instance = replace(engine.instance, environment=environment, public_url="https://auth.example.com")
    return {check.id: check for check in await launch_checklist(engine, instance)}


async def test_a_production_server_without_mail_has_a_problem_that_development_has_not(engine: Engine) -> None:
    assert (await checked(engine))["mail"].status is Status.PROBLEM
    assert (await checked(engine, Environment.DEVELOPMENT))["mail"].status is Status.WARNING
    found = await checked(engine)
    assert found["https"].status is found["environment"].status is found["workers"].status is Status.OK


async def test_a_mail_server_is_greeted_and_gets_no_mail() -> None:
    inbox, port = Inbox(), free_port()
    with mail_server(inbox, port):
        plain = SmtpMailer("127.0.0.1", port, "x", "none")
        assert (await mail_check(plain, "My application <auth@example.com>"))[0]
        is_fine, _, advice = await mail_check(plain, "Sojourn <no-reply@localhost>")
        assert not is_fine and "SOJOURN_MAIL_FROM" in advice
        is_fine, found, advice = await mail_check(SmtpMailer("127.0.0.1", port, "x", "starttls"), "a@example.com")
        assert not is_fine and "starttls" in found and "SOJOURN_SMTP_SECURITY" in advice
    assert inbox.mails == []


async def test_the_password_of_the_mail_server_is_tried_over_tls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, authority = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    port = free_port()
    with mail_server(Inbox(), port, context):
        right = SmtpMailer("127.0.0.1", port, "x", "starttls", USER, Secret(PASSWORD))
        assert (await mail_check(right, "a@example.com"))[0]
        wrong = SmtpMailer("127.0.0.1", port, "x", "starttls", USER, Secret("another"))
        is_fine, found, advice = await mail_check(wrong, "a@example.com")
        assert not is_fine and "SOJOURN_SMTP_PASSWORD" in advice and "another" not in found


async def test_a_mail_server_that_is_not_there_is_a_finding() -> None:
    mailer = SmtpMailer("127.0.0.1", free_port(), "x", "none")
    is_fine, found, advice = await mail_check(mailer, "a@example.com")
    assert not is_fine and "127.0.0.1" in found and "SOJOURN_SMTP_HOST" in advice


async def test_an_old_signing_key_and_an_unused_secret_key_are_named(engine: Engine, clock: FakeClock) -> None:
    key, _ = await engine.instances.create_secret_key(engine.instance)
    assert (await checked(engine))["secret_keys"].status is Status.OK
    clock.advance(days=400)
    found = await checked(engine)
    assert key.id in found["secret_keys"].found and found["secret_keys"].status is Status.WARNING
    assert found["signing_key"].status is Status.WARNING and "keys rotate" in found["signing_key"].advice


async def test_a_clock_behind_the_audit_log_and_a_worker_that_stands_still_are_found(
    engine: Engine, clock: FakeClock
) -> None:
    await engine.instances.new_secret_key(engine.instance)
    clock.advance(minutes=10)
    assert (await checked(engine))["workers"].status is Status.PROBLEM
    while await engine.store.chain_events(max_rows=100):
        pass
    assert (await checked(engine))["workers"].status is Status.OK
    clock.set_right(-timedelta(hours=1))
    assert (await checked(engine))["clock"].status is Status.PROBLEM
