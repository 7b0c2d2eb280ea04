"""Pages of the console that work without its script: sign in, sign out, accept an invitation, and the link of `sojourn dev`.

A secret in a link is only shown by GET and only used by POST, once (R-FLOW-06, R-OTP-02).
"""

from datetime import timedelta

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp

from sojourn.console.administrator import Invitation
from sojourn.console.administrators import Joining
from sojourn.dashboard import Dashboard
from sojourn.errors import NotFound, SojournError
from sojourn.secret import Secret
from sojourn.sign_ins.attempt import SignInInput
from sojourn.ui import pages, plain
from sojourn.ui.forms import check_form, plain_form
from sojourn.ui.plain import SignInForm, answered, plain_page
from sojourn.ui.refusals import refusal_page
from sojourn.web.app import build_console
from sojourn.web.console_page import console_page, dashboard_file
from sojourn.web.errors import status_of
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.headers import Headers
from sojourn.web.operation import development_help, frontend, public

_TICKET_LIFE = timedelta(minutes=1)
_HOW_TO_OPEN = "`sojourn console open` prints a link that signs you in."
_OPENED = "This link was used already, or has expired. `sojourn console open` prints a new one."


class JoinForm(msgspec.Struct, kw_only=True):
    form_token: str = ""
    redirect_url: str = ""
    token: str = ""
    email_address: str = ""
    first_name: str = ""
    last_name: str = ""
    password: str = ""


class OpenForm(msgspec.Struct, kw_only=True):
    form_token: str = ""
    redirect_url: str = ""
    token: str = ""


@get("/sign-in", include_in_schema=False, opt=frontend(limit=None))
async def sign_in(context: Context) -> Response[str]:
    redirect_url = context.request.query.get("redirect_url", "")
    told = _HOW_TO_OPEN if context.instance.is_development else ""
    return plain_page(context, "sign-in", plain_form(context, "sign-in"), told, 200, redirect_url)


@get("/sign-out", include_in_schema=False, opt=frontend(limit=None))
async def sign_out(context: Context) -> Response[str]:
    return plain_page(context, "sign-out", plain_form(context, "sign-out"), "", 200)


@get("/join", include_in_schema=False, opt=frontend(limit="console_invitations"))
async def ask_to_join(context: Context) -> Response[str]:
    form = JoinForm(token=context.request.query.get("token", ""))
    try:
        invitation = await context.engine.administrators.invited(context.instance, Secret(form.token))
    except SojournError as error:
        return plain_page(context, "join", plain_form(context, "join"), error.long_message, status_of(error))
    return _join_page(context, form, invitation)


@post("/join", include_in_schema=False, opt=frontend(limit="console_invitations", form=JoinForm))
async def join(context: Context) -> Response[str]:
    """Create the administrator and sign them in."""
    form = await context.form(JoinForm)
    secret = Secret(form.token)
    try:
        invitation = await context.engine.administrators.invited(context.instance, secret)
    except SojournError as error:
        return plain_page(context, "join", plain_form(context, "join"), error.long_message, status_of(error))
    try:
        check_form(context, "join", form.form_token)
        joining = Joining(form.email_address or None, form.password or None, form.first_name, form.last_name)
        user = await context.engine.administrators.join(context.instance, secret, joining)
    except SojournError as error:
        return _join_page(context, form, invitation, error.long_message, status_of(error))
    _, ticket = await context.engine.tickets.create_sign_in_token(context.instance, user.id, expires_in=_TICKET_LIFE)
    return await _signed_in(context, ticket)


@get("/open", include_in_schema=False, opt=development_help())
async def ask_to_open(context: Context) -> Response[str]:
    """One button, on this machine only; opening the page alone signs nobody in."""
    return _open_page(context, context.request.query.get("token", ""))


@post("/open", include_in_schema=False, opt=development_help(form=OpenForm, limit="attempts"))
async def open_dashboard(context: Context) -> Response[str]:
    if not context.instance.is_development:
        raise NotFound()
    form = await context.form(OpenForm)
    try:
        check_form(context, "open", form.form_token)
        return await _signed_in(context, Secret(form.token))
    except SojournError as error:
        status = status_of(error)
        return _open_page(context, "", _OPENED if status in (400, 404, 410, 422) else error.long_message, status)


async def _signed_in(context: ClientContext, ticket: Secret) -> Response[str]:
    given = SignInInput(strategy="ticket", ticket=ticket.reveal())
    attempt, issued = await context.engine.sign_ins.create(await context.caller(), given)
    return await answered(context, SignInForm(), attempt, issued)


def _join_page(
    context: ClientContext, form: JoinForm, invitation: Invitation, said: str = "", status: int = 200
) -> Response[str]:
    fields: list[dict[str, object]] = [
        {"name": "first_name", "label": "First name", "kind": "text", "fills": "given-name", "value": form.first_name},
        {"name": "last_name", "label": "Last name", "kind": "text", "fills": "family-name", "value": form.last_name},
        {"name": "password", "label": "Password", "kind": "password", "fills": "new-password", "required": True},
    ]
    if invitation.email_address is None:
        own = {"name": "email_address", "label": "E-mail address", "kind": "email", "fills": "email", "required": True}
        fields.insert(0, {**own, "value": form.email_address})
    values = {**plain_form(context, "join"), "token": form.token, "role": invitation.role.value, "fields": fields}
    return plain_page(context, "join", values, said, status)


def _open_page(context: ClientContext, token: str, said: str = "", status: int = 200) -> Response[str]:
    if not context.instance.is_development:
        raise NotFound()
    return plain_page(context, "open", {**plain_form(context, "open"), "token": token}, said, status)


@get(["/", "/{page:path}"], include_in_schema=False, opt=frontend(limit=None))
async def page(context: Context) -> Response[bytes]:
    """The dashboard itself, for every address that nothing else answers; its script shows the page of the address."""
    body, headers = console_page(context.instance.public_url)
    return _file_answer(body, headers)


@get("/assets/{name:str}", include_in_schema=False, opt=public())
async def asset(context: Context, name: FromPath[str]) -> Response[bytes]:
    found = dashboard_file(name)
    if found is None:
        raise NotFound("The dashboard has no such file.")
    return _file_answer(*found.answer(context.request.header(b"accept-encoding") or ""))


def _file_answer(body: bytes, headers: Headers) -> Response[bytes]:
    told = {name.decode(): value.decode() for name, value in headers}
    return Response(body, media_type=told.pop("content-type"), headers=told)


def console_app(dashboard: Dashboard) -> ASGIApp:
    """The whole application below `/dashboard`."""
    return build_console(dashboard, pages=CONSOLE_PAGES, refusal_page=refusal_page)


CONSOLE_PAGES = [
    sign_in, plain.sign_in, sign_out, plain.sign_out, ask_to_join, join, ask_to_open, open_dashboard, pages.static, pages.icon, asset, page,
]  # fmt: skip
