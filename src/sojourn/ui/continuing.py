"""The page behind a link that proves a step of a sign-in or sign-up, in the browser that began it (R-OTP-02, R-FLOW-07)."""

from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar import Response, get, post

from sojourn.errors import NotFound, SojournError, VerificationExpired, VerificationFailed
from sojourn.factors.states import CONTINUING_PAGE, named_by
from sojourn.factors.strategy import Purpose
from sojourn.sign_ups.sign_up import SignUpStatus
from sojourn.ui.forms import check_form, plain_form
from sojourn.ui.plain import SignInForm, answered, go_on, plain_page
from sojourn.web.errors import status_of
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend

_FORM = "continue"
_OVER = "This link was used already, or has expired. Begin again in the browser where you sign in."
_ELSEWHERE = "Open this link in the browser in which you began. It works there, and only there."
_PROVEN = "Your address is confirmed. Go back to the page where you sign up."


class ContinueForm(msgspec.Struct, kw_only=True):
    """`query` is that of the link."""

    form_token: str = ""
    query: str = ""


@get(CONTINUING_PAGE, include_in_schema=False, opt=frontend(limit=None))
async def ask(context: Context) -> Response[str]:
    """Changes nothing, and looks nothing up: programs that look at mail open links too."""
    return _page(context, query=urlencode(context.request.query))


@post(CONTINUING_PAGE, include_in_schema=False, opt=frontend(limit="attempts", form=ContinueForm))
async def resume(context: Context) -> Response[str]:
    form = await context.form(ContinueForm)
    query = dict(parse_qsl(form.query, keep_blank_values=True))
    try:
        check_form(context, _FORM, form.form_token)
        return await _resumed(context, query.pop("state", ""), query)
    except (VerificationExpired, VerificationFailed):
        return _page(context, said=_OVER, status=410)
    except NotFound as error:
        return _page(context, query=form.query, said=_ELSEWHERE, status=status_of(error))
    except SojournError as error:
        return _page(context, said=error.long_message, status=status_of(error))


async def _resumed(context: ClientContext, state: str, query: dict[str, str]) -> Response[str]:
    caller, named = await context.caller(), named_by(state)
    if named is None or named[0] is not Purpose.SIGN_UP:
        attempt, issued = await context.engine.sign_ins.resume(caller, state, query)
        return await answered(context, SignInForm(), attempt, issued)
    sign_up, issued = await context.engine.sign_ups.resume(caller, state, query)
    view, _ = await context.client(issued.client)
    await context.hand_over(issued, view)
    context.note_state(view)
    if sign_up.status is SignUpStatus.COMPLETE:
        return go_on(context, "", context.instance.settings.paths.after_sign_up_url)
    return _page(context, said=_PROVEN)


def _page(context: ClientContext, *, query: str = "", said: str = "", status: int = 200) -> Response[str]:
    """The button that goes on, where there is a query to go on with."""
    return plain_page(context, _FORM, {**plain_form(context, _FORM), "query": query}, said, status)


HANDLERS = [ask, resume]
