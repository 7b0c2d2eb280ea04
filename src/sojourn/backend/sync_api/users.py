"""The Backend API's users. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import (
    Deleted,
    Total,
)
from sojourn.backend.transport import BackendCall, Given
from sojourn.backend.user import User


class Users:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(
        self,
        *,
        external_id: str | None | UnsetType = UNSET,
        first_name: str | None | UnsetType = UNSET,
        last_name: str | None | UnsetType = UNSET,
        locale: str | None | UnsetType = UNSET,
        email_address: Sequence[str] | None | UnsetType = UNSET,
        email_address_identification_status: Sequence[str] | None | UnsetType = UNSET,
        phone_number: Sequence[str] | None | UnsetType = UNSET,
        phone_number_identification_status: Sequence[str] | None | UnsetType = UNSET,
        web3_wallet: Sequence[str] | None | UnsetType = UNSET,
        username: str | None | UnsetType = UNSET,
        password: str | None | UnsetType = UNSET,
        password_digest: str | None | UnsetType = UNSET,
        password_hasher: str | None | UnsetType = UNSET,
        skip_password_checks: bool | None | UnsetType = UNSET,
        skip_password_requirement: bool | None | UnsetType = UNSET,
        totp_secret: str | None | UnsetType = UNSET,
        backup_codes: Sequence[str] | None | UnsetType = UNSET,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
        delete_self_enabled: bool | None | UnsetType = UNSET,
        legal_accepted_at: str | None | UnsetType = UNSET,
        skip_legal_checks: bool | None | UnsetType = UNSET,
        skip_user_requirement: bool | None | UnsetType = UNSET,
        create_organization_enabled: bool | None | UnsetType = UNSET,
        create_organizations_limit: int | None | UnsetType = UNSET,
        created_at: str | None | UnsetType = UNSET,
        bypass_client_trust: bool | None | UnsetType = UNSET,
        banned: bool | None | UnsetType = UNSET,
        locked: bool | None | UnsetType = UNSET,
    ) -> User:
        """`POST /v1/users` (CreateUser)."""
        return self._http.send(
            BackendCall(
                "POST",
                "/v1/users",
                body={
                    "external_id": external_id,
                    "first_name": first_name,
                    "last_name": last_name,
                    "locale": locale,
                    "email_address": email_address,
                    "email_address_identification_status": email_address_identification_status,
                    "phone_number": phone_number,
                    "phone_number_identification_status": phone_number_identification_status,
                    "web3_wallet": web3_wallet,
                    "username": username,
                    "password": password,
                    "password_digest": password_digest,
                    "password_hasher": password_hasher,
                    "skip_password_checks": skip_password_checks,
                    "skip_password_requirement": skip_password_requirement,
                    "totp_secret": totp_secret,
                    "backup_codes": backup_codes,
                    "public_metadata": public_metadata,
                    "private_metadata": private_metadata,
                    "unsafe_metadata": unsafe_metadata,
                    "delete_self_enabled": delete_self_enabled,
                    "legal_accepted_at": legal_accepted_at,
                    "skip_legal_checks": skip_legal_checks,
                    "skip_user_requirement": skip_user_requirement,
                    "create_organization_enabled": create_organization_enabled,
                    "create_organizations_limit": create_organizations_limit,
                    "created_at": created_at,
                    "bypass_client_trust": bypass_client_trust,
                    "banned": banned,
                    "locked": locked,
                },
            ),
            User,
        )

    def count(
        self,
        *,
        email_address: Sequence[str] | UnsetType = UNSET,
        phone_number: Sequence[str] | UnsetType = UNSET,
        external_id: Sequence[str] | UnsetType = UNSET,
        username: Sequence[str] | UnsetType = UNSET,
        web3_wallet: Sequence[str] | UnsetType = UNSET,
        user_id: Sequence[str] | UnsetType = UNSET,
        organization_id: Sequence[str] | UnsetType = UNSET,
        query: str | UnsetType = UNSET,
        email_address_query: str | UnsetType = UNSET,
        phone_number_query: str | UnsetType = UNSET,
        username_query: str | UnsetType = UNSET,
        name_query: str | UnsetType = UNSET,
        banned: bool | UnsetType = UNSET,
        last_active_at_before: int | UnsetType = UNSET,
        last_active_at_after: int | UnsetType = UNSET,
        last_active_at_since: int | UnsetType = UNSET,
        created_at_before: int | UnsetType = UNSET,
        created_at_after: int | UnsetType = UNSET,
        last_sign_in_at_before: int | UnsetType = UNSET,
        last_sign_in_at_after: int | UnsetType = UNSET,
        provider: str | UnsetType = UNSET,
        provider_user_id: Sequence[str] | UnsetType = UNSET,
    ) -> Total:
        """`GET /v1/users/count` (GetUsersCount)."""
        return self._http.send(
            BackendCall(
                "GET",
                "/v1/users/count",
                {
                    "email_address": email_address,
                    "phone_number": phone_number,
                    "external_id": external_id,
                    "username": username,
                    "web3_wallet": web3_wallet,
                    "user_id": user_id,
                    "organization_id": organization_id,
                    "query": query,
                    "email_address_query": email_address_query,
                    "phone_number_query": phone_number_query,
                    "username_query": username_query,
                    "name_query": name_query,
                    "banned": banned,
                    "last_active_at_before": last_active_at_before,
                    "last_active_at_after": last_active_at_after,
                    "last_active_at_since": last_active_at_since,
                    "created_at_before": created_at_before,
                    "created_at_after": created_at_after,
                    "last_sign_in_at_before": last_sign_in_at_before,
                    "last_sign_in_at_after": last_sign_in_at_after,
                    "provider": provider,
                    "provider_user_id": provider_user_id,
                },
            ),
            Total,
        )

    def get(self, user_id: str) -> User:
        """`GET /v1/users/{user_id}` (GetUser)."""
        return self._http.send(BackendCall("GET", f"/v1/users/{quote(user_id, safe='')}"), User)

    def update(
        self,
        user_id: str,
        *,
        external_id: str | None | UnsetType = UNSET,
        first_name: str | None | UnsetType = UNSET,
        last_name: str | None | UnsetType = UNSET,
        locale: str | None | UnsetType = UNSET,
        username: str | None | UnsetType = UNSET,
        primary_email_address_id: str | None | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
        primary_phone_number_id: str | None | UnsetType = UNSET,
        primary_web3_wallet_id: str | None | UnsetType = UNSET,
        profile_image_id: str | None | UnsetType = UNSET,
        password: str | None | UnsetType = UNSET,
        password_digest: str | None | UnsetType = UNSET,
        password_hasher: str | None | UnsetType = UNSET,
        skip_password_checks: bool | None | UnsetType = UNSET,
        sign_out_of_other_sessions: bool | None | UnsetType = UNSET,
        totp_secret: str | None | UnsetType = UNSET,
        backup_codes: Sequence[str] | None | UnsetType = UNSET,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
        delete_self_enabled: bool | None | UnsetType = UNSET,
        create_organization_enabled: bool | None | UnsetType = UNSET,
        legal_accepted_at: str | None | UnsetType = UNSET,
        skip_legal_checks: bool | None | UnsetType = UNSET,
        create_organizations_limit: int | None | UnsetType = UNSET,
        created_at: str | None | UnsetType = UNSET,
        bypass_client_trust: bool | None | UnsetType = UNSET,
    ) -> User:
        """`PATCH /v1/users/{user_id}` (UpdateUser)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/users/{quote(user_id, safe='')}",
                body={
                    "external_id": external_id,
                    "first_name": first_name,
                    "last_name": last_name,
                    "locale": locale,
                    "username": username,
                    "primary_email_address_id": primary_email_address_id,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                    "primary_phone_number_id": primary_phone_number_id,
                    "primary_web3_wallet_id": primary_web3_wallet_id,
                    "profile_image_id": profile_image_id,
                    "password": password,
                    "password_digest": password_digest,
                    "password_hasher": password_hasher,
                    "skip_password_checks": skip_password_checks,
                    "sign_out_of_other_sessions": sign_out_of_other_sessions,
                    "totp_secret": totp_secret,
                    "backup_codes": backup_codes,
                    "public_metadata": public_metadata,
                    "private_metadata": private_metadata,
                    "unsafe_metadata": unsafe_metadata,
                    "delete_self_enabled": delete_self_enabled,
                    "create_organization_enabled": create_organization_enabled,
                    "legal_accepted_at": legal_accepted_at,
                    "skip_legal_checks": skip_legal_checks,
                    "create_organizations_limit": create_organizations_limit,
                    "created_at": created_at,
                    "bypass_client_trust": bypass_client_trust,
                },
            ),
            User,
        )

    def delete(self, user_id: str) -> Deleted:
        """`DELETE /v1/users/{user_id}` (DeleteUser)."""
        return self._http.send(BackendCall("DELETE", f"/v1/users/{quote(user_id, safe='')}"), Deleted)

    def set_profile_image(self, user_id: str, *, file: bytes) -> User:
        """`POST /v1/users/{user_id}/profile_image` (SetUserProfileImage)."""
        return self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/profile_image", files={"file": file}), User
        )

    def delete_profile_image(self, user_id: str) -> User:
        """`DELETE /v1/users/{user_id}/profile_image` (DeleteUserProfileImage)."""
        return self._http.send(BackendCall("DELETE", f"/v1/users/{quote(user_id, safe='')}/profile_image"), User)

    def replace_metadata(
        self,
        user_id: str,
        *,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
    ) -> User:
        """`PUT /v1/users/{user_id}/metadata` (ReplaceUserMetadata)."""
        return self._http.send(
            BackendCall(
                "PUT",
                f"/v1/users/{quote(user_id, safe='')}/metadata",
                body={
                    "public_metadata": public_metadata,
                    "private_metadata": private_metadata,
                    "unsafe_metadata": unsafe_metadata,
                },
            ),
            User,
        )

    def update_metadata(
        self,
        user_id: str,
        *,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
    ) -> User:
        """`PATCH /v1/users/{user_id}/metadata` (UpdateUserMetadata)."""
        return self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/users/{quote(user_id, safe='')}/metadata",
                body={
                    "public_metadata": public_metadata,
                    "private_metadata": private_metadata,
                    "unsafe_metadata": unsafe_metadata,
                },
            ),
            User,
        )

    def verify_password(self, user_id: str, *, password: str) -> dict[str, Any]:
        """`POST /v1/users/{user_id}/verify_password` (VerifyPassword)."""
        return self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/verify_password", body={"password": password}),
            dict[str, Any],
        )

    def remove_password(self, user_id: str, *, sign_out_of_other_sessions: bool | None | UnsetType = UNSET) -> User:
        """`POST /v1/users/{user_id}/remove_password` (RemoveUserPassword)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/users/{quote(user_id, safe='')}/remove_password",
                body={"sign_out_of_other_sessions": sign_out_of_other_sessions},
            ),
            User,
        )

    def set_password_compromised(self, user_id: str, *, revoke_all_sessions: bool | None | UnsetType = UNSET) -> User:
        """`POST /v1/users/{user_id}/password/set_compromised` (SetUserPasswordCompromised)."""
        return self._http.send(
            BackendCall(
                "POST",
                f"/v1/users/{quote(user_id, safe='')}/password/set_compromised",
                body={"revoke_all_sessions": revoke_all_sessions},
            ),
            User,
        )

    def unset_password_compromised(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/password/unset_compromised` (UnsetUserPasswordCompromised)."""
        return self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/password/unset_compromised"), User
        )

    def ban(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/ban` (BanUser)."""
        return self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/ban"), User)

    def unban(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/unban` (UnbanUser)."""
        return self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/unban"), User)

    def lock(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/lock` (LockUser)."""
        return self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/lock"), User)

    def unlock(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/unlock` (UnlockUser)."""
        return self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/unlock"), User)

    def ban_all(self, *, user_ids: Sequence[str]) -> list[User]:
        """`POST /v1/users/ban` (UsersBan)."""
        return self._http.send(BackendCall("POST", "/v1/users/ban", body={"user_ids": user_ids}), list[User])

    def unban_all(self, *, user_ids: Sequence[str]) -> list[User]:
        """`POST /v1/users/unban` (UsersUnban)."""
        return self._http.send(BackendCall("POST", "/v1/users/unban", body={"user_ids": user_ids}), list[User])

    def organization_memberships(
        self, user_id: str, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`GET /v1/users/{user_id}/organization_memberships` (UsersGetOrganizationMemberships)."""
        return self._http.send(
            BackendCall(
                "GET",
                f"/v1/users/{quote(user_id, safe='')}/organization_memberships",
                {"limit": limit, "offset": offset},
            ),
            dict[str, Any],
        )

    def organization_invitations(
        self,
        user_id: str,
        *,
        limit: int | UnsetType = UNSET,
        offset: int | UnsetType = UNSET,
        status: str | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`GET /v1/users/{user_id}/organization_invitations` (UsersGetOrganizationInvitations)."""
        return self._http.send(
            BackendCall(
                "GET",
                f"/v1/users/{quote(user_id, safe='')}/organization_invitations",
                {"limit": limit, "offset": offset, "status": status},
            ),
            dict[str, Any],
        )

    def iterate(
        self,
        *,
        email_address: Sequence[str] | UnsetType = UNSET,
        phone_number: Sequence[str] | UnsetType = UNSET,
        external_id: Sequence[str] | UnsetType = UNSET,
        username: Sequence[str] | UnsetType = UNSET,
        web3_wallet: Sequence[str] | UnsetType = UNSET,
        user_id: Sequence[str] | UnsetType = UNSET,
        organization_id: Sequence[str] | UnsetType = UNSET,
        query: str | UnsetType = UNSET,
        email_address_query: str | UnsetType = UNSET,
        phone_number_query: str | UnsetType = UNSET,
        username_query: str | UnsetType = UNSET,
        name_query: str | UnsetType = UNSET,
        banned: bool | UnsetType = UNSET,
        last_active_at_before: int | UnsetType = UNSET,
        last_active_at_after: int | UnsetType = UNSET,
        last_active_at_since: int | UnsetType = UNSET,
        created_at_before: int | UnsetType = UNSET,
        created_at_after: int | UnsetType = UNSET,
        last_sign_in_at_before: int | UnsetType = UNSET,
        last_sign_in_at_after: int | UnsetType = UNSET,
        provider: str | UnsetType = UNSET,
        provider_user_id: Sequence[str] | UnsetType = UNSET,
        order_by: str | UnsetType = UNSET,
    ) -> Iterator[User]:
        """Every one of them, page by page, asked for as they are needed."""

        def page(seen: int, last: User | None) -> list[User]:
            call = BackendCall(
                "GET",
                "/v1/users",
                {
                    "limit": 100,
                    "starting_after": last.id if last else None,
                    "email_address": email_address,
                    "phone_number": phone_number,
                    "external_id": external_id,
                    "username": username,
                    "web3_wallet": web3_wallet,
                    "user_id": user_id,
                    "organization_id": organization_id,
                    "query": query,
                    "email_address_query": email_address_query,
                    "phone_number_query": phone_number_query,
                    "username_query": username_query,
                    "name_query": name_query,
                    "banned": banned,
                    "last_active_at_before": last_active_at_before,
                    "last_active_at_after": last_active_at_after,
                    "last_active_at_since": last_active_at_since,
                    "created_at_before": created_at_before,
                    "created_at_after": created_at_after,
                    "last_sign_in_at_before": last_sign_in_at_before,
                    "last_sign_in_at_after": last_sign_in_at_after,
                    "provider": provider,
                    "provider_user_id": provider_user_id,
                    "order_by": order_by,
                },
            )
            return self._http.send(call, list[User])

        return self._http.pages(page)

    def list(
        self,
        *,
        email_address: Sequence[str] | UnsetType = UNSET,
        phone_number: Sequence[str] | UnsetType = UNSET,
        external_id: Sequence[str] | UnsetType = UNSET,
        username: Sequence[str] | UnsetType = UNSET,
        web3_wallet: Sequence[str] | UnsetType = UNSET,
        user_id: Sequence[str] | UnsetType = UNSET,
        organization_id: Sequence[str] | UnsetType = UNSET,
        query: str | UnsetType = UNSET,
        email_address_query: str | UnsetType = UNSET,
        phone_number_query: str | UnsetType = UNSET,
        username_query: str | UnsetType = UNSET,
        name_query: str | UnsetType = UNSET,
        banned: bool | UnsetType = UNSET,
        last_active_at_before: int | UnsetType = UNSET,
        last_active_at_after: int | UnsetType = UNSET,
        last_active_at_since: int | UnsetType = UNSET,
        created_at_before: int | UnsetType = UNSET,
        created_at_after: int | UnsetType = UNSET,
        last_sign_in_at_before: int | UnsetType = UNSET,
        last_sign_in_at_after: int | UnsetType = UNSET,
        provider: str | UnsetType = UNSET,
        provider_user_id: Sequence[str] | UnsetType = UNSET,
        limit: int | UnsetType = UNSET,
        offset: int | UnsetType = UNSET,
        starting_after: str | UnsetType = UNSET,
        order_by: str | UnsetType = UNSET,
    ) -> list[User]:
        """`GET /v1/users` (GetUserList)."""
        return self._http.send(
            BackendCall(
                "GET",
                "/v1/users",
                {
                    "email_address": email_address,
                    "phone_number": phone_number,
                    "external_id": external_id,
                    "username": username,
                    "web3_wallet": web3_wallet,
                    "user_id": user_id,
                    "organization_id": organization_id,
                    "query": query,
                    "email_address_query": email_address_query,
                    "phone_number_query": phone_number_query,
                    "username_query": username_query,
                    "name_query": name_query,
                    "banned": banned,
                    "last_active_at_before": last_active_at_before,
                    "last_active_at_after": last_active_at_after,
                    "last_active_at_since": last_active_at_since,
                    "created_at_before": created_at_before,
                    "created_at_after": created_at_after,
                    "last_sign_in_at_before": last_sign_in_at_before,
                    "last_sign_in_at_after": last_sign_in_at_after,
                    "provider": provider,
                    "provider_user_id": provider_user_id,
                    "limit": limit,
                    "offset": offset,
                    "starting_after": starting_after,
                    "order_by": order_by,
                },
            ),
            list[User],
        )
