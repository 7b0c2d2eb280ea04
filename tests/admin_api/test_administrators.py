"""Administrators: the first one, invitations, roles, and the owner who stays (R-ADM-01, R-FLOW-06)."""

import asyncio
import re
from urllib.parse import parse_qs, urlsplit

from sojourn.console.roles import Role
from sojourn.testing.clock import FakeClock

from .administration import Administration

_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]*)"')


async def _joined(administration: Administration, url: str, **given: str) -> tuple[int, str]:
    """Open the link of an invitation, and send its form; the status and where it leads."""
    browser = administration.http(Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"})
    page = await browser.get(url)
    found = _FORM_TOKEN.search(page.text)
    assert found, page.text
    token = parse_qs(urlsplit(url).query)["token"][0]
    form = {"form_token": found[1], "token": token, "password": "correct horse battery staple", **given}
    answer = await browser.post("/dashboard/join", data=form)
    return answer.status_code, answer.headers.get("location", answer.text)


async def test_the_first_owner_joins_by_a_link_that_works_once(administration: Administration) -> None:
    # R-FLOW-06
    dashboard = administration.dashboard
    secret = await dashboard.administrators.invite_first(dashboard.console.instance)
    assert secret is not None
    url = dashboard.link("join", secret)
    assert await _joined(administration, url, email_address="ada@example.com") == (
        303, "http://localhost:8000/dashboard/",
    )  # fmt: skip
    assert (await administration.http().get(url)).status_code == 410
    assert await dashboard.administrators.invite_first(dashboard.console.instance) is None
    owner = await administration.sign_in("ada@example.com")
    assert (await owner.get("/me"))["role"] == "owner"


async def test_the_link_of_the_first_owner_ends_after_half_an_hour(
    administration: Administration, clock: FakeClock
) -> None:
    # R-FLOW-06
    dashboard = administration.dashboard
    secret = await dashboard.administrators.invite_first(dashboard.console.instance)
    assert secret is not None
    clock.advance(minutes=31)
    assert (await administration.http().get(dashboard.link("join", secret))).status_code == 410


async def test_of_several_who_use_an_invitation_at_once_one_joins(administration: Administration) -> None:
    owner = await administration.join(Role.OWNER)
    url = (await owner.post("/administrators/invitations", {"role": "editor"}))["url"]
    answers = await asyncio.gather(
        *(_joined(administration, url, email_address=f"person{at}@example.com") for at in range(4))
    )
    assert sorted(status for status, _ in answers) == [303, 410, 410, 410]
    assert len((await owner.get("/administrators"))["data"]) == 2


async def test_a_withdrawn_invitation_opens_nothing(administration: Administration) -> None:
    owner = await administration.join(Role.OWNER)
    made = await owner.post("/administrators/invitations", {"role": "viewer", "email_address": "eve@example.com"})
    listed = await owner.delete(f"/administrators/invitations/{made['invitation']['id']}")
    assert listed["invitations"] == []
    assert (await administration.http().get(made["url"])).status_code == 410


async def test_the_last_owner_stays_even_when_two_leave_at_once(administration: Administration) -> None:
    # R-ADM-01
    one, other = (
        await administration.join(Role.OWNER, "one@x.example"),
        await administration.join(Role.OWNER, "two@x.example"),
    )
    answers = await asyncio.gather(
        one.send("PATCH", f"/administrators/{one.id}", {"role": "viewer"}),
        other.send("PATCH", f"/administrators/{other.id}", {"role": "viewer"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    remaining = one if answers[0].status_code == 409 else other
    assert await remaining.refused("DELETE", f"/administrators/{remaining.id}") == (409, "conflict")


async def test_a_removed_administrator_is_out_at_once(administration: Administration) -> None:
    # R-AUZ-05
    owner, editor = await administration.join(Role.OWNER), await administration.join(Role.EDITOR)
    token = await editor.token()
    await owner.delete(f"/administrators/{editor.id}")
    asked = await editor.http.get("/dashboard/v1/admin/me", headers={"Authorization": f"Bearer {token}"})
    assert asked.status_code == 401


async def test_a_session_of_the_console_ends_after_half_an_hour_without_use(
    administration: Administration, clock: FakeClock
) -> None:
    # R-ADM-03
    owner = await administration.join(Role.OWNER)
    clock.advance(minutes=31)
    answer = await owner.http.post(f"/dashboard/v1/client/sessions/{owner.session_id}/tokens")
    assert answer.status_code == 401


async def test_the_link_of_a_development_server_signs_in_once_and_never_by_get(
    administration: Administration,
) -> None:
    # R-FLOW-06, R-WEB-02
    link = await administration.dashboard.development_link()
    browser = administration.http(Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"})
    browser._transport.client = ("127.0.0.1", 50000)  # type: ignore[attr-defined]
    page = await browser.get(link)
    assert page.status_code == 200, page.text
    assert not browser.cookies
    found = _FORM_TOKEN.search(page.text)
    assert found
    form = {"form_token": found[1], "token": parse_qs(urlsplit(link).query)["token"][0]}
    opened = await browser.post("/dashboard/open", data=form)
    assert (opened.status_code, opened.headers.get("location")) == (303, "http://localhost:8000/dashboard/")
    again = administration.http(Origin="http://localhost:8000", **{"Sec-Fetch-Site": "same-origin"})
    page = await again.get(link)
    form["form_token"] = (_FORM_TOKEN.search(page.text) or [""])[1]
    assert (await again.post("/dashboard/open", data=form)).status_code >= 400


async def test_signing_out_of_the_dashboard_leads_to_its_own_sign_in_page(administration: Administration) -> None:
    owner = await administration.join(Role.OWNER)
    found = _FORM_TOKEN.search((await owner.http.get("/dashboard/sign-out")).text)
    assert found
    left = await owner.http.post("/dashboard/sign-out", data={"form_token": found[1]})
    assert (left.status_code, left.headers["location"]) == (303, "http://localhost:8000/dashboard/sign-in")
    assert (await owner.http.get("/dashboard/v1/client")).json()["response"]["sessions"] == []
