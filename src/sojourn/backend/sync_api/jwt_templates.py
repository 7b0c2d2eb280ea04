"""The Backend API's jwt templates. Written by `python -m tools.backend_client`; change that, and not this."""

from collections.abc import Iterator
from urllib.parse import quote

from msgspec import UNSET, UnsetType

from sojourn.backend.http_client import HttpClient
from sojourn.backend.models import Deleted, JwtTemplate
from sojourn.backend.transport import BackendCall, Given


class JwtTemplates:
    def __init__(self, http_client: HttpClient) -> None:
        self._http = http_client

    def create(
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
        return self._http.send(
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

    def get(self, template_id: str) -> JwtTemplate:
        """`GET /v1/jwt_templates/{template_id}` (GetJWTTemplate)."""
        return self._http.send(BackendCall("GET", f"/v1/jwt_templates/{quote(template_id, safe='')}"), JwtTemplate)

    def update(
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
        return self._http.send(
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

    def delete(self, template_id: str) -> Deleted:
        """`DELETE /v1/jwt_templates/{template_id}` (DeleteJWTTemplate)."""
        return self._http.send(BackendCall("DELETE", f"/v1/jwt_templates/{quote(template_id, safe='')}"), Deleted)

    def iterate(self) -> Iterator[JwtTemplate]:
        """Every one of them, page by page, asked for as they are needed."""

        def page(seen: int, last: JwtTemplate | None) -> list[JwtTemplate]:
            call = BackendCall("GET", "/v1/jwt_templates", {"limit": 100, "offset": seen})
            return self._http.send(call, list[JwtTemplate])

        return self._http.pages(page)

    def list(self, *, limit: int | UnsetType = UNSET, offset: int | UnsetType = UNSET) -> list[JwtTemplate]:
        """`GET /v1/jwt_templates` (ListJWTTemplates)."""
        return self._http.send(
            BackendCall("GET", "/v1/jwt_templates", {"limit": limit, "offset": offset}), list[JwtTemplate]
        )
