"""The page of the link in a code mail, on which the recipient confirms the browser that requested the code (R-OTP-02,
R-OTP-08).
"""

import msgspec
from litestar import MediaType, Response, get, post

from sojourn.errors import OriginRefused, VerificationExpired
from sojourn.factors.email_code import ADMITTING_PAGE
from sojourn.ui.forms import check_form, plain_form
from sojourn.ui.pages import page_policy, templates
from sojourn.ui.theme import look
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend

_FORM = "confirm-browser"
_DONE = "The browser is confirmed. Go back to it and type the code from the mail."
_KNOWN = "This browser is known now. Sign in here: the next code that you request works in this browser only."
_OVER = "This link was used already, or has expired. Request a new code in the browser where you sign in."


class ConfirmForm(msgspec.Struct, kw_only=True):
    form_token: str = ""
    token: str = ""
    way: str = "there"
    """`there` admits the browser that requested the code, `here` makes the browser that shows this page a known device.
    """


@get(ADMITTING_PAGE, include_in_schema=False, opt=frontend(limit=None))
async def ask(context: Context) -> Response[str]:
    """Changes nothing, because mail scanners open links too."""
    token = context.request.query.get("token", "")
    try:
        asked_at, is_open = await context.engine.sign_ins.codes.asked_by_link(context.instance, token)
    except VerificationExpired:
        return _page(context, said=_OVER, status=410)
    return _page(context, token=token, asked_at=f"{asked_at.datetime():%H:%M} UTC", is_open=is_open)


@post(ADMITTING_PAGE, include_in_schema=False, opt=frontend(limit="attempts", form=ConfirmForm))
async def confirm(context: Context) -> Response[str]:
    form = await context.form(ConfirmForm)
    try:
        check_form(context, _FORM, form.form_token)
        if form.way == "here":
            mark = await context.engine.sign_ins.codes.recognise(await context.caller(), form.token)
            context.cookies.append(context.rules.device(mark))
            return _page(context, said=_KNOWN)
        await context.engine.sign_ins.codes.admit(context.instance, form.token)
    except OriginRefused as error:
        return _page(context, said=error.long_message, status=403)
    except VerificationExpired:
        return _page(context, said=_OVER, status=410)
    return _page(context, said=_DONE)


def _page(
    context: ClientContext,
    *,
    token: str = "",
    asked_at: str = "",
    is_open: bool = False,
    said: str = "",
    status: int = 200,
) -> Response[str]:
    """The form or, with `said`, the result."""
    nonce, headers = page_policy(context.instance)
    settings = context.instance.settings
    html = templates().get_template("confirm_browser.html").render(
        nonce=nonce, base=context.instance.public_url, application=settings.application_name, theme=settings.theme,
        look=look(settings.theme), page=ADMITTING_PAGE, form=plain_form(context, _FORM), token=token, asked_at=asked_at,
        is_open=is_open, said=said,
    )  # fmt: skip
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


HANDLERS = [ask, confirm]
