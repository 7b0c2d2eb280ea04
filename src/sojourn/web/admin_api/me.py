"""The administrator who asks, and the proof that opens sensitive operations for ten minutes (R-SES-12)."""

from importlib.metadata import version

import msgspec
from litestar import Response, get, post

from sojourn.console.roles import PERMISSIONS
from sojourn.users.profile import fresh_until
from sojourn.web.admin_api.context import Context
from sojourn.web.admin_api.shapes.administrators import Me
from sojourn.web.frontend_api.context import Context as BrowserContext
from sojourn.web.operation import admin, frontend


class FreshPassword(msgspec.Struct, kw_only=True):
    password: str


@get("/v1/admin/me", operation_id="admin_read_me", opt=admin(None, gives=Me))
async def read_me(context: Context) -> Response[bytes]:
    signed_in = context.signed_in
    user = None if signed_in is None else signed_in.user
    email = None if user is None else user.primary_email_address
    until = None if signed_in is None else fresh_until(signed_in.session)
    shown = Me(
        id=None if user is None else user.id,
        email_address=None if email is None else email.value,
        first_name=None if user is None else user.first_name,
        last_name=None if user is None else user.last_name,
        has_password=user is not None and user.password is not None,
        role=context.role,
        permissions=sorted(permission.value for permission in PERMISSIONS[context.role]),
        fresh_until=None if until is None else until.millis,
        environment=context.instance.environment.value,
        application_name=context.instance.settings.application_name,
        public_url=context.instance.public_url,
        dashboard_url=context.dashboard.url,
        publishable_key=context.instance.publishable_key,
        version=version("sojourn"),
    )
    return context.json(shown)


@post(
    "/v1/console/verification",
    operation_id="console_verify",
    status_code=200,
    opt=frontend(limit="attempts", form=FreshPassword),
)
async def verify(context: BrowserContext) -> Response[bytes]:
    """Prove the password again. Authenticated by the console's cookie like the Frontend API, because the proof replaces it."""
    given = await context.form(FreshPassword)
    caller, session, user = await context.acting()
    issued = await context.engine.profile.prove_again(caller, session, user, given.password)
    return await context.enveloped({"object": "verification", "status": "verified"}, issued)


HANDLERS = (read_me, verify)
