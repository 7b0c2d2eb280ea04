"""The mailbox page of development: when a mail came, and how a mail program shows it."""

import re

from sojourn.engine import Engine
from sojourn.messages.email import Message

from .test_development import asking

HTML = "<p style='color:red'>Hello</p><script>alert(1)</script>"
MAIL = Message("verification_code", "ada@example.com", "<b>123456</b> is your code", "Your code is 123456.", HTML)


async def test_the_page_shows_the_time_and_the_html_of_a_mail(engine: Engine) -> None:
    await engine.mailer.send(MAIL)
    async with asking(engine) as http:
        page = await http.get("/dev/mailbox")
        assert re.search(r'<time datetime="[0-9T:.+-]+">[0-9-]+ [0-9:]+ UTC</time>', page.text)
        assert "<b>123456" not in page.text and "<script>alert" not in page.text and "Your code is 123456." in page.text
        frame = re.search(r'<iframe src="[^"]*(/dev/mailbox/eml_\w+)"[^>]* sandbox="([^"]*)"', page.text)
        assert frame is not None and "allow-scripts" not in frame[2] and "allow-same-origin" not in frame[2]
        assert "frame-src 'self'" in page.headers["content-security-policy"]
        shown = await http.get(frame[1])
        assert (shown.status_code, shown.text) == (200, HTML)
        (listed,) = (await http.get("/dev/mailbox.json")).json()["messages"]
        assert (listed["html"], listed["code"]) == (HTML, "123456") and listed["at"] > 1_700_000_000_000


async def test_a_mail_as_html_runs_no_script_and_is_nobodys_origin(engine: Engine) -> None:  # R-HDR-01
    await engine.mailer.send(MAIL)
    async with asking(engine) as http:
        id = re.search(r"/dev/mailbox/(eml_\w+)", (await http.get("/dev/mailbox")).text)
        assert id is not None
        policy = (await http.get(f"/dev/mailbox/{id[1]}")).headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script" not in policy and "allow-same-origin" not in policy
        assert "sandbox" in policy and "frame-ancestors 'self'" in policy
        assert (await http.get("/dev/mailbox/eml_unknown")).status_code == 404


async def test_a_mail_as_html_is_for_the_developer_alone(engine: Engine, live: Engine) -> None:  # R-DEV-02, R-AUZ-09
    await engine.mailer.send(MAIL)
    async with asking(engine) as http:
        id = re.search(r"/dev/mailbox/(eml_\w+)", (await http.get("/dev/mailbox")).text)
    assert id is not None
    async with asking(engine, X_Forwarded_For="198.51.100.7") as http:
        assert (await http.get(f"/dev/mailbox/{id[1]}")).status_code == 403
    async with asking(live, "https://auth.example.com") as http:
        assert (await http.get(f"/dev/mailbox/{id[1]}")).status_code == 404
