"""Administrators and their invitations, as the admin API shows them."""

import msgspec

from sojourn.console.administrator import Administrator, Invitation
from sojourn.console.roles import Role
from sojourn.users.user import User


class Me(msgspec.Struct, kw_only=True):
    """Who asks, and what they may do. `id` and names are null for a secret key; `fresh_until` says until when sensitive operations are open."""

    id: str | None
    email_address: str | None
    first_name: str | None
    last_name: str | None
    has_password: bool
    role: Role
    permissions: list[str]
    fresh_until: int | None
    environment: str
    application_name: str
    public_url: str
    dashboard_url: str
    publishable_key: str
    version: str


class ShownAdministrator(msgspec.Struct, kw_only=True):
    id: str
    email_address: str | None
    first_name: str | None
    last_name: str | None
    role: Role
    created_at: int
    last_sign_in_at: int | None
    invited_by: str | None


class ShownInvitation(msgspec.Struct, kw_only=True):
    id: str
    role: Role
    email_address: str | None
    created_at: int
    expire_at: int
    invited_by: str


class AdministratorList(msgspec.Struct, kw_only=True):
    data: list[ShownAdministrator]
    invitations: list[ShownInvitation]


class MadeInvitation(msgspec.Struct, kw_only=True):
    """`url` contains the secret, and is shown only here."""

    invitation: ShownInvitation
    url: str


def shown_administrator(administrator: Administrator, user: User) -> ShownAdministrator:
    email = user.primary_email_address
    return ShownAdministrator(
        id=user.id,
        email_address=None if email is None else email.value,
        first_name=user.first_name,
        last_name=user.last_name,
        role=administrator.role,
        created_at=administrator.created_at.millis,
        last_sign_in_at=None if user.last_sign_in_at is None else user.last_sign_in_at.millis,
        invited_by=administrator.invited_by,
    )


def shown_invitation(invitation: Invitation) -> ShownInvitation:
    return ShownInvitation(
        id=invitation.id,
        role=invitation.role,
        email_address=invitation.email_address,
        created_at=invitation.created_at.millis,
        expire_at=invitation.expire_at.millis,
        invited_by=invitation.invited_by,
    )
