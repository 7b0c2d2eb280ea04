"""The mailbox page of development: mail that would have been sent, newest first."""

import secrets
from functools import cache

from jinja2 import Environment, PackageLoader
from litestar import MediaType, Response, get

from sojourn.errors import NotFound
from sojourn.messages.mailbox import Mailbox
from sojourn.ui.pages import PAGE_HEADERS
from sojourn.ui.theme import look
from sojourn.web.access import development_help
from sojourn.web.exchange import Exchange


@get("/dev/mailbox", include_in_schema=False, opt=development_help())
async def mailbox_page(exchange: Exchange) -> Response[str]:
    nonce = secrets.token_urlsafe(16)
    html = _templates().get_template("mailbox.html").render(
        messages=list(_mailbox(exchange).messages), nonce=nonce, look=look(exchange.instance.settings.theme)
    )
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": policy, **PAGE_HEADERS})


@get("/dev/mailbox.json", include_in_schema=False, opt=development_help())
async def mailbox_json(exchange: Exchange) -> Response[bytes]:
    """The same for scripts: kind, to, subject, text, html and the code in it."""
    messages = [
        {"kind": each.kind, "to": each.to, "subject": each.subject, "text": each.text, "html": each.html, "code": each.code}
        for each in _mailbox(exchange).messages
    ]
    return exchange.json({"messages": messages})


def _mailbox(exchange: Exchange) -> Mailbox:
    """Raises: NotFound where mail is really sent, and always in production (R-AUZ-09)."""
    mailer = exchange.engine.mailer
    if not exchange.instance.is_development or not isinstance(mailer, Mailbox):
        raise NotFound()
    return mailer


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("sojourn.ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


HANDLERS = [mailbox_page, mailbox_json]
