"""Administrators: list, invite, change role, remove (R-ADM-01)."""

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath

from sojourn.console.roles import Permission, Role
from sojourn.web.admin_api.context import Context
from sojourn.web.admin_api.shapes.administrators import (
    AdministratorList,
    MadeInvitation,
    ShownAdministrator,
    shown_administrator,
    shown_invitation,
)
from sojourn.web.operation import admin


class NewInvitation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Without `email_address`, whoever holds the link names their own."""

    role: Role
    email_address: str | None = None


class RoleChange(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    role: Role


@get(
    "/v1/admin/administrators",
    operation_id="admin_list_administrators",
    opt=admin(Permission.ADMINISTRATORS_READ, gives=AdministratorList),
)
async def list_administrators(context: Context) -> Response[bytes]:
    return await _listed(context)


@post(
    "/v1/admin/administrators/invitations",
    operation_id="admin_invite_administrator",
    opt=admin(Permission.ADMINISTRATORS_WRITE, gives=MadeInvitation, json=NewInvitation, fresh=True),
)
async def invite(context: Context) -> Response[bytes]:
    given = await context.json_body(NewInvitation)
    invitation, secret = await context.dashboard.administrators.invite(
        context.console, given.role, given.email_address, actor=context.administrator
    )
    made = MadeInvitation(invitation=shown_invitation(invitation), url=context.dashboard.link("join", secret))
    return context.json(made, 201)


@delete(
    "/v1/admin/administrators/invitations/{invitation_id:str}",
    operation_id="admin_revoke_invitation",
    status_code=200,
    opt=admin(Permission.ADMINISTRATORS_WRITE, gives=AdministratorList, fresh=True),
)
async def revoke_invitation(context: Context, invitation_id: FromPath[str]) -> Response[bytes]:
    await context.dashboard.administrators.revoke_invitation(
        context.console, invitation_id, actor=context.administrator
    )
    return await _listed(context)


@patch(
    "/v1/admin/administrators/{user_id:str}",
    operation_id="admin_change_role",
    opt=admin(Permission.ADMINISTRATORS_WRITE, gives=ShownAdministrator, json=RoleChange, fresh=True),
)
async def change_role(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(RoleChange)
    changed = await context.dashboard.administrators.set_role(
        context.console, user_id, given.role, actor=context.administrator
    )
    user = await context.dashboard.console.accounts.get(context.console, changed.user_id)
    return context.json(shown_administrator(changed, user))


@delete(
    "/v1/admin/administrators/{user_id:str}",
    operation_id="admin_remove_administrator",
    status_code=200,
    opt=admin(Permission.ADMINISTRATORS_WRITE, gives=AdministratorList, fresh=True),
)
async def remove(context: Context, user_id: FromPath[str]) -> Response[bytes]:
    await context.dashboard.administrators.remove(context.console, user_id, actor=context.administrator)
    return await _listed(context)


async def _listed(context: Context) -> Response[bytes]:
    administrators = context.dashboard.administrators
    return context.json(
        AdministratorList(
            data=[shown_administrator(*each) for each in await administrators.all(context.console)],
            invitations=[shown_invitation(each) for each in await administrators.invitations(context.console)],
        )
    )


HANDLERS = (list_administrators, invite, revoke_invitation, change_role, remove)
