"""Who may do what: every route of the admin API, asked by every role (R-ADM-01, R-ADM-03, R-AUZ-01)."""

import re

import pytest
from litestar.handlers import HTTPRouteHandler

from sojourn.console.roles import PERMISSIONS, Permission, Role
from sojourn.instances.secret_keys import Scope
from sojourn.testing.clock import FakeClock
from sojourn.web.admin_api.routes import ADMIN_HANDLERS
from sojourn.web.operation import Api, declared

from .administration import Administration

ROUTES = [
    (method, path, handler)
    for handler in ADMIN_HANDLERS
    if isinstance(handler, HTTPRouteHandler) and (operation := declared(handler.opt)) and operation.api is Api.ADMIN
    for method in sorted(handler.http_methods)
    for path in handler.paths
]
_IDS = [f"{method} {path}" for method, path, _ in ROUTES]


def _asked(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "none_such", path).removeprefix("/v1/admin")


@pytest.mark.parametrize("role", list(Role))
async def test_a_role_is_refused_what_it_does_not_include(administration: Administration, role: Role) -> None:
    # R-ADM-01: what a role includes is never refused for its role, whatever else is wrong with the call
    caller = await administration.join(role)
    for method, path, handler in ROUTES:
        operation = declared(handler.opt)
        assert operation is not None
        answer = await caller.send(method, _asked(path), {} if method in ("POST", "PATCH", "PUT") else None)
        refused = answer.status_code == 403 and "Your role" in answer.text
        included = operation.permission is None or operation.permission in PERMISSIONS[role]
        assert refused is not included, f"{role} {method} {path}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500, f"{role} {method} {path}: {answer.text}"


async def test_nobody_gets_in_without_a_token_and_no_cookie_counts(administration: Administration) -> None:
    # R-ADM-03
    caller = await administration.join(Role.OWNER)
    for method, path, _ in ROUTES:
        answer = await caller.http.request(method, f"/dashboard{_asked(path) and '/v1/admin' + _asked(path)}")
        assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"


async def test_sensitive_operations_need_a_factor_of_the_last_ten_minutes(
    administration: Administration, clock: FakeClock
) -> None:
    # R-SES-12, R-ADM-03
    owner = await administration.join(Role.OWNER)
    clock.advance(minutes=11)
    sensitive = [(method, path) for method, path, handler in ROUTES if (found := declared(handler.opt)) and found.fresh]
    assert sensitive
    for method, path in sensitive:
        assert await owner.refused(method, _asked(path), {}) == (403, "session_reverification_required")
    wrong = await owner.http.post("/dashboard/v1/console/verification", data={"password": "wrong and wrong"})
    assert wrong.status_code == 422
    proven = await owner.http.post(
        "/dashboard/v1/console/verification", data={"password": "correct horse battery staple"}
    )
    assert proven.status_code == 200, proven.text
    assert "__console" in proven.headers["set-cookie"]
    made = await owner.post("/administrators/invitations", {"role": "viewer"})
    assert "/dashboard/join?token=" in made["url"]


async def test_a_secret_key_acts_as_an_editor_and_never_where_a_factor_is_needed(
    administration: Administration,
) -> None:
    # R-AUZ-08, R-ADM-03
    instances = administration.dashboard.application.instances
    application = administration.dashboard.application.instance
    key = administration.secret_key((await instances.new_secret_key(application)).reveal())
    assert (await key.get("/me"))["role"] == "editor"
    assert await key.refused("POST", "/administrators/invitations", {"role": "viewer"}) == (
        403,
        "authorization_invalid",
    )
    reading = administration.secret_key((await instances.new_secret_key(application, Scope.READ)).reveal())
    assert (await reading.get("/me"))["id"] is None
    in_browser = await key.http.get(
        "/dashboard/v1/admin/me",
        headers={"Authorization": key.authorization or "", "Origin": "http://localhost:8000"},
    )
    assert in_browser.status_code == 401


def test_a_higher_role_includes_all_that_a_lower_one_may_but_keys_for_support() -> None:
    # R-ADM-01
    assert PERMISSIONS[Role.OWNER] == frozenset(Permission)
    assert PERMISSIONS[Role.SUPPORT] <= PERMISSIONS[Role.EDITOR] <= PERMISSIONS[Role.OWNER]
    assert PERMISSIONS[Role.VIEWER] - PERMISSIONS[Role.SUPPORT] == {Permission.KEYS_READ}
