"""Sign-in and sign-out for browsers without JavaScript: forms that the hosted pages hold inside `<noscript>`."""

from collections.abc import Mapping

import msgspec
from litestar import MediaType, Response, post

from sojourn.errors import SojournError
from sojourn.factors.strategy import EMAIL_CODE, PASSWORD
from sojourn.sessions.caller import Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.ui.forms import check_form, plain_form
from sojourn.ui.pages import TITLES, page_policy, templates
from sojourn.ui.theme import look
from sojourn.web.access import frontend
from sojourn.web.errors import status_of
from sojourn.web.redirects import checked_redirect
from sojourn.web.request_context import CurrentExchange, RequestContext

_WITH_SCRIPT = "This account needs another step. Open this page in a browser with JavaScript switched on."


class SignInForm(msgspec.Struct, kw_only=True):
    """`way` names the button: `password` or `code`. `sign_in` is the attempt that a code was sent for."""

    form_token: str = ""
    way: str = "password"
    identifier: str | None = None
    password: str | None = None
    sign_in: str | None = None
    code: str | None = None
    redirect_url: str = ""


class SignOutForm(msgspec.Struct, kw_only=True):
    form_token: str = ""
    redirect_url: str = ""


@post("/sign-in", include_in_schema=False, opt={"form": SignInForm, **frontend(limit="create_sign_in", hashes=True)})
async def sign_in(exchange: CurrentExchange) -> Response[str]:
    """Answers with the page for the next step, or sends the browser on once the sign-in is complete."""
    form = await exchange.form(SignInForm)
    try:
        check_form(exchange, "sign-in", form.form_token)
        attempt, issued = await _attempted(exchange, form)
    except SojournError as error:
        return _page(exchange, form, error.long_message, status_of(error))
    if issued is not None:
        view, _ = await exchange.client(issued.client)
        await exchange.hand_over(issued, view)
        exchange.note_state(view)
    if attempt.status is SignInStatus.COMPLETE:
        return go_on(exchange, form.redirect_url, exchange.instance.settings.paths.after_sign_in_url)
    if form.way == "code":
        asked = msgspec.structs.replace(form, sign_in=attempt.id)
        return _page(exchange, asked, "A code is on its way to you.", 200, issued)
    return _page(exchange, form, _WITH_SCRIPT, 200, issued)


@post("/sign-out", include_in_schema=False, opt={"form": SignOutForm, **frontend(limit=None)})
async def sign_out(exchange: CurrentExchange) -> Response[str]:
    """Ends every session of this browser."""
    form = await exchange.form(SignOutForm)
    check_form(exchange, "sign-out", form.form_token)
    issued = await exchange.engine.sessions.end_all(await exchange.caller())
    if issued is not None:
        view, _ = await exchange.client(issued.client)
        await exchange.hand_over(issued, view)
    exchange.signed_out()
    return go_on(exchange, form.redirect_url, exchange.instance.settings.paths.after_sign_out_url or "/sign-in")


async def _attempted(exchange: RequestContext, form: SignInForm) -> tuple[SignIn, Issued | None]:
    sign_ins, caller = exchange.engine.sign_ins, await exchange.caller()
    if form.sign_in is not None and form.way == "code":
        return await sign_ins.prepare_first_factor(caller, form.sign_in, EMAIL_CODE, None)
    if form.sign_in is not None:
        return await sign_ins.attempt_first_factor(caller, form.sign_in, Proof(strategy=EMAIL_CODE, code=form.code))
    if form.way == "code":
        return await sign_ins.create(caller, SignInInput(strategy=EMAIL_CODE, identifier=form.identifier))
    given = SignInInput(strategy=PASSWORD, identifier=form.identifier, password=form.password or "")
    return await sign_ins.create(caller, given)


def _page(
    exchange: RequestContext, form: SignInForm, said: str, status: int, issued: Issued | None = None
) -> Response[str]:
    """The form again; nothing that was typed but the identifier stands in it."""
    values = {
        **plain_form(exchange, "sign-in", issued.secret if issued else None),
        "identifier": form.identifier or "",
        "sign_in": form.sign_in or "",
    }
    return plain_page(exchange, "sign-in", values, said, status, form.redirect_url)


def plain_page(
    exchange: RequestContext, name: str, form: Mapping[str, object], said: str, status: int, redirect_url: str = ""
) -> Response[str]:
    """A page that is only the form; `said` stands above it, and `redirect_url` goes on with it if it is one of ours."""
    values = {**form, "redirect_url": checked_redirect(exchange.instance, redirect_url) or ""}
    nonce, headers = page_policy(exchange.instance)
    html = templates().get_template("plain.html").render(
        nonce=nonce, base=exchange.instance.public_url, application=exchange.instance.settings.application_name,
        is_development=exchange.instance.is_development, title=TITLES[name],
        theme=exchange.instance.settings.theme, look=look(exchange.instance.settings.theme),
        name=name, form=values, said=said, is_good=status == 200,
    )  # fmt: skip
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def go_on(exchange: RequestContext, wanted: str, otherwise: str) -> Response[str]:
    """Where the browser goes next: 303, so that a reload does not send the form again."""
    instance = exchange.instance
    target = (
        checked_redirect(instance, wanted) or checked_redirect(instance, otherwise) or f"{instance.public_url}/user"
    )
    return Response("", status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


HANDLERS = [sign_in, sign_out]
