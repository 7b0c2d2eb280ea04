"""An administrator who loses their role in the middle of a request, or after an invitation, has lost it (R-AUZ-05, R-ADM-01)."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from sojourn.console.administrators import Joining
from sojourn.console.roles import Role
from sojourn.errors import Gone
from sojourn.testing.clock import FakeClock

from ..wire.browsing import PASSWORD
from .administration import Administering, Administration


async def _slowly(
    caller: Administering, method: str, path: str, body: object, meanwhile: Callable[[], Awaitable[object]]
) -> httpx.Response:
    """A request whose body ends only after `meanwhile`."""
    token = await caller.token()

    async def parts() -> AsyncIterator[bytes]:
        text = json.dumps(body).encode()
        yield text[:1]
        await meanwhile()
        yield text[1:]

    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return await caller.http.request(method, f"/dashboard/v1/admin{path}", content=parts(), headers=headers)


async def _two_owners(administration: Administration) -> tuple[Administering, Administering]:
    return await administration.join(Role.OWNER, "one@x.example"), await administration.join(
        Role.OWNER, "two@x.example"
    )


@pytest.mark.parametrize(
    ("path", "body"), [("/administrators/invitations", {"role": "owner"}), ("/secret_keys", {"scope": "full"})]
)
async def test_an_owner_removed_while_their_request_arrives_changes_nothing(
    administration: Administration, path: str, body: object
) -> None:
    one, two = await _two_owners(administration)
    answer = await _slowly(two, "POST", path, body, lambda: one.delete(f"/administrators/{two.id}"))
    assert answer.status_code == 401, answer.text


async def test_an_owner_demoted_while_their_request_arrives_does_not_raise_themselves(
    administration: Administration,
) -> None:
    one, two = await _two_owners(administration)
    own = f"/administrators/{two.id}"
    answer = await _slowly(two, "PATCH", own, {"role": "owner"}, lambda: one.patch(own, {"role": "viewer"}))
    assert answer.status_code == 403, answer.text
    assert (await two.get("/me"))["role"] == "viewer"


async def test_a_factor_that_grows_old_while_a_request_arrives_is_old(
    administration: Administration, clock: FakeClock
) -> None:
    # R-SES-12
    owner = await administration.join(Role.OWNER)

    async def later() -> None:
        clock.advance(minutes=11)

    answer = await _slowly(owner, "POST", "/secret_keys", {"scope": "full"}, later)
    assert answer.status_code in (401, 403), answer.text


@pytest.mark.parametrize("is_removed", [True, False])
async def test_the_invitations_of_a_former_owner_open_nothing(administration: Administration, is_removed: bool) -> None:
    one, two = await _two_owners(administration)
    made = await two.post("/administrators/invitations", {"role": "viewer"})
    own = f"/administrators/{two.id}"
    await (one.delete(own) if is_removed else one.patch(own, {"role": "editor"}))
    assert (await administration.http().get(made["url"])).status_code == 410
    assert (await one.get("/administrators"))["invitations"] == []


async def test_only_the_newest_link_of_the_first_owner_works_and_only_while_nobody_administers(
    administration: Administration,
) -> None:
    # R-FLOW-06
    administrators, console = administration.dashboard.administrators, administration.dashboard.console.instance
    older, newer = await administrators.invite_first(console), await administrators.invite_first(console)
    assert older is not None and newer is not None
    with pytest.raises(Gone):
        await administrators.join(console, older, Joining("a@x.example", PASSWORD))
    _, by_command = await administrators.invite(console, Role.OWNER, None)
    await administrators.join(console, newer, Joining("b@x.example", PASSWORD))
    with pytest.raises(Gone):  # made while nobody administered the server
        await administrators.join(console, by_command, Joining("c@x.example", PASSWORD))


async def test_the_link_of_a_development_server_works_whatever_became_of_its_owner(
    administration: Administration,
) -> None:
    dashboard = administration.dashboard
    await dashboard.development_link()
    ((developer, _),) = await dashboard.administrators.all(dashboard.console.instance)
    owner = await administration.join(Role.OWNER)
    await owner.patch(f"/administrators/{developer.user_id}", {"role": "editor"})
    assert "/dashboard/open?token=" in await dashboard.development_link()
    await owner.delete(f"/administrators/{developer.user_id}")
    assert "/dashboard/open?token=" in await dashboard.development_link()


async def test_everybody_is_signed_out_only_by_somebody_who_has_just_proven_who_they_are(
    administration: Administration, clock: FakeClock
) -> None:
    # R-SES-12
    support = await administration.join(Role.SUPPORT)
    assert (await support.post("/session_batches", {"everybody": True}))["done"] == 0
    clock.advance(minutes=11)
    refused = await support.refused("POST", "/session_batches", {"everybody": True})
    assert refused == (403, "session_reverification_required")


async def test_a_date_beyond_all_years_is_no_failure(administration: Administration) -> None:
    viewer = await administration.join(Role.VIEWER)
    pasted = "Date: Fri, 31 Dec 99999999999999999999 23:59:59 +0000"
    assert (await viewer.send("POST", "/inspect", {"subject": pasted})).status_code < 500
