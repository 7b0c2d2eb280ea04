"""Users: list, count, create, change, keep out, delete."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath

from sojourn.errors import FieldError, FieldUnknown
from sojourn.instant import Instant
from sojourn.resources import Resource, deleted, total_count
from sojourn.resources.users import backend_user
from sojourn.store.interface import Page, UserFilter
from sojourn.users.user import User
from sojourn.web.access import IMAGE_MOST, backend
from sojourn.web.backend_api.call import METADATA_APART, Call, CurrentCall, json
from sojourn.web.backend_api.reading import Limit, Offset
from sojourn.web.backend_api.user_filters import UserCountQuery, UserListQuery
from sojourn.web.backend_api.user_input import Metadata, UserCreation, UserPatch
from sojourn.web.uploads import FIELD

_MOST_AT_ONCE = 500


class PasswordProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    password: str


class PasswordRemoval(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Sessions always end with the password they may have been opened by (R-PWD-11)."""

    sign_out_of_other_sessions: bool | None = None


class Compromise(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    revoke_all_sessions: bool | None = None


class Several(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_ids: list[str]

    def unique(self) -> list[str]:
        """Raises: FieldError when there are none, or too many (R-LIM-07)."""
        ids = list(dict.fromkeys(self.user_ids))
        if not 0 < len(ids) <= _MOST_AT_ONCE:
            raise FieldError(f"user_ids must hold 1 to {_MOST_AT_ONCE} ids.", param="user_ids")
        return ids


class SomePage(msgspec.Struct, kw_only=True):
    limit: Limit = 10
    offset: Offset = 0


class InvitationsPage(SomePage, kw_only=True):
    status: Literal["pending", "accepted", "revoked", "expired"] | None = None


def shown(call: Call, user: User) -> Resource:
    return backend_user(user, call.instance, call.now)


def answer(call: Call, user: User) -> Response[bytes]:
    return json(shown(call, user))


# -- read


@get("/v1/users", operation_id="GetUserList", opt={"query": UserListQuery})
async def list_users(call: CurrentCall) -> Response[bytes]:
    query = call.query(UserListQuery)
    where = query.where()
    if where is None:
        return json([])
    if query.starting_after is not None:
        users = await _after(call, where, query.cursor(), query.limit)
    else:
        users = await call.engine.accounts.list(call.instance, where, Page(query.limit, query.offset))
    return json([shown(call, user) for user in users])


async def _after(call: Call, where: UserFilter, cursor: str, limit: int) -> Sequence[User]:
    """The users that follow the one named `cursor` by time of creation; those of the same moment in the list's order."""
    last = await call.engine.accounts.get(call.instance, cursor)
    moment, found, passed, offset = last.created_at, list[User](), False, 0
    if where.descending:
        edge = Instant(moment.millis + 1)
        where = replace(where, created_at_before=min(edge, where.created_at_before or edge))
    else:
        where = replace(where, created_at_after=max(moment, where.created_at_after or moment))
    while len(found) < limit:
        page = await call.engine.accounts.list(call.instance, where, Page(limit + 1, offset))
        for user in page:
            passed = passed or user.id == last.id or user.created_at != moment
            if passed and user.id != last.id:
                found.append(user)
        if len(page) <= limit:
            break
        offset += len(page)
    return found[:limit]


@get("/v1/users/count", operation_id="GetUsersCount", opt={"query": UserCountQuery})
async def count_users(call: CurrentCall) -> Response[bytes]:
    where = call.query(UserCountQuery).where()
    count = 0 if where is None else await call.engine.accounts.count(call.instance, where)
    return json(total_count(count))


@get("/v1/users/{user_id:str}", operation_id="GetUser")
async def read_user(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.accounts.get(call.instance, user_id))


# -- write


@post("/v1/users", operation_id="CreateUser", status_code=200, opt={"json": UserCreation})
async def create_user(call: CurrentCall) -> Response[bytes]:
    given = await call.body(UserCreation)
    return answer(call, await call.engine.accounts.create(call.instance, given.new_user()))


@patch("/v1/users/{user_id:str}", operation_id="UpdateUser", opt={"json": UserPatch})
async def update_user(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(UserPatch)
    named = given.named_metadata()
    if named is not None and call.api_version >= METADATA_APART:
        raise FieldUnknown(named)
    return answer(call, await call.engine.accounts.update(call.instance, user_id, given.changes()))


@delete("/v1/users/{user_id:str}", operation_id="DeleteUser", status_code=200)
async def delete_user(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    await call.engine.accounts.delete(call.instance, user_id)
    return json(deleted("user", user_id))


@post(
    "/v1/users/{user_id:str}/profile_image", operation_id="SetUserProfileImage", status_code=200,
    opt={"upload": FIELD, **backend(body_most=IMAGE_MOST)},
)  # fmt: skip
async def set_image(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    content = await call.upload()
    return answer(call, await call.engine.profile_images.set(call.instance, user_id, content))


@delete("/v1/users/{user_id:str}/profile_image", operation_id="DeleteUserProfileImage", status_code=200)
async def remove_image(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.profile_images.remove(call.instance, user_id))


@patch("/v1/users/{user_id:str}/metadata", operation_id="UpdateUserMetadata", opt={"json": Metadata})
async def merge_metadata(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(Metadata)
    user = await call.engine.accounts.merge_metadata(
        call.instance,
        user_id,
        public=given.public_metadata,
        private=given.private_metadata,
        unsafe=given.unsafe_metadata,
    )
    return answer(call, user)


@put("/v1/users/{user_id:str}/metadata", operation_id="ReplaceUserMetadata", opt={"json": Metadata})
async def replace_metadata(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(Metadata)
    user = await call.engine.accounts.replace_metadata(
        call.instance,
        user_id,
        public=given.public_metadata,
        private=given.private_metadata,
        unsafe=given.unsafe_metadata,
    )
    return answer(call, user)


@post(
    "/v1/users/{user_id:str}/verify_password", operation_id="VerifyPassword", status_code=200,
    opt={"json": PasswordProof},
)  # fmt: skip
async def verify_password(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    proof = await call.body(PasswordProof)
    await call.engine.accounts.verify_password(call.instance, user_id, proof.password)
    return json({"verified": True})


@post(
    "/v1/users/{user_id:str}/remove_password", operation_id="RemoveUserPassword", status_code=200,
    opt={"json": PasswordRemoval},
)  # fmt: skip
async def remove_password(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    await call.body(PasswordRemoval)
    user = await call.engine.accounts.get(call.instance, user_id)
    if user.password is None:
        return answer(call, user)
    return answer(call, await call.engine.accounts.remove_password(call.instance, user_id))


@post(
    "/v1/users/{user_id:str}/password/set_compromised", operation_id="SetUserPasswordCompromised", status_code=200,
    opt={"json": Compromise},
)  # fmt: skip
async def set_password_compromised(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(Compromise)
    user = await call.engine.accounts.set_password_compromised(
        call.instance, user_id, end_sessions=bool(given.revoke_all_sessions)
    )
    return answer(call, user)


@post(
    "/v1/users/{user_id:str}/password/unset_compromised", operation_id="UnsetUserPasswordCompromised", status_code=200
)
async def unset_password_compromised(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    await call.no_body()
    return answer(call, await call.engine.accounts.unset_password_compromised(call.instance, user_id))


# -- keep out, let in


@post("/v1/users/{user_id:str}/ban", operation_id="BanUser", status_code=200)
async def ban(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.accounts.ban(call.instance, user_id))


@post("/v1/users/{user_id:str}/unban", operation_id="UnbanUser", status_code=200)
async def unban(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.accounts.unban(call.instance, user_id))


@post("/v1/users/{user_id:str}/lock", operation_id="LockUser", status_code=200)
async def lock(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.accounts.lock(call.instance, user_id))


@post("/v1/users/{user_id:str}/unlock", operation_id="UnlockUser", status_code=200)
async def unlock(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return answer(call, await call.engine.accounts.unlock(call.instance, user_id))


@post("/v1/users/ban", operation_id="UsersBan", status_code=200, opt={"json": Several})
async def ban_several(call: CurrentCall) -> Response[bytes]:
    users = [await call.engine.accounts.ban(call.instance, id) for id in await _known(call)]
    return json([shown(call, user) for user in users])


@post("/v1/users/unban", operation_id="UsersUnban", status_code=200, opt={"json": Several})
async def unban_several(call: CurrentCall) -> Response[bytes]:
    users = [await call.engine.accounts.unban(call.instance, id) for id in await _known(call)]
    return json([shown(call, user) for user in users])


async def _known(call: Call) -> Sequence[str]:
    """The ids of the body, each looked up before anything changes. Raises: NotFound, FieldError."""
    ids = (await call.body(Several)).unique()
    for id in ids:
        await call.engine.accounts.get(call.instance, id)
    return ids


# -- what is off, answered as what it is: empty


@get("/v1/users/{user_id:str}/organization_memberships", operation_id="UsersGetOrganizationMemberships",
     opt={"query": SomePage})  # fmt: skip
async def memberships(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return await _none_yet(call, user_id, SomePage)


@get("/v1/users/{user_id:str}/organization_invitations", operation_id="UsersGetOrganizationInvitations",
     opt={"query": InvitationsPage})  # fmt: skip
async def invitations(call: CurrentCall, user_id: FromPath[str]) -> Response[bytes]:
    return await _none_yet(call, user_id, InvitationsPage)


async def _none_yet(call: Call, user_id: str, query: type[SomePage]) -> Response[bytes]:
    call.query(query)
    await call.engine.accounts.get(call.instance, user_id)
    return json({"data": [], "total_count": 0})


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
