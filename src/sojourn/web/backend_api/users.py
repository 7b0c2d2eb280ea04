"""Users: list, count, create, update, ban, lock, delete."""

from collections.abc import Sequence
from typing import Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath

from sojourn.errors import FieldError, FieldUnknown
from sojourn.resources import Resource, deleted, total_count
from sojourn.resources.users import backend_user
from sojourn.store.interface import Page
from sojourn.users.user import User
from sojourn.web.backend_api.context import METADATA_APART, Context, KeyContext
from sojourn.web.backend_api.user_filters import UserCountQuery, UserListQuery
from sojourn.web.backend_api.user_input import Metadata, UserCreation, UserPatch
from sojourn.web.operation import backend, backend_image
from sojourn.web.parsing.field_types import Limit, Offset

_MAX_AT_ONCE = 500


class PasswordProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    password: str


class PasswordRemoval(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Sessions always end with the removed password, because it may have opened them (R-PWD-11)."""

    sign_out_of_other_sessions: bool | None = None


class Compromise(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    revoke_all_sessions: bool | None = None


class Several(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_ids: list[str]

    def unique(self) -> list[str]:
        """Raises: FieldError if there are none or too many (R-LIM-07)."""
        ids = list(dict.fromkeys(self.user_ids))
        if not 0 < len(ids) <= _MAX_AT_ONCE:
            raise FieldError(f"user_ids must hold 1 to {_MAX_AT_ONCE} ids.", param="user_ids")
        return ids


class SomePage(msgspec.Struct, kw_only=True):
    limit: Limit = 10
    offset: Offset = 0


class InvitationsPage(SomePage, kw_only=True):
    status: Literal["pending", "accepted", "revoked", "expired"] | None = None


async def shown(context: KeyContext, users: Sequence[User]) -> list[Resource]:
    second = await context.engine.enrollments.second_factors(context.instance, users, context.now)
    return [backend_user(user, context.instance, context.now, second_factors=second.get(user.id, ())) for user in users]


async def answer(context: KeyContext, user: User) -> Response[bytes]:
    return context.json((await shown(context, [user]))[0])


# -- read


@get("/v1/users", operation_id="GetUserList", opt=backend(query=UserListQuery))
async def list_users(context: Context) -> Response[bytes]:
    query = context.query(UserListQuery)
    where = query.where()
    if where is None:
        return context.json([])
    if query.starting_after is not None:
        users = await context.engine.accounts.list_after(context.instance, where, query.cursor(), query.limit)
    else:
        users = await context.engine.accounts.list(context.instance, where, Page(query.limit, query.offset))
    return context.json(await shown(context, users))


@get("/v1/users/count", operation_id="GetUsersCount", opt=backend(query=UserCountQuery))
async def count_users(context: Context) -> Response[bytes]:
    where = context.query(UserCountQuery).where()
    count = 0 if where is None else await context.engine.accounts.count(context.instance, where)
    return context.json(total_count(count))


@get("/v1/users/{user_id:str}", operation_id="GetUser", opt=backend())
async def read_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.accounts.get(context.instance, user_id))


# -- write


@post("/v1/users", operation_id="CreateUser", status_code=200, opt=backend(json=UserCreation))
async def create_user(context: Context) -> Response[bytes]:
    given = await context.json_body(UserCreation)
    return await answer(context, await context.engine.accounts.create(context.instance, given.new_user()))


@patch("/v1/users/{user_id:str}", operation_id="UpdateUser", opt=backend(json=UserPatch))
async def update_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(UserPatch)
    named = given.named_metadata()
    if named is not None and context.api_version >= METADATA_APART:
        raise FieldUnknown(named)
    return await answer(context, await context.engine.accounts.update(context.instance, user_id, given.changes()))


@delete("/v1/users/{user_id:str}", operation_id="DeleteUser", status_code=200, opt=backend())
async def delete_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.engine.accounts.delete(context.instance, user_id)
    return context.json(deleted("user", user_id))


@post(
    "/v1/users/{user_id:str}/profile_image", operation_id="SetUserProfileImage", status_code=200,
    opt=backend_image(),
)  # fmt: skip
async def set_image(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    content = await context.upload()
    return await answer(context, await context.engine.profile_images.set(context.instance, user_id, content))


@delete("/v1/users/{user_id:str}/profile_image", operation_id="DeleteUserProfileImage", status_code=200, opt=backend())
async def remove_image(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.profile_images.remove(context.instance, user_id))


@patch("/v1/users/{user_id:str}/metadata", operation_id="UpdateUserMetadata", opt=backend(json=Metadata))
async def merge_metadata(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Metadata)
    user = await context.engine.accounts.merge_metadata(
        context.instance,
        user_id,
        public=given.public_metadata,
        private=given.private_metadata,
        unsafe=given.unsafe_metadata,
    )
    return await answer(context, user)


@put("/v1/users/{user_id:str}/metadata", operation_id="ReplaceUserMetadata", opt=backend(json=Metadata))
async def replace_metadata(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Metadata)
    user = await context.engine.accounts.replace_metadata(
        context.instance,
        user_id,
        public=given.public_metadata,
        private=given.private_metadata,
        unsafe=given.unsafe_metadata,
    )
    return await answer(context, user)


@post(
    "/v1/users/{user_id:str}/verify_password", operation_id="VerifyPassword", status_code=200,
    opt=backend(json=PasswordProof),
)  # fmt: skip
async def verify_password(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    proof = await context.json_body(PasswordProof)
    await context.engine.accounts.verify_password(context.instance, user_id, proof.password)
    return context.json({"verified": True})


@post(
    "/v1/users/{user_id:str}/remove_password", operation_id="RemoveUserPassword", status_code=200,
    opt=backend(json=PasswordRemoval),
)  # fmt: skip
async def remove_password(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.json_body(PasswordRemoval)
    user = await context.engine.accounts.get(context.instance, user_id)
    if user.password is None:
        return await answer(context, user)
    return await answer(context, await context.engine.accounts.remove_password(context.instance, user_id))


@post(
    "/v1/users/{user_id:str}/password/set_compromised", operation_id="SetUserPasswordCompromised", status_code=200,
    opt=backend(json=Compromise),
)  # fmt: skip
async def set_password_compromised(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Compromise)
    user = await context.engine.accounts.set_password_compromised(
        context.instance, user_id, end_sessions=bool(given.revoke_all_sessions)
    )
    return await answer(context, user)


@post(
    "/v1/users/{user_id:str}/password/unset_compromised",
    operation_id="UnsetUserPasswordCompromised",
    status_code=200,
    opt=backend(),
)
async def unset_password_compromised(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return await answer(context, await context.engine.accounts.unset_password_compromised(context.instance, user_id))


# -- keep out, let in


@post("/v1/users/{user_id:str}/ban", operation_id="BanUser", status_code=200, opt=backend())
async def ban(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.accounts.ban(context.instance, user_id))


@post("/v1/users/{user_id:str}/unban", operation_id="UnbanUser", status_code=200, opt=backend())
async def unban(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.accounts.unban(context.instance, user_id))


@post("/v1/users/{user_id:str}/lock", operation_id="LockUser", status_code=200, opt=backend())
async def lock(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.accounts.lock(context.instance, user_id))


@post("/v1/users/{user_id:str}/unlock", operation_id="UnlockUser", status_code=200, opt=backend())
async def unlock(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await answer(context, await context.engine.accounts.unlock(context.instance, user_id))


@post("/v1/users/ban", operation_id="UsersBan", status_code=200, opt=backend(json=Several))
async def ban_several(context: Context) -> Response[bytes]:
    ids = (await context.json_body(Several)).unique()
    users = await context.engine.accounts.ban_many(context.instance, ids)
    return context.json(await shown(context, users))


@post("/v1/users/unban", operation_id="UsersUnban", status_code=200, opt=backend(json=Several))
async def unban_several(context: Context) -> Response[bytes]:
    ids = (await context.json_body(Several)).unique()
    users = await context.engine.accounts.unban_many(context.instance, ids)
    return context.json(await shown(context, users))


# -- what is off, answered as what it is: empty


@get("/v1/users/{user_id:str}/organization_memberships", operation_id="UsersGetOrganizationMemberships",
     opt=backend(query=SomePage))  # fmt: skip
async def memberships(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await _none_yet(context, user_id, SomePage)


@get("/v1/users/{user_id:str}/organization_invitations", operation_id="UsersGetOrganizationInvitations",
     opt=backend(query=InvitationsPage))  # fmt: skip
async def invitations(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await _none_yet(context, user_id, InvitationsPage)


async def _none_yet(context: KeyContext, user_id: str, query: type[SomePage]) -> Response[bytes]:
    context.query(query)
    await context.engine.accounts.get(context.instance, user_id)
    return context.json({"data": [], "total_count": 0})


HANDLERS = [
    list_users,
    count_users,
    read_user,
    create_user,
    update_user,
    delete_user,
    set_image,
    remove_image,
    merge_metadata,
    replace_metadata,
    verify_password,
    remove_password,
    set_password_compromised,
    unset_password_compromised,
    ban,
    unban,
    lock,
    unlock,
    ban_several,
    unban_several,
    memberships,
    invitations,
]
