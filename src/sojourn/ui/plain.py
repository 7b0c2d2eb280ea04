"""Sign-in and sign-out for browsers without JavaScript: the forms inside `<noscript>` of the hosted pages."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec
from litestar import MediaType, Response, post

from sojourn.errors import SojournError
from sojourn.factors.strategy import Level
from sojourn.sessions.caller import Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.ui.forms import check_form, labelled, plain_form
from sojourn.ui.pages import TITLES, page_policy, templates
from sojourn.ui.shown_step import ShownStep, step_of
from sojourn.ui.theme import look
from sojourn.web.errors import status_of
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend
from sojourn.web.redirects import checked_redirect

_ANOTHER = "code"
"""The button that sends a new code."""

_WITH_SCRIPT = "This account requires another step. Open this page in a browser with JavaScript enabled."
_SECOND_WITH_SCRIPT = "This account asks for a second factor that this page cannot show. Sign in with a browser that has JavaScript enabled."


class SignInForm(msgspec.Struct, kw_only=True):
    """`way` names the button: a strategy with a label, or `code` to send another one. `sign_in` is the attempt that
    awaits a code, and `strategy` the strategy of that code.
    """

    form_token: str = ""
    way: str = ""
    identifier: str | None = None
    password: str | None = None
    sign_in: str | None = None
    strategy: str = ""
    code: str | None = None
    redirect_url: str = ""


class SignOutForm(msgspec.Struct, kw_only=True):
    form_token: str = ""
    redirect_url: str = ""


@post("/sign-in", include_in_schema=False, opt=frontend(limit="create_sign_in", form=SignInForm))
async def sign_in(context: Context) -> Response[str]:
    """Answers with the page for the next step, or sends the browser on once the sign-in is complete."""
    form = await context.form(SignInForm)
    try:
        check_form(context, "sign-in", form.form_token)
        attempt, issued = await _attempted(context, form)
    except SojournError as error:
        return _page(context, form, error.long_message, status_of(error), step=await _current_step(context, form))
    return await answered(context, form, attempt, issued)


async def answered(context: ClientContext, form: SignInForm, attempt: SignIn, issued: Issued | None) -> Response[str]:
    """The response to a form that was accepted: the next step, or the way on."""
    if issued is not None:
        view, _ = await context.client(issued.client)
        await context.hand_over(issued, view)
        context.note_state(view)
    if attempt.status is SignInStatus.COMPLETE:
        return go_on(context, form.redirect_url, context.instance.settings.paths.after_sign_in_url)
    step = await step_of(context, attempt, form.way)
    is_second = attempt.status is SignInStatus.NEEDS_SECOND_FACTOR
    said = step.said if step is not None else _SECOND_WITH_SCRIPT if is_second else _WITH_SCRIPT
    return _page(context, form, said, 200, issued, step)


@post("/sign-out", include_in_schema=False, opt=frontend(limit=None, form=SignOutForm))
async def sign_out(context: Context) -> Response[str]:
    """Ends every session of this browser."""
    form = await context.form(SignOutForm)
    check_form(context, "sign-out", form.form_token)
    issued = await context.engine.sessions.end_all(await context.caller())
    if issued is not None:
        view, _ = await context.client(issued.client)
        await context.hand_over(issued, view)
    context.signed_out()
    paths = context.instance.settings.paths
    own = f"{context.instance.public_url}/sign-in"
    return go_on(context, form.redirect_url, paths.after_sign_out_url or paths.home_url or own)


async def _attempted(context: ClientContext, form: SignInForm) -> tuple[SignIn, Issued | None]:
    sign_ins, caller = context.engine.sign_ins, await context.caller()
    if form.sign_in is not None:
        return await _tried(context, form, form.sign_in)
    way = next((strategy for strategy in labelled(context, Level.FIRST) if strategy.name == form.way), None)
    if way is not None and way.field != "password":
        return await sign_ins.create(caller, SignInInput(strategy=way.name, identifier=form.identifier))
    given = SignInInput(strategy=way.name if way else None, identifier=form.identifier, password=form.password or "")
    return await sign_ins.create(caller, given)


async def _tried(context: ClientContext, form: SignInForm, id: str) -> tuple[SignIn, Issued | None]:
    """A proof of the current step, another code or link, or another way to take the step."""
    sign_ins, caller = context.engine.sign_ins, await context.caller()
    current = await sign_ins.get(caller, id)
    is_second = current.status is SignInStatus.NEEDS_SECOND_FACTOR
    ways = labelled(context, Level.SECOND if is_second else Level.FIRST)
    chosen = next((strategy for strategy in ways if strategy.name == form.way), None)
    if chosen is not None and not chosen.is_challenged:
        return current, None  # the page shows its field
    if chosen is not None or form.way == _ANOTHER:
        prepare = sign_ins.prepare_second_factor if is_second else sign_ins.prepare_first_factor
        return await prepare(caller, id, chosen.name if chosen is not None else form.strategy, None)
    attempt = sign_ins.attempt_second_factor if is_second else sign_ins.attempt_first_factor
    return await attempt(caller, id, Proof(strategy=form.strategy, code=form.code))


async def _current_step(context: ClientContext, form: SignInForm) -> ShownStep | None:
    """The step that a refused form was of, while its sign-in can go on."""
    with suppress(SojournError):
        if form.sign_in is not None:
            attempt = await context.engine.sign_ins.get(await context.caller(), form.sign_in)
            return await step_of(context, attempt, form.strategy)
    return None


def _page(
    context: ClientContext,
    form: SignInForm,
    said: str,
    status: int,
    issued: Issued | None = None,
    step: ShownStep | None = None,
) -> Response[str]:
    """The form of the step, or the first one; nothing that was typed but the identifier stands in it."""
    chosen = step.chosen if step is not None else None
    values = {
        **plain_form(context, "sign-in", issued.secret if issued else None),
        "identifier": form.identifier or "",
        "sign_in": step.attempt.id if step is not None else "",
        "strategy": chosen.name if chosen is not None else "",
        "asks": chosen.field if chosen is not None else "",
        "is_sent": chosen is not None and chosen.is_challenged,
        "others": step.others if step is not None else (),
    }
    return plain_page(context, "sign-in", values, said, status, form.redirect_url)


def plain_page(
    context: ClientContext, name: str, form: Mapping[str, object], said: str, status: int, redirect_url: str = ""
) -> Response[str]:
    """A page with only the form; `said` is shown above it, and `redirect_url` is kept if it is allowed."""
    values = {**form, "redirect_url": checked_redirect(context.instance, redirect_url) or ""}
    nonce, headers = page_policy(context.instance)
    html = templates().get_template("plain.html").render(
        nonce=nonce, base=context.instance.public_url, application=context.instance.settings.application_name,
        is_development=context.instance.is_development, title=TITLES[name],
        theme=context.instance.settings.theme, look=look(context.instance.settings.theme),
        name=name, form=values, said=said, is_good=status == 200,
    )  # fmt: skip
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=headers)


def go_on(context: ClientContext, wanted: str, otherwise: str) -> Response[str]:
    """A redirect with status 303, so that a reload does not submit the form again."""
    instance = context.instance
    own = f"{instance.public_url}/" if instance.is_console else f"{instance.public_url}/user"
    target = checked_redirect(instance, wanted) or checked_redirect(instance, otherwise) or own
    return Response("", status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


HANDLERS = [sign_in, sign_out]
