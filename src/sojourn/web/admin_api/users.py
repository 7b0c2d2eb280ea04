"""Users: search, read, create, change, keep out, delete with undo, and hand over what is stored about one person."""

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from sojourn.console.roles import Permission
from sojourn.errors import NotFound
from sojourn.ids import UserId
from sojourn.instant import Instant
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import Page, SessionFilter, UserFilter, UserPlace
from sojourn.users.metadata import LIMIT
from sojourn.users.new_user import NewUser, UserChanges
from sojourn.users.user import User
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.admin_api.shapes.users import CountedUsers, UserDetail, UserRowPage, user_detail, user_row
from sojourn.web.operation import admin
from sojourn.web.parsing.cursors import PageLimit, cursor_text, place_of
from sojourn.web.parsing.field_types import JsonObject, Millis, millis_instant

OptionalText = str | None | UnsetType
"""UNSET keeps the value, null clears it."""


class UsersWanted(msgspec.Struct, kw_only=True):
    """`query` matches parts of names, addresses, user names and IDs. Times are inclusive below and exclusive above.
    `deleting` true lists the users whose deletion was asked for; otherwise they are hidden.
    """

    query: str | None = None
    banned: bool | None = None
    locked: bool | None = None
    verified: bool | None = None
    deleting: bool = False
    created_after: Millis | None = None
    created_before: Millis | None = None
    signed_in_after: Millis | None = None
    signed_in_before: Millis | None = None

    def where(self, after: UserPlace | None = None, *, oldest_first: bool = False) -> UserFilter:
        return UserFilter(
            query=self.query or None,
            banned=self.banned,
            locked=self.locked,
            verified=self.verified,
            deleting=self.deleting,
            created_at_after=millis_instant(self.created_after),
            created_at_before=millis_instant(self.created_before),
            last_sign_in_at_after=millis_instant(self.signed_in_after),
            last_sign_in_at_before=millis_instant(self.signed_in_before),
            after=after,
            descending=not oldest_first,
        )


class UserListWanted(UsersWanted, kw_only=True):
    """Newest first, or with `oldest_first` the other way round."""

    oldest_first: bool = False
    limit: PageLimit = 50
    cursor: str | None = None

    def place(self) -> UserPlace | None:
        """Raises: FieldError for a cursor of another list."""
        if self.cursor is None:
            return None
        millis, id = place_of(self.cursor, tuple[int, str])
        return UserPlace(Instant(millis), UserId(id))


class ReasonGiven(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`reason` is kept with the user and in the audit log; at most 500 characters."""

    reason: str | None = None


class PasswordDemand(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    end_sessions: bool = True


class AccountCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Addresses count as verified. There is no password here: the person sets one, or signs in by a code (R-PWD-13)."""

    email_address: str | None = None
    phone_number: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    external_id: str | None = None
    public_metadata: JsonObject | None = None
    private_metadata: JsonObject | None = None
    unsafe_metadata: JsonObject | None = None


class AccountPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A field that is absent keeps its value. Each kind of metadata is replaced as a whole."""

    username: OptionalText = UNSET
    first_name: OptionalText = UNSET
    last_name: OptionalText = UNSET
    external_id: OptionalText = UNSET
    public_metadata: JsonObject | UnsetType = UNSET
    private_metadata: JsonObject | UnsetType = UNSET
    unsafe_metadata: JsonObject | UnsetType = UNSET


# -- read


@get(
    "/v1/admin/users",
    operation_id="admin_list_users",
    opt=admin(Permission.USERS_READ, gives=UserRowPage, query=UserListWanted),
)
async def list_users(context: Context) -> Response[bytes]:
    wanted = context.query(UserListWanted)
    where = wanted.where(wanted.place(), oldest_first=wanted.oldest_first)
    found = await context.engine.accounts.list(context.instance, where, Page(wanted.limit + 1))
    shown = found[: wanted.limit]
    more = len(found) > wanted.limit
    return context.json(
        UserRowPage(
            data=[user_row(user, context.instance, context.now) for user in shown],
            next_cursor=cursor_text([shown[-1].created_at.millis, shown[-1].id]) if more else None,
        )
    )


@get(
    "/v1/admin/users/count",
    operation_id="admin_count_users",
    opt=admin(Permission.USERS_READ, gives=CountedUsers, query=UsersWanted),
)
async def count_users(context: Context) -> Response[bytes]:
    where = context.query(UsersWanted).where()
    total = await context.engine.accounts.count(context.instance, where)
    return context.json(CountedUsers(total_count=total, is_exact=True))


@get(
    "/v1/admin/users/{user_id:str}",
    operation_id="admin_get_user",
    opt=admin(Permission.USERS_READ, gives=UserDetail),
)
async def read_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    return await _detailed(context, await context.engine.deletions.find_hidden(context.instance, user_id))


@get(
    "/v1/admin/users/{user_id:str}/export",
    operation_id="admin_export_user",
    opt=admin(Permission.USERS_EXPORT, gives=None, fresh=True),
)
async def export_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    """All that is stored about one person, without secrets and hashes."""
    engine = context.engine
    user = await engine.deletions.find_hidden(context.instance, user_id)
    return context.json(await engine.personal_data.of(context.instance, user, actor=context.actor))


# -- create and change


@post(
    "/v1/admin/users",
    operation_id="admin_create_user",
    opt=admin(Permission.USERS_WRITE, gives=UserDetail, json=AccountCreation),
)
async def create_user(context: Context) -> Response[bytes]:
    given = await context.json_body(AccountCreation)
    new = NewUser(
        email_addresses=[given.email_address] if given.email_address else (),
        phone_numbers=[given.phone_number] if given.phone_number else (),
        username=given.username,
        first_name=given.first_name,
        last_name=given.last_name,
        external_id=given.external_id,
        public_metadata=given.public_metadata or {},
        private_metadata=given.private_metadata or {},
        unsafe_metadata=given.unsafe_metadata or {},
        skip_password_requirement=True,
    )
    user = await context.engine.accounts.create(context.instance, new, actor=context.actor)
    return await _detailed(context, user, 201)


@patch(
    "/v1/admin/users/{user_id:str}",
    operation_id="admin_update_user",
    opt=admin(Permission.USERS_WRITE, gives=UserDetail, json=AccountPatch),
)
async def update_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(AccountPatch)
    changes = UserChanges(**{name: getattr(given, name) for name in given.__struct_fields__})
    user = await context.engine.accounts.update(context.instance, user_id, changes, actor=context.actor)
    return await _detailed(context, user)


@post(
    "/v1/admin/users/{user_id:str}/addresses/{address_id:str}/verify",
    operation_id="admin_verify_address",
    status_code=200,
    opt=admin(Permission.USERS_WRITE, gives=UserDetail),
)
async def verify_address(context: Context, user_id: FromPath[str], address_id: FromPath[str]) -> Response[bytes]:
    """An address that the person could not verify themselves counts as verified from now on."""
    await context.no_body()
    engine = context.engine
    user = await engine.accounts.get(context.instance, user_id)
    if user.identifier(address_id) is None:
        raise NotFound("No address with that id exists here.")
    await engine.addresses.update(context.instance, address_id, verified=True, actor=context.actor)
    return await _detailed(context, await engine.accounts.get(context.instance, user_id))


@post(
    "/v1/admin/users/{user_id:str}/require_new_password",
    operation_id="admin_require_new_password",
    status_code=200,
    opt=admin(Permission.USERS_SUPPORT, gives=UserDetail, json=PasswordDemand),
)
async def require_new_password(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    """The password is refused from now on, the person is told by mail and sets a new one at the next sign-in (R-PWD-13)."""
    given = await context.json_body(PasswordDemand)
    user = await context.engine.accounts.set_password_compromised(
        context.instance, user_id, end_sessions=given.end_sessions, actor=context.actor
    )
    return await _detailed(context, user)


# -- keep out, let in


@post(
    "/v1/admin/users/{user_id:str}/ban",
    operation_id="admin_ban_user",
    status_code=200,
    opt=admin(Permission.USERS_WRITE, gives=UserDetail, json=ReasonGiven),
)
async def ban(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(ReasonGiven)
    accounts = context.engine.accounts
    return await _detailed(
        context, await accounts.ban(context.instance, user_id, reason=given.reason, actor=context.actor)
    )


@post(
    "/v1/admin/users/{user_id:str}/unban",
    operation_id="admin_unban_user",
    status_code=200,
    opt=admin(Permission.USERS_WRITE, gives=UserDetail),
)
async def unban(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return await _detailed(context, await context.engine.accounts.unban(context.instance, user_id, actor=context.actor))


@post(
    "/v1/admin/users/{user_id:str}/lock",
    operation_id="admin_lock_user",
    status_code=200,
    opt=admin(Permission.USERS_SUPPORT, gives=UserDetail),
)
async def lock(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return await _detailed(context, await context.engine.accounts.lock(context.instance, user_id, actor=context.actor))


@post(
    "/v1/admin/users/{user_id:str}/unlock",
    operation_id="admin_unlock_user",
    status_code=200,
    opt=admin(Permission.USERS_SUPPORT, gives=UserDetail),
)
async def unlock(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return await _detailed(
        context, await context.engine.accounts.unlock(context.instance, user_id, actor=context.actor)
    )


# -- delete, with undo


@delete(
    "/v1/admin/users/{user_id:str}",
    operation_id="admin_delete_user",
    status_code=200,
    opt=admin(Permission.USERS_DELETE, gives=UserDetail),
)
async def delete_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    """Bans and hides the user at once; `delete_at` says when the account is erased. Until then it can be restored."""
    asked = await context.engine.deletions.ask(context.instance, user_id, actor=context.actor)
    return await _detailed(context, asked)


@post(
    "/v1/admin/users/{user_id:str}/restore",
    operation_id="admin_restore_user",
    status_code=200,
    opt=admin(Permission.USERS_DELETE, gives=UserDetail),
)
async def restore_user(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.no_body()
    return await _detailed(context, await context.engine.deletions.undo(context.instance, user_id, actor=context.actor))


async def _detailed(context: AdminContext, user: User, status: int = 200) -> Response[bytes]:
    engine, instance, now = context.engine, context.instance, context.now
    factors = await engine.enrollments.second_factors(instance, [user], now)
    theirs = SessionFilter(now=now, user_id=user.id)
    live = SessionFilter(now=now, user_id=user.id, status=SessionStatus.ACTIVE)
    shown = user_detail(
        user,
        instance,
        now,
        second_factors=factors.get(user.id, ()),
        live_sessions=await engine.sessions.count(instance, live),
        sessions=await engine.sessions.count(instance, theirs),
        metadata_limit=LIMIT,
    )
    return context.json(shown, status)


HANDLERS = (
    list_users,
    count_users,
    read_user,
    export_user,
    create_user,
    update_user,
    verify_address,
    require_new_password,
    ban,
    unban,
    lock,
    unlock,
    delete_user,
    restore_user,
)
