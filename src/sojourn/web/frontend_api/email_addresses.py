"""The signed-in user's e-mail addresses."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from sojourn.resources import deleted
from sojourn.resources.users import address_resource
from sojourn.web.frontend_api.context import Context
from sojourn.web.operation import frontend


class AddForm(msgspec.Struct, kw_only=True):
    email_address: str | None = None


class PrepareAddressForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None


class AttemptAddressForm(msgspec.Struct, kw_only=True):
    code: str | None = None


@get("/v1/me/email_addresses", operation_id="getEmailAddresses", opt=frontend(limit=None))
async def all_addresses(context: Context) -> Response[bytes]:
    _, _, user = await context.acting()
    open_ones = await context.engine.profile.verifications(context.instance, user)
    now = context.now
    return context.json([address_resource(address, now, open_ones.get(address.id)) for address in user.email_addresses])


@post(
    "/v1/me/email_addresses",
    operation_id="createEmailAddresses",
    status_code=200,
    opt=frontend(limit=None, form=AddForm),
)
async def add(context: Context) -> Response[bytes]:
    _, session, user = await context.acting()
    form = await context.form(AddForm)
    added = await context.engine.profile.add_email(context.instance, session, user, form.email_address)
    return await context.enveloped(address_resource(added, context.now))


@get("/v1/me/email_addresses/{email_id:str}", operation_id="getEmailAddress", opt=frontend(limit=None))
async def read(context: Context, email_id: FromPath[str]) -> Response[bytes]:
    _, _, user = await context.acting()
    found = context.engine.profile.email(user, email_id)
    current = (await context.engine.profile.verifications(context.instance, user)).get(found.id)
    return await context.enveloped(address_resource(found, context.now, current))


@delete(
    "/v1/me/email_addresses/{email_id:str}",
    operation_id="DeleteEmailAddress",
    status_code=200,
    opt=frontend(limit=None),
)
async def remove(context: Context, email_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await context.acting()
    removed, issued = await context.engine.profile.remove_email(caller, session, user, email_id)
    return await context.enveloped(deleted("email_address", removed.id), issued)


@post(
    "/v1/me/email_addresses/{email_id:str}/prepare_verification",
    operation_id="sendVerificationEmail",
    status_code=200,
    opt=frontend(limit="codes", form=PrepareAddressForm),
)
async def prepare(context: Context, email_id: FromPath[str]) -> Response[bytes]:
    _, session, user = await context.acting()
    form = await context.form(PrepareAddressForm)
    sent_to, challenge = await context.engine.profile.prepare_email(
        context.instance, session, user, email_id, form.strategy
    )
    return await context.enveloped(address_resource(sent_to, context.now, challenge))


@post(
    "/v1/me/email_addresses/{email_id:str}/attempt_verification",
    operation_id="verifyEmailAddress",
    status_code=200,
    opt=frontend(limit="attempts", form=AttemptAddressForm),
)
async def attempt(context: Context, email_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await context.acting()
    form = await context.form(AttemptAddressForm)
    proven, _, issued = await context.engine.profile.attempt_email(caller, session, user, email_id, form.code)
    return await context.enveloped(address_resource(proven, context.now), issued)


HANDLERS = [all_addresses, add, read, remove, prepare, attempt]
