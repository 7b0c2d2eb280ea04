"""The signed-in person's e-mail addresses."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from sojourn.resources import deleted
from sojourn.resources.users import address as address_resource
from sojourn.web.access import frontend
from sojourn.web.request_context import CurrentExchange


class AddForm(msgspec.Struct, kw_only=True):
    email_address: str | None = None


class PrepareForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None


class AttemptForm(msgspec.Struct, kw_only=True):
    code: str | None = None


@get("/v1/me/email_addresses", operation_id="getEmailAddresses", opt=frontend(limit=None))
async def all_addresses(exchange: CurrentExchange) -> Response[bytes]:
    _, _, user = await exchange.acting()
    open_ones = await exchange.engine.profile.verifications(exchange.instance, user)
    now = exchange.now
    return exchange.json([address_resource(each, now, open_ones.get(each.id)) for each in user.email_addresses])


@post(
    "/v1/me/email_addresses",
    operation_id="createEmailAddresses",
    status_code=200,
    opt={"form": AddForm, **frontend(limit=None)},
)
async def add(exchange: CurrentExchange) -> Response[bytes]:
    _, session, user = await exchange.acting()
    form = await exchange.form(AddForm)
    added = await exchange.engine.profile.add_email(exchange.instance, session, user, form.email_address)
    return await exchange.enveloped(address_resource(added, exchange.now))


@get("/v1/me/email_addresses/{email_id:str}", operation_id="getEmailAddress", opt=frontend(limit=None))
async def read(exchange: CurrentExchange, email_id: FromPath[str]) -> Response[bytes]:
    _, _, user = await exchange.acting()
    found = exchange.engine.profile.email(user, email_id)
    current = (await exchange.engine.profile.verifications(exchange.instance, user)).get(found.id)
    return await exchange.enveloped(address_resource(found, exchange.now, current))


@delete(
    "/v1/me/email_addresses/{email_id:str}",
    operation_id="DeleteEmailAddress",
    status_code=200,
    opt=frontend(limit=None),
)
async def remove(exchange: CurrentExchange, email_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    removed, issued = await exchange.engine.profile.remove_email(caller, session, user, email_id)
    return await exchange.enveloped(deleted("email_address", removed.id), issued)


@post(
    "/v1/me/email_addresses/{email_id:str}/prepare_verification",
    operation_id="sendVerificationEmail",
    status_code=200,
    opt={"form": PrepareForm, **frontend(limit="codes")},
)
async def prepare(exchange: CurrentExchange, email_id: FromPath[str]) -> Response[bytes]:
    _, session, user = await exchange.acting()
    form = await exchange.form(PrepareForm)
    sent_to, challenge = await exchange.engine.profile.prepare_email(
        exchange.instance, session, user, email_id, form.strategy
    )
    return await exchange.enveloped(address_resource(sent_to, exchange.now, challenge))


@post(
    "/v1/me/email_addresses/{email_id:str}/attempt_verification",
    operation_id="verifyEmailAddress",
    status_code=200,
    opt={"form": AttemptForm, **frontend(limit="attempts")},
)
async def attempt(exchange: CurrentExchange, email_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    form = await exchange.form(AttemptForm)
    proven, _, issued = await exchange.engine.profile.attempt_email(caller, session, user, email_id, form.code)
    return await exchange.enveloped(address_resource(proven, exchange.now), issued)


HANDLERS = [all_addresses, add, read, remove, prepare, attempt]
