"""The Backend API, while other tasks go on. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import AsyncHttpClient
from sojourn.backend.models import (
    Client,
    Deleted,
    JwtTemplate,
    ListedIdentifier,
    RedirectUrl,
    Session,
    SessionData,
    TestingToken,
    Ticket,
    Token,
    Total,
)
from sojourn.backend.transport import BackendCall, Given
from sojourn.backend.user import EmailAddress, PhoneNumber, User


class AsyncJwks:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self) -> dict[str, Any]:
        """`GET /v1/jwks` (GetJWKS)."""
        return await self._http.send(BackendCall("GET", "/v1/jwks"), dict[str, Any])


class AsyncTestingTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self) -> TestingToken:
        """`POST /v1/testing_tokens` (CreateTestingToken)."""
        return await self._http.send(BackendCall("POST", "/v1/testing_tokens"), TestingToken)


class AsyncUsers:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
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
        return await self._http.send(
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

    async def count(
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
        return await self._http.send(
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

    async def get(self, user_id: str) -> User:
        """`GET /v1/users/{user_id}` (GetUser)."""
        return await self._http.send(BackendCall("GET", f"/v1/users/{quote(user_id, safe='')}"), User)

    async def update(
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
        return await self._http.send(
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

    async def delete(self, user_id: str) -> Deleted:
        """`DELETE /v1/users/{user_id}` (DeleteUser)."""
        return await self._http.send(BackendCall("DELETE", f"/v1/users/{quote(user_id, safe='')}"), Deleted)

    async def set_profile_image(self, user_id: str, *, file: bytes) -> User:
        """`POST /v1/users/{user_id}/profile_image` (SetUserProfileImage)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/profile_image", files={"file": file}), User
        )

    async def delete_profile_image(self, user_id: str) -> User:
        """`DELETE /v1/users/{user_id}/profile_image` (DeleteUserProfileImage)."""
        return await self._http.send(BackendCall("DELETE", f"/v1/users/{quote(user_id, safe='')}/profile_image"), User)

    async def replace_metadata(
        self,
        user_id: str,
        *,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
    ) -> User:
        """`PUT /v1/users/{user_id}/metadata` (ReplaceUserMetadata)."""
        return await self._http.send(
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

    async def update_metadata(
        self,
        user_id: str,
        *,
        public_metadata: Given | None | UnsetType = UNSET,
        private_metadata: Given | None | UnsetType = UNSET,
        unsafe_metadata: Given | None | UnsetType = UNSET,
    ) -> User:
        """`PATCH /v1/users/{user_id}/metadata` (UpdateUserMetadata)."""
        return await self._http.send(
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

    async def verify_password(self, user_id: str, *, password: str) -> dict[str, Any]:
        """`POST /v1/users/{user_id}/verify_password` (VerifyPassword)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/verify_password", body={"password": password}),
            dict[str, Any],
        )

    async def remove_password(
        self, user_id: str, *, sign_out_of_other_sessions: bool | None | UnsetType = UNSET
    ) -> User:
        """`POST /v1/users/{user_id}/remove_password` (RemoveUserPassword)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/users/{quote(user_id, safe='')}/remove_password",
                body={"sign_out_of_other_sessions": sign_out_of_other_sessions},
            ),
            User,
        )

    async def set_password_compromised(
        self, user_id: str, *, revoke_all_sessions: bool | None | UnsetType = UNSET
    ) -> User:
        """`POST /v1/users/{user_id}/password/set_compromised` (SetUserPasswordCompromised)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/users/{quote(user_id, safe='')}/password/set_compromised",
                body={"revoke_all_sessions": revoke_all_sessions},
            ),
            User,
        )

    async def unset_password_compromised(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/password/unset_compromised` (UnsetUserPasswordCompromised)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/password/unset_compromised"), User
        )

    async def ban(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/ban` (BanUser)."""
        return await self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/ban"), User)

    async def unban(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/unban` (UnbanUser)."""
        return await self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/unban"), User)

    async def lock(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/lock` (LockUser)."""
        return await self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/lock"), User)

    async def unlock(self, user_id: str) -> User:
        """`POST /v1/users/{user_id}/unlock` (UnlockUser)."""
        return await self._http.send(BackendCall("POST", f"/v1/users/{quote(user_id, safe='')}/unlock"), User)

    async def ban_all(self, *, user_ids: Sequence[str]) -> list[User]:
        """`POST /v1/users/ban` (UsersBan)."""
        return await self._http.send(BackendCall("POST", "/v1/users/ban", body={"user_ids": user_ids}), list[User])

    async def unban_all(self, *, user_ids: Sequence[str]) -> list[User]:
        """`POST /v1/users/unban` (UsersUnban)."""
        return await self._http.send(BackendCall("POST", "/v1/users/unban", body={"user_ids": user_ids}), list[User])

    async def organization_memberships(
        self, user_id: str, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`GET /v1/users/{user_id}/organization_memberships` (UsersGetOrganizationMemberships)."""
        return await self._http.send(
            BackendCall(
                "GET",
                f"/v1/users/{quote(user_id, safe='')}/organization_memberships",
                {"limit": limit, "offset": offset},
            ),
            dict[str, Any],
        )

    async def organization_invitations(
        self,
        user_id: str,
        *,
        limit: int | UnsetType = UNSET,
        offset: int | UnsetType = UNSET,
        status: str | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`GET /v1/users/{user_id}/organization_invitations` (UsersGetOrganizationInvitations)."""
        return await self._http.send(
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
    ) -> AsyncIterator[User]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: User | None) -> list[User]:
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
            return await self._http.send(call, list[User])

        return self._http.pages(page)

    async def list(
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
        return await self._http.send(
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


class AsyncEmailAddresses:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        email_address: str,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`POST /v1/email_addresses` (CreateEmailAddress)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/email_addresses",
                body={
                    "user_id": user_id,
                    "email_address": email_address,
                    "verified": verified,
                    "primary": primary,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    async def get(self, email_address_id: str) -> EmailAddress:
        """`GET /v1/email_addresses/{email_address_id}` (GetEmailAddress)."""
        return await self._http.send(
            BackendCall("GET", f"/v1/email_addresses/{quote(email_address_id, safe='')}"), EmailAddress
        )

    async def update(
        self,
        email_address_id: str,
        *,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`PATCH /v1/email_addresses/{email_address_id}` (UpdateEmailAddress)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/email_addresses/{quote(email_address_id, safe='')}",
                body={
                    "verified": verified,
                    "primary": primary,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    async def delete(self, email_address_id: str) -> Deleted:
        """`DELETE /v1/email_addresses/{email_address_id}` (DeleteEmailAddress)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/email_addresses/{quote(email_address_id, safe='')}"), Deleted
        )

    async def replace(
        self,
        user_id: str,
        *,
        email_address: str,
        identification_status: str | UnsetType = UNSET,
        notify_primary_email_address_changed: bool | None | UnsetType = UNSET,
    ) -> EmailAddress:
        """`PUT /v1/users/{user_id}/email_address` (ReplaceUserEmailAddress)."""
        return await self._http.send(
            BackendCall(
                "PUT",
                f"/v1/users/{quote(user_id, safe='')}/email_address",
                body={
                    "email_address": email_address,
                    "identification_status": identification_status,
                    "notify_primary_email_address_changed": notify_primary_email_address_changed,
                },
            ),
            EmailAddress,
        )

    async def prepare_verification(self, email_address_id: str) -> dict[str, Any]:
        """`POST /v1/email_addresses/{email_address_id}/prepare_verification` (PrepareEmailAddressVerification)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/email_addresses/{quote(email_address_id, safe='')}/prepare_verification"),
            dict[str, Any],
        )

    async def attempt_verification(self, email_address_id: str, *, verification_id: str, code: str) -> dict[str, Any]:
        """`POST /v1/email_addresses/{email_address_id}/attempt_verification` (AttemptEmailAddressVerification)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/email_addresses/{quote(email_address_id, safe='')}/attempt_verification",
                body={"verification_id": verification_id, "code": code},
            ),
            dict[str, Any],
        )


class AsyncPhoneNumbers:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        phone_number: str,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        reserved_for_second_factor: bool | None | UnsetType = UNSET,
    ) -> PhoneNumber:
        """`POST /v1/phone_numbers` (CreatePhoneNumber)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/phone_numbers",
                body={
                    "user_id": user_id,
                    "phone_number": phone_number,
                    "verified": verified,
                    "primary": primary,
                    "reserved_for_second_factor": reserved_for_second_factor,
                },
            ),
            PhoneNumber,
        )

    async def get(self, phone_number_id: str) -> PhoneNumber:
        """`GET /v1/phone_numbers/{phone_number_id}` (GetPhoneNumber)."""
        return await self._http.send(
            BackendCall("GET", f"/v1/phone_numbers/{quote(phone_number_id, safe='')}"), PhoneNumber
        )

    async def update(
        self,
        phone_number_id: str,
        *,
        verified: bool | None | UnsetType = UNSET,
        primary: bool | None | UnsetType = UNSET,
        reserved_for_second_factor: bool | None | UnsetType = UNSET,
    ) -> PhoneNumber:
        """`PATCH /v1/phone_numbers/{phone_number_id}` (UpdatePhoneNumber)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/phone_numbers/{quote(phone_number_id, safe='')}",
                body={
                    "verified": verified,
                    "primary": primary,
                    "reserved_for_second_factor": reserved_for_second_factor,
                },
            ),
            PhoneNumber,
        )

    async def delete(self, phone_number_id: str) -> Deleted:
        """`DELETE /v1/phone_numbers/{phone_number_id}` (DeletePhoneNumber)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/phone_numbers/{quote(phone_number_id, safe='')}"), Deleted
        )

    async def replace(
        self, user_id: str, *, phone_number: str, identification_status: str | UnsetType = UNSET
    ) -> PhoneNumber:
        """`PUT /v1/users/{user_id}/phone_number` (ReplaceUserPhoneNumber)."""
        return await self._http.send(
            BackendCall(
                "PUT",
                f"/v1/users/{quote(user_id, safe='')}/phone_number",
                body={"phone_number": phone_number, "identification_status": identification_status},
            ),
            PhoneNumber,
        )


class AsyncSessions:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, user_id: str, active_organization_id: str | None | UnsetType = UNSET) -> Session:
        """`POST /v1/sessions` (createSession)."""
        return await self._http.send(
            BackendCall(
                "POST", "/v1/sessions", body={"user_id": user_id, "active_organization_id": active_organization_id}
            ),
            Session,
        )

    async def get(self, session_id: str) -> Session:
        """`GET /v1/sessions/{session_id}` (GetSession)."""
        return await self._http.send(BackendCall("GET", f"/v1/sessions/{quote(session_id, safe='')}"), Session)

    async def revoke(self, session_id: str) -> Session:
        """`POST /v1/sessions/{session_id}/revoke` (RevokeSession)."""
        return await self._http.send(BackendCall("POST", f"/v1/sessions/{quote(session_id, safe='')}/revoke"), Session)

    async def token(self, session_id: str, *, expires_in_seconds: int | None | UnsetType = UNSET) -> Token:
        """`POST /v1/sessions/{session_id}/tokens` (CreateSessionToken)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/tokens",
                body={"expires_in_seconds": expires_in_seconds},
            ),
            Token,
        )

    async def token_from_template(
        self, session_id: str, template_name: str, *, expires_in_seconds: int | None | UnsetType = UNSET
    ) -> Token:
        """`POST /v1/sessions/{session_id}/tokens/{template_name}` (CreateSessionTokenFromTemplate)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/tokens/{quote(template_name, safe='')}",
                body={"expires_in_seconds": expires_in_seconds},
            ),
            Token,
        )

    async def verify(self, session_id: str, *, token: str) -> Session:
        """`POST /v1/sessions/{session_id}/verify` (VerifySession)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/sessions/{quote(session_id, safe='')}/verify", body={"token": token}), Session
        )

    async def refresh(
        self,
        session_id: str,
        *,
        expired_token: str,
        refresh_token: str,
        request_origin: str,
        request_headers: Given | None | UnsetType = UNSET,
        format: str | None | UnsetType = UNSET,
        request_originating_ip: str | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`POST /v1/sessions/{session_id}/refresh` (RefreshSession)."""
        return await self._http.send(
            BackendCall(
                "POST",
                f"/v1/sessions/{quote(session_id, safe='')}/refresh",
                body={
                    "expired_token": expired_token,
                    "refresh_token": refresh_token,
                    "request_origin": request_origin,
                    "request_headers": request_headers,
                    "format": format,
                    "request_originating_ip": request_originating_ip,
                },
            ),
            dict[str, Any],
        )

    async def read_data(self, session_id: str) -> SessionData:
        """`GET /v1/sojourn/sessions/{session_id}/data` (ReadSessionData)."""
        return await self._http.send(
            BackendCall("GET", f"/v1/sojourn/sessions/{quote(session_id, safe='')}/data"), SessionData
        )

    async def update_data(
        self, session_id: str, *, public: Given | None | UnsetType = UNSET, private: Given | None | UnsetType = UNSET
    ) -> SessionData:
        """`PATCH /v1/sojourn/sessions/{session_id}/data` (UpdateSessionData)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/sojourn/sessions/{quote(session_id, safe='')}/data",
                body={"public": public, "private": private},
            ),
            SessionData,
        )

    def iterate(
        self, *, client_id: str | UnsetType = UNSET, user_id: str | UnsetType = UNSET, status: str | UnsetType = UNSET
    ) -> AsyncIterator[Session]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: Session | None) -> list[Session]:
            call = BackendCall(
                "GET",
                "/v1/sessions",
                {"limit": 100, "offset": seen, "client_id": client_id, "user_id": user_id, "status": status},
            )
            return await self._http.send(call, list[Session])

        return self._http.pages(page)

    async def list(
        self,
        *,
        limit: int | UnsetType = UNSET,
        offset: int | UnsetType = UNSET,
        client_id: str | UnsetType = UNSET,
        user_id: str | UnsetType = UNSET,
        status: str | UnsetType = UNSET,
    ) -> list[Session]:
        """`GET /v1/sessions` (GetSessionList)."""
        return await self._http.send(
            BackendCall(
                "GET",
                "/v1/sessions",
                {"limit": limit, "offset": offset, "client_id": client_id, "user_id": user_id, "status": status},
            ),
            list[Session],
        )


class AsyncClients:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self, client_id: str) -> Client:
        """`GET /v1/clients/{client_id}` (GetClient)."""
        return await self._http.send(BackendCall("GET", f"/v1/clients/{quote(client_id, safe='')}"), Client)

    async def verify(self, *, token: str) -> Client:
        """`POST /v1/clients/verify` (VerifyClient)."""
        return await self._http.send(BackendCall("POST", "/v1/clients/verify", body={"token": token}), Client)

    async def handshake_payload(self, *, nonce: str | UnsetType = UNSET) -> dict[str, Any]:
        """`GET /v1/clients/handshake_payload` (GetHandshakePayload)."""
        return await self._http.send(
            BackendCall("GET", "/v1/clients/handshake_payload", {"nonce": nonce}), dict[str, Any]
        )

    def iterate(self) -> AsyncIterator[Client]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: Client | None) -> list[Client]:
            call = BackendCall("GET", "/v1/clients", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[Client])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[Client]:
        """`GET /v1/clients` (GetClientList)."""
        return await self._http.send(
            BackendCall("GET", "/v1/clients", {"limit": limit, "offset": offset}), list[Client]
        )


class AsyncSignUps:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self, sign_up_id: str) -> dict[str, Any]:
        """`GET /v1/sign_ups/{sign_up_id}` (GetSignUp)."""
        return await self._http.send(BackendCall("GET", f"/v1/sign_ups/{quote(sign_up_id, safe='')}"), dict[str, Any])

    async def update(
        self,
        sign_up_id: str,
        *,
        external_id: str | None | UnsetType = UNSET,
        custom_action: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/sign_ups/{sign_up_id}` (UpdateSignUp)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/sign_ups/{quote(sign_up_id, safe='')}",
                body={"external_id": external_id, "custom_action": custom_action},
            ),
            dict[str, Any],
        )


class AsyncSignInTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        org_id: str | None | UnsetType = UNSET,
        expires_in_seconds: int | None | UnsetType = UNSET,
    ) -> Ticket:
        """`POST /v1/sign_in_tokens` (CreateSignInToken)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/sign_in_tokens",
                body={"user_id": user_id, "org_id": org_id, "expires_in_seconds": expires_in_seconds},
            ),
            Ticket,
        )

    async def revoke(self, sign_in_token_id: str) -> Ticket:
        """`POST /v1/sign_in_tokens/{sign_in_token_id}/revoke` (RevokeSignInToken)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/sign_in_tokens/{quote(sign_in_token_id, safe='')}/revoke"), Ticket
        )


class AsyncActorTokens:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        user_id: str,
        actor: Given,
        expires_in_seconds: int | None | UnsetType = UNSET,
        session_max_duration_in_seconds: int | None | UnsetType = UNSET,
    ) -> Ticket:
        """`POST /v1/actor_tokens` (CreateActorToken)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/actor_tokens",
                body={
                    "user_id": user_id,
                    "actor": actor,
                    "expires_in_seconds": expires_in_seconds,
                    "session_max_duration_in_seconds": session_max_duration_in_seconds,
                },
            ),
            Ticket,
        )

    async def revoke(self, actor_token_id: str) -> Ticket:
        """`POST /v1/actor_tokens/{actor_token_id}/revoke` (RevokeActorToken)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/actor_tokens/{quote(actor_token_id, safe='')}/revoke"), Ticket
        )


class AsyncJwtTemplates:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(
        self,
        *,
        name: str,
        claims: Given,
        lifetime: int | None | UnsetType = UNSET,
        allowed_clock_skew: int | None | UnsetType = UNSET,
        custom_signing_key: bool | None | UnsetType = UNSET,
        signing_algorithm: str | None | UnsetType = UNSET,
        signing_key: str | None | UnsetType = UNSET,
    ) -> JwtTemplate:
        """`POST /v1/jwt_templates` (CreateJWTTemplate)."""
        return await self._http.send(
            BackendCall(
                "POST",
                "/v1/jwt_templates",
                body={
                    "name": name,
                    "claims": claims,
                    "lifetime": lifetime,
                    "allowed_clock_skew": allowed_clock_skew,
                    "custom_signing_key": custom_signing_key,
                    "signing_algorithm": signing_algorithm,
                    "signing_key": signing_key,
                },
            ),
            JwtTemplate,
        )

    async def get(self, template_id: str) -> JwtTemplate:
        """`GET /v1/jwt_templates/{template_id}` (GetJWTTemplate)."""
        return await self._http.send(
            BackendCall("GET", f"/v1/jwt_templates/{quote(template_id, safe='')}"), JwtTemplate
        )

    async def update(
        self,
        template_id: str,
        *,
        name: str,
        claims: Given,
        lifetime: int | None | UnsetType = UNSET,
        allowed_clock_skew: int | None | UnsetType = UNSET,
        custom_signing_key: bool | None | UnsetType = UNSET,
        signing_algorithm: str | None | UnsetType = UNSET,
        signing_key: str | None | UnsetType = UNSET,
    ) -> JwtTemplate:
        """`PATCH /v1/jwt_templates/{template_id}` (UpdateJWTTemplate)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                f"/v1/jwt_templates/{quote(template_id, safe='')}",
                body={
                    "name": name,
                    "claims": claims,
                    "lifetime": lifetime,
                    "allowed_clock_skew": allowed_clock_skew,
                    "custom_signing_key": custom_signing_key,
                    "signing_algorithm": signing_algorithm,
                    "signing_key": signing_key,
                },
            ),
            JwtTemplate,
        )

    async def delete(self, template_id: str) -> Deleted:
        """`DELETE /v1/jwt_templates/{template_id}` (DeleteJWTTemplate)."""
        return await self._http.send(BackendCall("DELETE", f"/v1/jwt_templates/{quote(template_id, safe='')}"), Deleted)

    def iterate(self) -> AsyncIterator[JwtTemplate]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: JwtTemplate | None) -> list[JwtTemplate]:
            call = BackendCall("GET", "/v1/jwt_templates", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[JwtTemplate])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[JwtTemplate]:
        """`GET /v1/jwt_templates` (ListJWTTemplates)."""
        return await self._http.send(
            BackendCall("GET", "/v1/jwt_templates", {"limit": limit, "offset": offset}), list[JwtTemplate]
        )


class AsyncRedirectUrls:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, url: str) -> RedirectUrl:
        """`POST /v1/redirect_urls` (CreateRedirectURL)."""
        return await self._http.send(BackendCall("POST", "/v1/redirect_urls", body={"url": url}), RedirectUrl)

    async def get(self, url_id: str) -> RedirectUrl:
        """`GET /v1/redirect_urls/{url_id}` (GetRedirectURL)."""
        return await self._http.send(BackendCall("GET", f"/v1/redirect_urls/{quote(url_id, safe='')}"), RedirectUrl)

    async def delete(self, url_id: str) -> Deleted:
        """`DELETE /v1/redirect_urls/{url_id}` (DeleteRedirectURL)."""
        return await self._http.send(BackendCall("DELETE", f"/v1/redirect_urls/{quote(url_id, safe='')}"), Deleted)

    def iterate(self) -> AsyncIterator[RedirectUrl]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: RedirectUrl | None) -> list[RedirectUrl]:
            call = BackendCall("GET", "/v1/redirect_urls", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[RedirectUrl])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[RedirectUrl]:
        """`GET /v1/redirect_urls` (ListRedirectURLs)."""
        return await self._http.send(
            BackendCall("GET", "/v1/redirect_urls", {"limit": limit, "offset": offset}), list[RedirectUrl]
        )


class AsyncAllowlist:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, identifier: str, notify: bool | None | UnsetType = UNSET) -> ListedIdentifier:
        """`POST /v1/allowlist_identifiers` (CreateAllowlistIdentifier)."""
        return await self._http.send(
            BackendCall("POST", "/v1/allowlist_identifiers", body={"identifier": identifier, "notify": notify}),
            ListedIdentifier,
        )

    async def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/allowlist_identifiers/{identifier_id}` (DeleteAllowlistIdentifier)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/allowlist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    def iterate(self) -> AsyncIterator[ListedIdentifier]:
        """Every one of them, page by page, asked for as they are needed."""

        async def page(seen: int, last: ListedIdentifier | None) -> list[ListedIdentifier]:
            call = BackendCall("GET", "/v1/allowlist_identifiers", {"limit": 100, "offset": seen})
            return await self._http.send(call, list[ListedIdentifier])

        return self._http.pages(page)

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[ListedIdentifier]:
        """`GET /v1/allowlist_identifiers` (ListAllowlistIdentifiers)."""
        return await self._http.send(
            BackendCall("GET", "/v1/allowlist_identifiers", {"limit": limit, "offset": offset}), list[ListedIdentifier]
        )


class AsyncBlocklist:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def create(self, *, identifier: str) -> ListedIdentifier:
        """`POST /v1/blocklist_identifiers` (CreateBlocklistIdentifier)."""
        return await self._http.send(
            BackendCall("POST", "/v1/blocklist_identifiers", body={"identifier": identifier}), ListedIdentifier
        )

    async def delete(self, identifier_id: str) -> Deleted:
        """`DELETE /v1/blocklist_identifiers/{identifier_id}` (DeleteBlocklistIdentifier)."""
        return await self._http.send(
            BackendCall("DELETE", f"/v1/blocklist_identifiers/{quote(identifier_id, safe='')}"), Deleted
        )

    async def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> dict[str, Any]:
        """`GET /v1/blocklist_identifiers` (ListBlocklistIdentifiers)."""
        return await self._http.send(
            BackendCall("GET", "/v1/blocklist_identifiers", {"limit": limit, "offset": offset}), dict[str, Any]
        )


class AsyncInstance:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def get(self) -> dict[str, Any]:
        """`GET /v1/instance` (GetInstance)."""
        return await self._http.send(BackendCall("GET", "/v1/instance"), dict[str, Any])

    async def update(
        self,
        *,
        test_mode: bool | None | UnsetType = UNSET,
        hibp: bool | None | UnsetType = UNSET,
        support_email: str | None | UnsetType = UNSET,
        clerk_js_version: str | None | UnsetType = UNSET,
        development_origin: str | None | UnsetType = UNSET,
        allowed_origins: Sequence[str] | None | UnsetType = UNSET,
        cookieless_dev: bool | None | UnsetType = UNSET,
        url_based_session_syncing: bool | None | UnsetType = UNSET,
        preferred_sign_in_strategy_when_password_required: str | None | UnsetType = UNSET,
    ) -> None:
        """`PATCH /v1/instance` (UpdateInstance)."""
        await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance",
                body={
                    "test_mode": test_mode,
                    "hibp": hibp,
                    "support_email": support_email,
                    "clerk_js_version": clerk_js_version,
                    "development_origin": development_origin,
                    "allowed_origins": allowed_origins,
                    "cookieless_dev": cookieless_dev,
                    "url_based_session_syncing": url_based_session_syncing,
                    "preferred_sign_in_strategy_when_password_required": preferred_sign_in_strategy_when_password_required,
                },
            ),
            dict[str, Any],
        )

    async def update_restrictions(
        self,
        *,
        allowlist: bool | None | UnsetType = UNSET,
        blocklist: bool | None | UnsetType = UNSET,
        allowlist_blocklist_disabled_on_sign_in: bool | None | UnsetType = UNSET,
        block_email_subaddresses: bool | None | UnsetType = UNSET,
        block_disposable_email_domains: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/restrictions` (UpdateInstanceRestrictions)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/restrictions",
                body={
                    "allowlist": allowlist,
                    "blocklist": blocklist,
                    "allowlist_blocklist_disabled_on_sign_in": allowlist_blocklist_disabled_on_sign_in,
                    "block_email_subaddresses": block_email_subaddresses,
                    "block_disposable_email_domains": block_disposable_email_domains,
                },
            ),
            dict[str, Any],
        )

    async def update_auth_config(
        self,
        *,
        restricted_to_allowlist: bool | None | UnsetType = UNSET,
        from_email_address: str | None | UnsetType = UNSET,
        progressive_sign_up: bool | None | UnsetType = UNSET,
        test_mode: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/beta_features/instance_settings` (UpdateInstanceAuthConfig)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/beta_features/instance_settings",
                body={
                    "restricted_to_allowlist": restricted_to_allowlist,
                    "from_email_address": from_email_address,
                    "progressive_sign_up": progressive_sign_up,
                    "test_mode": test_mode,
                },
            ),
            dict[str, Any],
        )

    async def update_organization_settings(
        self,
        *,
        enabled: bool | None | UnsetType = UNSET,
        max_allowed_memberships: int | None | UnsetType = UNSET,
        admin_delete_enabled: bool | None | UnsetType = UNSET,
        domains_enabled: bool | None | UnsetType = UNSET,
        slug_disabled: bool | None | UnsetType = UNSET,
        domains_enrollment_modes: Sequence[str] | None | UnsetType = UNSET,
        creator_role_id: str | None | UnsetType = UNSET,
        domains_default_role_id: str | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/organization_settings` (UpdateInstanceOrganizationSettings)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/organization_settings",
                body={
                    "enabled": enabled,
                    "max_allowed_memberships": max_allowed_memberships,
                    "admin_delete_enabled": admin_delete_enabled,
                    "domains_enabled": domains_enabled,
                    "slug_disabled": slug_disabled,
                    "domains_enrollment_modes": domains_enrollment_modes,
                    "creator_role_id": creator_role_id,
                    "domains_default_role_id": domains_default_role_id,
                },
            ),
            dict[str, Any],
        )

    async def organization_settings(self) -> dict[str, Any]:
        """`GET /v1/instance/organization_settings` (GetInstanceOrganizationSettings)."""
        return await self._http.send(BackendCall("GET", "/v1/instance/organization_settings"), dict[str, Any])

    async def update_protect(
        self, *, rules_enabled: bool | None | UnsetType = UNSET, specter_enabled: bool | None | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/protect` (UpdateInstanceProtect)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/instance/protect",
                body={"rules_enabled": rules_enabled, "specter_enabled": specter_enabled},
            ),
            dict[str, Any],
        )

    async def protect(self) -> dict[str, Any]:
        """`GET /v1/instance/protect` (GetInstanceProtect)."""
        return await self._http.send(BackendCall("GET", "/v1/instance/protect"), dict[str, Any])

    async def update_communication(
        self, *, blocked_country_codes: Sequence[str] | None | UnsetType = UNSET
    ) -> dict[str, Any]:
        """`PATCH /v1/instance/communication` (UpdateInstanceCommunication)."""
        return await self._http.send(
            BackendCall("PATCH", "/v1/instance/communication", body={"blocked_country_codes": blocked_country_codes}),
            dict[str, Any],
        )

    async def communication(self) -> dict[str, Any]:
        """`GET /v1/instance/communication` (GetInstanceCommunication)."""
        return await self._http.send(BackendCall("GET", "/v1/instance/communication"), dict[str, Any])

    async def domains(self) -> dict[str, Any]:
        """`GET /v1/domains` (ListDomains)."""
        return await self._http.send(BackendCall("GET", "/v1/domains"), dict[str, Any])


class AsyncSettings:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def read(self) -> dict[str, Any]:
        """`GET /v1/sojourn/settings` (ReadSettings)."""
        return await self._http.send(BackendCall("GET", "/v1/sojourn/settings"), dict[str, Any])

    async def update(
        self,
        *,
        application_name: str | None | UnsetType = UNSET,
        support_email: str | None | UnsetType = UNSET,
        allowed_origins: Sequence[str] | None | UnsetType = UNSET,
        sessions: Given | None | UnsetType = UNSET,
        sign_up: Given | None | UnsetType = UNSET,
        protection: Given | None | UnsetType = UNSET,
        paths: Given | None | UnsetType = UNSET,
        theme: Given | None | UnsetType = UNSET,
        test_mode: bool | None | UnsetType = UNSET,
        delete_self: bool | None | UnsetType = UNSET,
    ) -> dict[str, Any]:
        """`PATCH /v1/sojourn/settings` (UpdateSettings)."""
        return await self._http.send(
            BackendCall(
                "PATCH",
                "/v1/sojourn/settings",
                body={
                    "application_name": application_name,
                    "support_email": support_email,
                    "allowed_origins": allowed_origins,
                    "sessions": sessions,
                    "sign_up": sign_up,
                    "protection": protection,
                    "paths": paths,
                    "theme": theme,
                    "test_mode": test_mode,
                    "delete_self": delete_self,
                },
            ),
            dict[str, Any],
        )


class AsyncSigningKeys:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def rotate(self, *, emergency: bool | UnsetType = UNSET) -> dict[str, Any]:
        """`POST /v1/sojourn/keys/rotate` (RotateSigningKey)."""
        return await self._http.send(
            BackendCall("POST", "/v1/sojourn/keys/rotate", body={"emergency": emergency}), dict[str, Any]
        )


class AsyncAppData:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self._http = http_client

    async def read(self, key: str) -> dict[str, Any]:
        """`GET /v1/sojourn/app_data/{key}` (ReadAppData)."""
        return await self._http.send(BackendCall("GET", f"/v1/sojourn/app_data/{quote(key, safe='')}"), dict[str, Any])

    async def write(self, key: str, *, data: Given) -> dict[str, Any]:
        """`PUT /v1/sojourn/app_data/{key}` (WriteAppData)."""
        return await self._http.send(
            BackendCall("PUT", f"/v1/sojourn/app_data/{quote(key, safe='')}", body={"data": data}), dict[str, Any]
        )

    async def adopt(self, key: str, *, anonymous: str) -> dict[str, Any]:
        """`POST /v1/sojourn/app_data/{key}/adopt` (AdoptAppData)."""
        return await self._http.send(
            BackendCall("POST", f"/v1/sojourn/app_data/{quote(key, safe='')}/adopt", body={"anonymous": anonymous}),
            dict[str, Any],
        )


class AsyncBackendGroups:
    def __init__(self, http_client: AsyncHttpClient) -> None:
        self.jwks = AsyncJwks(http_client)
        self.testing_tokens = AsyncTestingTokens(http_client)
        self.users = AsyncUsers(http_client)
        self.email_addresses = AsyncEmailAddresses(http_client)
        self.phone_numbers = AsyncPhoneNumbers(http_client)
        self.sessions = AsyncSessions(http_client)
        self.clients = AsyncClients(http_client)
        self.sign_ups = AsyncSignUps(http_client)
        self.sign_in_tokens = AsyncSignInTokens(http_client)
        self.actor_tokens = AsyncActorTokens(http_client)
        self.jwt_templates = AsyncJwtTemplates(http_client)
        self.redirect_urls = AsyncRedirectUrls(http_client)
        self.allowlist = AsyncAllowlist(http_client)
        self.blocklist = AsyncBlocklist(http_client)
        self.instance = AsyncInstance(http_client)
        self.settings = AsyncSettings(http_client)
        self.signing_keys = AsyncSigningKeys(http_client)
        self.app_data = AsyncAppData(http_client)
