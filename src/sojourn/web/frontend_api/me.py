"""The signed-in user: profile, password, devices."""

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from sojourn.resources import deleted
from sojourn.resources.images import image as image_resource
from sojourn.resources.sessions import ended_device, listed_session, own_session
from sojourn.resources.users import user_resource
from sojourn.sessions.caller import Issued
from sojourn.store.interface import Page, SessionFilter
from sojourn.users.profile import ProfileChanges
from sojourn.users.user import User
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend, frontend_image
from sojourn.web.parsing.forms import json_object, required

_MAX_SESSIONS = 100


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
async def read(context: Context) -> Response[bytes]:
    _, _, user = await context.acting()
    return await answer(context, user)


@patch("/v1/me", operation_id="patchUser", opt=frontend(limit=None, form=ProfileForm))
async def update(context: Context) -> Response[bytes]:
    _, session, user = await context.acting()
    changes = (await context.form(ProfileForm, keep_blank=True)).changes()
    return await answer(context, await context.engine.profile.update(context.instance, session, user, changes))


@delete("/v1/me", operation_id="deleteUser", status_code=200, opt=frontend(limit=None))
async def delete_self(context: Context) -> Response[bytes]:
    caller, session, user = await context.acting()
    issued = await context.engine.profile.delete_self(caller, session, user)
    reply = await context.enveloped(deleted("user", user.id), issued)
    if not (await context.engine.clients.view(issued.client)).sessions:
        context.signed_out()
    return reply


@patch("/v1/me/metadata", operation_id="patchUserMetadata", opt=frontend(limit=None, form=MetadataForm))
async def merge_metadata(context: Context) -> Response[bytes]:
    _, session, user = await context.acting()
    form = await context.form(MetadataForm)
    patched = json_object(required(form.unsafe_metadata, "unsafe_metadata"), "unsafe_metadata")
    return await answer(context, await context.engine.profile.update_metadata(context.instance, session, user, patched))


@post(
    "/v1/me/profile_image",
    operation_id="updateProfileImage",
    status_code=200,
    opt=frontend_image(limit="pictures"),
)
async def set_image(context: Context) -> Response[bytes]:
    _, session, user = await context.acting()
    content = await context.upload()
    changed = await context.engine.profile.set_image(context.instance, session, user, content)
    return await context.enveloped(image_resource(changed, context.instance), user=changed)


@delete("/v1/me/profile_image", operation_id="deleteProfileImage", status_code=200, opt=frontend(limit=None))
async def remove_image(context: Context) -> Response[bytes]:
    _, session, user = await context.acting()
    removed = await context.engine.profile.remove_image(context.instance, session, user)
    return await context.enveloped(deleted("image", removed))


@post(
    "/v1/me/change_password",
    operation_id="changePassword",
    status_code=200,
    opt=frontend(limit="attempts", form=PasswordForm),
)
async def change_password(context: Context) -> Response[bytes]:
    caller, session, user = await context.acting()
    form = await context.form(PasswordForm)
    changed, issued = await context.engine.profile.change_password(
        caller,
        session,
        user,
        current=form.current_password,
        new=form.new_password,
        sign_out_others=form.sign_out_of_other_sessions,
    )
    return await answer(context, changed, issued)


@post(
    "/v1/me/remove_password",
    operation_id="removePassword",
    status_code=200,
    opt=frontend(limit="attempts", form=CurrentPasswordForm),
)
async def remove_password(context: Context) -> Response[bytes]:
    caller, session, user = await context.acting()
    form = await context.form(CurrentPasswordForm)
    changed, issued = await context.engine.profile.remove_password(caller, session, user, form.current_password)
    return await answer(context, changed, issued)


@get("/v1/me/sessions", operation_id="getUsersSessions", opt=frontend(limit=None))
async def all_sessions(context: Context) -> Response[bytes]:
    """The user's sessions, ended ones included until they are purged: a bare list, newest first."""
    _, _, user = await context.acting()
    theirs, page = SessionFilter(user_id=user.id), Page(_MAX_SESSIONS)
    sessions = await context.engine.sessions.list(context.instance, theirs, page)
    return context.json([own_session(session, user, context.instance, context.now) for session in sessions])


@get("/v1/me/sessions/active", operation_id="getSessions", opt=frontend(limit=None))
async def active_sessions(context: Context) -> Response[bytes]:
    """The user's active sessions (devices): a bare list, most recently used first."""
    _, _, user = await context.acting()
    sessions = await context.engine.sessions.active_of_user(context.instance, user.id)
    return context.json([listed_session(session, context.now) for session in sessions])


@post(
    "/v1/me/sessions/{session_id:str}/revoke", operation_id="revokeSession", status_code=200, opt=frontend(limit=None)
)
async def revoke_session(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    caller, session, user = await context.acting()
    revoked, issued = await context.engine.profile.end_session(caller, session, user, session_id)
    second = (await context.second_factors(user)).get(user.id, ())
    shown = ended_device(revoked, user, context.instance, context.now, second_factors=second)
    return await context.enveloped(shown, issued)


async def answer(context: ClientContext, user: User, issued: Issued | None = None) -> Response[bytes]:
    """The user's current state, in the envelope."""
    verifications = await context.engine.profile.verifications(context.instance, user)
    second = (await context.second_factors(user)).get(user.id, ())
    shown = user_resource(user, context.instance, context.now, verifications, second_factors=second)
    return await context.enveloped(shown, issued)


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
