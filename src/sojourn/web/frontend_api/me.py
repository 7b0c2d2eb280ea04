"""The signed-in person: profile, password, devices."""

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from sojourn.errors import FieldMissing
from sojourn.resources import deleted
from sojourn.resources.images import image as image_resource
from sojourn.resources.sessions import listed_session, own_session
from sojourn.resources.sessions import session as session_resource
from sojourn.resources.users import user as user_resource
from sojourn.sessions.caller import Issued
from sojourn.store.interface import Page, SessionFilter
from sojourn.users.profile import ProfileChanges
from sojourn.users.user import User
from sojourn.web.access import IMAGE_MOST, frontend
from sojourn.web.form_bodies import json_object
from sojourn.web.request_context import CurrentExchange, RequestContext
from sojourn.web.uploads import FIELD

_MOST_SESSIONS = 100


class ProfileForm(msgspec.Struct, kw_only=True):
    """A blank name clears it: SDKs send null as a blank field."""

    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    primary_email_address_id: str | UnsetType = UNSET
    primary_phone_number_id: str | UnsetType = UNSET
    unsafe_metadata: str | UnsetType = UNSET

    def changes(self) -> ProfileChanges:
        """Raises: FieldError when the metadata is not a JSON object."""
        metadata = self.unsafe_metadata
        return ProfileChanges(
            first_name=self.first_name,
            last_name=self.last_name,
            username=self.username,
            primary_email_address_id=self.primary_email_address_id or UNSET,
            primary_phone_number_id=self.primary_phone_number_id or UNSET,
            unsafe_metadata=json_object(metadata, "unsafe_metadata") if metadata else UNSET,
        )


class MetadataForm(msgspec.Struct, kw_only=True):
    unsafe_metadata: str | None = None


class PasswordForm(msgspec.Struct, kw_only=True):
    current_password: str | None = None
    new_password: str | None = None
    sign_out_of_other_sessions: bool = True


class CurrentPasswordForm(msgspec.Struct, kw_only=True):
    current_password: str | None = None


@get("/v1/me", operation_id="getUser", opt=frontend(limit=None))
async def read(exchange: CurrentExchange) -> Response[bytes]:
    _, _, user = await exchange.acting()
    return await answer(exchange, user)


@patch("/v1/me", operation_id="patchUser", opt={"form": ProfileForm, **frontend(limit=None)})
async def update(exchange: CurrentExchange) -> Response[bytes]:
    _, session, user = await exchange.acting()
    changes = (await exchange.form(ProfileForm, keep_blank=True)).changes()
    return await answer(exchange, await exchange.engine.profile.update(exchange.instance, session, user, changes))


@delete("/v1/me", operation_id="deleteUser", status_code=200, opt=frontend(limit=None))
async def delete_self(exchange: CurrentExchange) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    issued = await exchange.engine.profile.delete_self(caller, session, user)
    reply = await exchange.enveloped(deleted("user", user.id), issued)
    if not (await exchange.engine.clients.view(issued.client)).sessions:
        exchange.signed_out()
    return reply


@patch("/v1/me/metadata", operation_id="patchUserMetadata", opt={"form": MetadataForm, **frontend(limit=None)})
async def merge_metadata(exchange: CurrentExchange) -> Response[bytes]:
    _, session, user = await exchange.acting()
    form = await exchange.form(MetadataForm)
    if form.unsafe_metadata is None:
        raise FieldMissing("unsafe_metadata")
    patched = json_object(form.unsafe_metadata, "unsafe_metadata")
    return await answer(
        exchange, await exchange.engine.profile.update_metadata(exchange.instance, session, user, patched)
    )


@post(
    "/v1/me/profile_image",
    operation_id="updateProfileImage",
    status_code=200,
    opt={"upload": FIELD, **frontend(limit="pictures", body_most=IMAGE_MOST)},
)
async def set_image(exchange: CurrentExchange) -> Response[bytes]:
    _, session, user = await exchange.acting()
    content = await exchange.upload()
    changed = await exchange.engine.profile.set_image(exchange.instance, session, user, content)
    return await exchange.enveloped(image_resource(changed, exchange.instance), user=changed)


@delete("/v1/me/profile_image", operation_id="deleteProfileImage", status_code=200, opt=frontend(limit=None))
async def remove_image(exchange: CurrentExchange) -> Response[bytes]:
    _, session, user = await exchange.acting()
    removed = await exchange.engine.profile.remove_image(exchange.instance, session, user)
    return await exchange.enveloped(deleted("image", removed))


@post(
    "/v1/me/change_password",
    operation_id="changePassword",
    status_code=200,
    opt={"form": PasswordForm, **frontend(limit="attempts", hashes=True)},
)
async def change_password(exchange: CurrentExchange) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    form = await exchange.form(PasswordForm)
    changed, issued = await exchange.engine.profile.change_password(
        caller,
        session,
        user,
        current=form.current_password,
        new=form.new_password,
        sign_out_others=form.sign_out_of_other_sessions,
    )
    return await answer(exchange, changed, issued)


@post(
    "/v1/me/remove_password",
    operation_id="removePassword",
    status_code=200,
    opt={"form": CurrentPasswordForm, **frontend(limit="attempts", hashes=True)},
)
async def remove_password(exchange: CurrentExchange) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    form = await exchange.form(CurrentPasswordForm)
    changed, issued = await exchange.engine.profile.remove_password(caller, session, user, form.current_password)
    return await answer(exchange, changed, issued)


@get("/v1/me/sessions", operation_id="getUsersSessions", opt=frontend(limit=None))
async def all_sessions(exchange: CurrentExchange) -> Response[bytes]:
    """The person's sessions, those that are over too, until they are forgotten: a bare list, the newest first."""
    _, _, user = await exchange.acting()
    theirs, page = SessionFilter(user_id=user.id), Page(_MOST_SESSIONS)
    sessions = await exchange.engine.sessions.list(exchange.instance, theirs, page)
    return exchange.json([own_session(each, user, exchange.instance, exchange.now) for each in sessions])


@get("/v1/me/sessions/active", operation_id="getSessions", opt=frontend(limit=None))
async def active_sessions(exchange: CurrentExchange) -> Response[bytes]:
    """The person's devices: a bare list, the latest used first."""
    _, _, user = await exchange.acting()
    sessions = await exchange.engine.sessions.active_of_user(exchange.instance, user.id)
    return exchange.json([listed_session(each, exchange.now) for each in sessions])


@post(
    "/v1/me/sessions/{session_id:str}/revoke", operation_id="revokeSession", status_code=200, opt=frontend(limit=None)
)
async def revoke_session(exchange: CurrentExchange, session_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await exchange.acting()
    revoked, issued = await exchange.engine.profile.end_session(caller, session, user, session_id)
    return await exchange.enveloped(session_resource(revoked, user, exchange.instance, exchange.now, None), issued)


async def answer(exchange: RequestContext, user: User, issued: Issued | None = None) -> Response[bytes]:
    """The user as they are now, in the envelope."""
    verifications = await exchange.engine.profile.verifications(exchange.instance, user)
    return await exchange.enveloped(user_resource(user, exchange.instance, exchange.now, verifications), issued)


HANDLERS = [
    read,
    update,
    delete_self,
    merge_metadata,
    set_image,
    remove_image,
    change_password,
    remove_password,
    all_sessions,
    active_sessions,
    revoke_session,
]
