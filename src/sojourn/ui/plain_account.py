"""Sign-up and basic profile changes for browsers without JavaScript: the forms inside `<noscript>` of the hosted pages."""

from dataclasses import replace

import msgspec
from litestar import Response, post
from msgspec import UNSET, UnsetType

from sojourn.errors import FieldMissing, SojournError
from sojourn.factors.strategy import Purpose
from sojourn.sessions.caller import Issued
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.sign_ups.sign_up import SignUp, SignUpStatus, missing_fields
from sojourn.ui.forms import check_form, profile_form, sign_up_form
from sojourn.ui.plain import go_on, plain_page
from sojourn.users.profile import ProfileChanges
from sojourn.web.errors import status_of
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend


class PlainSignUpForm(msgspec.Struct, kw_only=True):
    """`sign_up` is the attempt that awaits a code; `way` is `code` to send another one."""

    form_token: str = ""
    way: str = ""
    redirect_url: str = ""
    sign_up: str | None = None
    code: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    username: str | None = None
    email_address: str | None = None
    password: str | None = None


class PlainProfileForm(msgspec.Struct, kw_only=True):
    """`way` names the button: `names` or `password`. A blank name clears it."""

    form_token: str = ""
    way: str = "names"
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    current_password: str = ""
    new_password: str = ""


@post("/sign-up", include_in_schema=False, opt=frontend(limit="create_sign_up", form=PlainSignUpForm))
async def sign_up(context: Context) -> Response[str]:
    """Answers with the field for the code, or sends the browser on once the sign-up is complete."""
    form = await context.form(PlainSignUpForm)
    try:
        check_form(context, "sign-up", form.form_token)
        attempt, issued = await _attempted(context, form)
    except SojournError as error:
        return _sign_up_page(context, form, error.long_message, status_of(error))
    await _hand_over(context, issued)
    if attempt.status is SignUpStatus.COMPLETE:
        return go_on(context, form.redirect_url, context.instance.settings.paths.after_sign_up_url)
    if form.sign_up is None:
        try:
            await _send_code(context, attempt, issued)
        except SojournError as error:
            return _sign_up_page(context, form, error.long_message, status_of(error), issued)
    asked = msgspec.structs.replace(form, sign_up=attempt.id)
    return _sign_up_page(context, asked, "A code is on its way to you.", 200, issued)


async def _attempted(context: ClientContext, form: PlainSignUpForm) -> tuple[SignUp, Issued]:
    """Raises: the errors of sign-ups, and FieldMissing for a missing field."""
    sign_ups, caller = context.engine.sign_ups, await context.caller()
    if form.sign_up is not None:
        strategy = context.engine.factors.sent_for(context.instance, Purpose.SIGN_UP)
        if form.way == "code":
            return await sign_ups.prepare_verification(caller, form.sign_up, strategy)
        return await sign_ups.attempt_verification(caller, form.sign_up, strategy, form.code)
    given = SignUpInput(
        email_address=form.email_address,
        username=form.username,
        first_name=form.first_name,
        last_name=form.last_name,
        password=form.password,
    )
    if form.email_address is None:
        raise FieldMissing("email_address")
    return await sign_ups.create(caller, given)


async def _send_code(context: ClientContext, begun: SignUp, issued: Issued) -> None:
    """Raises: FieldMissing for a missing field, and the errors of sign-ups."""
    if missing := missing_fields(begun, context.instance.settings.sign_up):
        raise FieldMissing(missing[0])
    known = replace(await context.caller(), client=issued.client)
    strategy = context.engine.factors.sent_for(context.instance, Purpose.SIGN_UP)
    await context.engine.sign_ups.prepare_verification(known, begun.id, strategy)


async def _hand_over(context: ClientContext, issued: Issued) -> None:
    view, _ = await context.client(issued.client)
    await context.hand_over(issued, view)
    context.note_state(view)


@post("/user", include_in_schema=False, opt=frontend(limit="attempts", form=PlainProfileForm))
async def user(context: Context) -> Response[str]:
    """Changes the names or the password of the signed-in user."""
    form = await context.form(PlainProfileForm, keep_blank=True)
    caller, session, person = await context.acting()
    profile, issued = context.engine.profile, None
    said, status = "Saved.", 200
    try:
        check_form(context, "user", form.form_token)
        if form.way == "password":
            person, issued = await profile.change_password(
                caller, session, person, current=form.current_password or None, new=form.new_password or None
            )
            await _hand_over(context, issued)
            said = "Your password was changed, and your other devices were signed out."
        else:
            changes = ProfileChanges(first_name=form.first_name, last_name=form.last_name, username=form.username)
            person = await profile.update(context.instance, session, person, changes)
    except SojournError as error:
        said, status = error.long_message, status_of(error)
    given = issued.secret if issued else None
    return plain_page(context, "user", profile_form(context, person, given), said, status)


def _sign_up_page(
    context: ClientContext, form: PlainSignUpForm, said: str, status: int, issued: Issued | None = None
) -> Response[str]:
    """The form again, with everything filled in except password and code."""
    typed = {name: getattr(form, name) or "" for name in ("first_name", "last_name", "username", "email_address")}
    values = sign_up_form(context, issued.secret if issued else None, typed)
    return plain_page(context, "sign-up", {**values, "sign_up": form.sign_up or ""}, said, status, form.redirect_url)


HANDLERS = [sign_up, user]
