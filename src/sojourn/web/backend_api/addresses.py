"""E-mail addresses and phone numbers of users."""

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath

from sojourn.errors import FeatureOff
from sojourn.resources import deleted
from sojourn.resources.users import address_resource
from sojourn.resources.verifications import backend_verification
from sojourn.users.new_user import Status
from sojourn.users.user import Identifier, IdentifierKind
from sojourn.web.backend_api.context import Context, KeyContext
from sojourn.web.operation import backend

EMAIL = IdentifierKind.EMAIL_ADDRESS
PHONE = IdentifierKind.PHONE_NUMBER


class EmailCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The user is notified of a new primary address even if `notify…` is false (R-LOG-04)."""

    user_id: str
    email_address: str
    verified: bool | None = None
    primary: bool | None = None
    notify_primary_email_address_changed: bool | None = None


class EmailPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    verified: bool | None = None
    primary: bool | None = None
    notify_primary_email_address_changed: bool | None = None


class EmailReplacement(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The user is notified at the old and the new address even if `notify…` is false (R-OTP-06)."""

    email_address: str
    identification_status: Status = "verified"
    notify_primary_email_address_changed: bool | None = None


class EmailProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    verification_id: str
    code: str


class PhoneCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    phone_number: str
    verified: bool | None = None
    primary: bool | None = None
    reserved_for_second_factor: bool | None = None


class PhonePatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    verified: bool | None = None
    primary: bool | None = None
    reserved_for_second_factor: bool | None = None


class PhoneReplacement(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    phone_number: str
    identification_status: Status = "verified"


def _answer(context: KeyContext, address: Identifier) -> Response[bytes]:
    return context.json(address_resource(address, context.now))


async def _update(
    context: KeyContext, id: str, kind: IdentifierKind, verified: bool | None, primary: bool | None
) -> Response[bytes]:
    address = await context.engine.addresses.update(context.instance, id, verified=verified, primary=primary, kind=kind)
    return _answer(context, address)


def _no_second_factor(wanted: bool | None) -> None:
    if wanted:
        raise FeatureOff("Phone numbers are no second factor here.", param="reserved_for_second_factor")


@post("/v1/email_addresses", operation_id="CreateEmailAddress", status_code=200, opt=backend(json=EmailCreation))
async def create_email(context: Context) -> Response[bytes]:
    given = await context.json_body(EmailCreation)
    address = await context.engine.addresses.create(
        context.instance,
        given.user_id,
        EMAIL,
        given.email_address,
        verified=bool(given.verified),
        primary=bool(given.primary),
    )
    return _answer(context, address)


@get("/v1/email_addresses/{email_address_id:str}", operation_id="GetEmailAddress", opt=backend())
async def read_email(context: Context, email_address_id: FromPath[str]) -> Response[bytes]:
    return _answer(context, await context.engine.addresses.get(context.instance, email_address_id, EMAIL))


@patch("/v1/email_addresses/{email_address_id:str}", operation_id="UpdateEmailAddress", opt=backend(json=EmailPatch))
async def update_email(context: Context, email_address_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(EmailPatch)
    return await _update(context, email_address_id, EMAIL, given.verified, given.primary)


@delete("/v1/email_addresses/{email_address_id:str}", operation_id="DeleteEmailAddress", status_code=200, opt=backend())
async def delete_email(context: Context, email_address_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.addresses.delete(context.instance, email_address_id, kind=EMAIL)
    return context.json(deleted("email_address", removed.id))


@put(
    "/v1/users/{user_id:str}/email_address", operation_id="ReplaceUserEmailAddress", opt=backend(json=EmailReplacement)
)
async def replace_email(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(EmailReplacement)
    address = await context.engine.addresses.replace(
        context.instance, user_id, EMAIL, given.email_address, given.identification_status
    )
    return _answer(context, address)


@post(
    "/v1/email_addresses/{email_address_id:str}/prepare_verification", operation_id="PrepareEmailAddressVerification",
    status_code=200, opt=backend(),
)  # fmt: skip
async def prepare_email(context: Context, email_address_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return context.json(
        backend_verification(await context.engine.verifications.send(context.instance, email_address_id), context.now)
    )


@post(
    "/v1/email_addresses/{email_address_id:str}/attempt_verification", operation_id="AttemptEmailAddressVerification",
    status_code=200, opt=backend(json=EmailProof),
)  # fmt: skip
async def attempt_email(context: Context, email_address_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(EmailProof)
    challenge = await context.engine.verifications.attempt(
        context.instance, email_address_id, given.verification_id, given.code
    )
    return context.json(backend_verification(challenge, context.now))


@post("/v1/phone_numbers", operation_id="CreatePhoneNumber", status_code=200, opt=backend(json=PhoneCreation))
async def create_phone(context: Context) -> Response[bytes]:
    given = await context.json_body(PhoneCreation)
    _no_second_factor(given.reserved_for_second_factor)
    address = await context.engine.addresses.create(
        context.instance,
        given.user_id,
        PHONE,
        given.phone_number,
        verified=bool(given.verified),
        primary=bool(given.primary),
    )
    return _answer(context, address)


@get("/v1/phone_numbers/{phone_number_id:str}", operation_id="GetPhoneNumber", opt=backend())
async def read_phone(context: Context, phone_number_id: FromPath[str]) -> Response[bytes]:
    return _answer(context, await context.engine.addresses.get(context.instance, phone_number_id, PHONE))


@patch("/v1/phone_numbers/{phone_number_id:str}", operation_id="UpdatePhoneNumber", opt=backend(json=PhonePatch))
async def update_phone(context: Context, phone_number_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(PhonePatch)
    _no_second_factor(given.reserved_for_second_factor)
    return await _update(context, phone_number_id, PHONE, given.verified, given.primary)


@delete("/v1/phone_numbers/{phone_number_id:str}", operation_id="DeletePhoneNumber", status_code=200, opt=backend())
async def delete_phone(context: Context, phone_number_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.addresses.delete(context.instance, phone_number_id, kind=PHONE)
    return context.json(deleted("phone_number", removed.id))


@put("/v1/users/{user_id:str}/phone_number", operation_id="ReplaceUserPhoneNumber", opt=backend(json=PhoneReplacement))
async def replace_phone(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(PhoneReplacement)
    address = await context.engine.addresses.replace(
        context.instance, user_id, PHONE, given.phone_number, given.identification_status
    )
    return _answer(context, address)


HANDLERS = [
    create_email,
    read_email,
    update_email,
    delete_email,
    replace_email,
    prepare_email,
    attempt_email,
    create_phone,
    read_phone,
    update_phone,
    delete_phone,
    replace_phone,
]
