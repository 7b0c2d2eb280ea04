"""Sign-in and sign-out for browsers without JavaScript: the forms inside `<noscript>` of the hosted pages."""

from collections.abc import Mapping

import msgspec
from litestar import MediaType, Response, post

from sojourn.errors import SojournError
from sojourn.factors.strategy import Level
from sojourn.sessions.caller import Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.ui.forms import check_form, labelled, plain_form
from sojourn.ui.pages import TITLES, page_policy, templates
from sojourn.ui.theme import look
from sojourn.web.errors import status_of
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend
from sojourn.web.redirects import checked_redirect

_ANOTHER = "code"
"""The button that sends a new code."""

_WITH_SCRIPT = "This account requires another step. Open this page in a browser with JavaScript enabled."


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
        return _page(context, form, error.long_message, status_of(error))
    if issued is not None:
        view, _ = await context.client(issued.client)
        await context.hand_over(issued, view)
        context.note_state(view)
    if attempt.status is SignInStatus.COMPLETE:
        return go_on(context, form.redirect_url, context.instance.settings.paths.after_sign_in_url)
    if attempt.status is SignInStatus.NEEDS_FIRST_FACTOR:
        strategy = form.strategy or form.way
        said = "A code is on its way to you." if _is_sent(context, strategy) else "Enter your code."
        asked = msgspec.structs.replace(form, sign_in=attempt.id, strategy=strategy)
        return _page(context, asked, said, 200, issued)
    if attempt.status is SignInStatus.NEEDS_SECOND_FACTOR and (second := await _second(context, attempt)):
        asked = msgspec.structs.replace(form, sign_in=attempt.id, strategy=second)
        return _page(context, asked, "One more step: enter your code.", 200, issued)
    return _page(context, form, _WITH_SCRIPT, 200, issued)


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
    return go_on(context, form.redirect_url, context.instance.settings.paths.after_sign_out_url or "/sign-in")


async def _attempted(context: ClientContext, form: SignInForm) -> tuple[SignIn, Issued | None]:
    sign_ins, caller = context.engine.sign_ins, await context.caller()
    if form.sign_in is not None and form.way == _ANOTHER:
        return await sign_ins.prepare_first_factor(caller, form.sign_in, form.strategy, None)
    if form.sign_in is not None:
        proof, current = Proof(strategy=form.strategy, code=form.code), await sign_ins.get(caller, form.sign_in)
        if current.status is SignInStatus.NEEDS_SECOND_FACTOR:
            return await sign_ins.attempt_second_factor(caller, form.sign_in, proof)
        return await sign_ins.attempt_first_factor(caller, form.sign_in, proof)
    way = next((strategy for strategy in labelled(context, Level.FIRST) if strategy.name == form.way), None)
    if way is not None and way.field != "password":
        return await sign_ins.create(caller, SignInInput(strategy=way.name, identifier=form.identifier))
    given = SignInInput(strategy=way.name if way else None, identifier=form.identifier, password=form.password or "")
    return await sign_ins.create(caller, given)


def _is_sent(context: ClientContext, strategy: str) -> bool:
    return any(offered.name == strategy and offered.is_challenged for offered in labelled(context, Level.FIRST))


async def _second(context: ClientContext, attempt: SignIn) -> str | None:
    """The strategy of an offered second factor that can be typed without a challenge."""
    facts = await context.engine.sign_ins.facts(context.instance, attempt)
    offered = {offer.strategy for offer in facts.second_factors or ()}
    typed = [strategy for strategy in labelled(context, Level.SECOND) if not strategy.is_challenged]
    return next((strategy.name for strategy in typed if strategy.name in offered), None)


def _page(
    context: ClientContext, form: SignInForm, said: str, status: int, issued: Issued | None = None
) -> Response[str]:
    """The form again, with only the identifier filled in."""
    values = {
        **plain_form(context, "sign-in", issued.secret if issued else None),
        "identifier": form.identifier or "",
        "sign_in": form.sign_in or "",
        "strategy": form.strategy,
        "is_sent": _is_sent(context, form.strategy),
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
    target = (
        checked_redirect(instance, wanted) or checked_redirect(instance, otherwise) or f"{instance.public_url}/user"
    )
    return Response("", status_code=303, headers={"Location": target, "Cache-Control": "no-store"})


HANDLERS = [sign_in, sign_out]
