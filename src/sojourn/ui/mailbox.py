"""The mailbox page of development: mail that would have been sent, newest first."""

import secrets
from functools import cache

from jinja2 import Environment, PackageLoader
from litestar import MediaType, Response, get

from sojourn.errors import NotFound
from sojourn.messages.mailbox import Mailbox
from sojourn.ui.pages import PAGE_HEADERS
from sojourn.ui.theme import look
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import development_help

_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


@get("/dev/mailbox", include_in_schema=False, opt=development_help())
async def mailbox_page(context: Context) -> Response[str]:
    nonce = secrets.token_urlsafe(16)
    html = _templates().get_template("mailbox.html").render(
        messages=list(_mailbox(context).messages), nonce=nonce, base=context.instance.public_url,
        look=look(context.instance.settings.theme),
    )  # fmt: skip
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src 'self' data:; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    return Response(html, media_type=MediaType.HTML, headers={"Content-Security-Policy": policy, **PAGE_HEADERS})


@get("/dev/mailbox/{id:str}", include_in_schema=False, opt=development_help())
async def mail_page(context: Context) -> Response[str]:
    """One mail as a mail program shows it: HTML with styles, no scripts, in an origin of its own. Raises: NotFound."""
    id = context.request.path.rpartition("/")[2]
    found = next((message for message in _mailbox(context).messages if message.id == id), None)
    if found is None:
        raise NotFound("This mail is no longer in the mailbox.")
    return Response(
        found.html, media_type=MediaType.HTML, headers={"Content-Security-Policy": _MAIL_POLICY, **PAGE_HEADERS}
    )


@get("/dev/mailbox.json", include_in_schema=False, opt=development_help())
async def mailbox_json(context: Context) -> Response[bytes]:
    """The mails as JSON for scripts: kind, to, subject, text, html, the code, and the time in milliseconds."""
    messages = [
        {
            "kind": message.kind, "to": message.to, "subject": message.subject, "text": message.text, "html": message.html,
            "code": message.code, "at": message.at.millis if message.at else None,
        }
        for message in _mailbox(context).messages
    ]  # fmt: skip
    return context.json({"messages": messages})


def _mailbox(context: ClientContext) -> Mailbox:
    """Raises: NotFound if mail is really sent, and always in production (R-AUZ-09)."""
    mailer = context.engine.mailer
    if not context.instance.is_development or not isinstance(mailer, Mailbox):
        raise NotFound()
    return mailer


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("sojourn.ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


HANDLERS = [mailbox_page, mail_page, mailbox_json]
