"""The timeline tells of refreshes, handshakes and places; refusals of strangers are counted (R-SES-02, R-SES-13)."""

from sojourn.testing.clock import FakeClock

from ..admin_api.administration import Administration
from ..people import ADA, person
from ..wire.browsing import APP, Browser
from .asking import Asking


async def test_refreshes_handshakes_and_other_places_stand_in_the_timeline(
    administration: Administration, clock: FakeClock
) -> None:
    asking = await Asking.of(administration)
    await person(asking.engine)
    browser = Browser(administration.app)
    id = (await browser.sign_in(ADA))["last_active_session_id"]
    for _ in range(3):
        clock.advance(minutes=1)
        await browser.post(f"/v1/client/sessions/{id}/tokens")
    await browser.send("GET", "/v1/client/handshake", redirect_url=f"{APP}/")
    browser.http.headers["X-Forwarded-For"] = "198.51.100.9"
    await browser.post(f"/v1/client/sessions/{id}/tokens")
    for is_written in (False, True):
        if is_written:
            await asking.engine.activity.flush()
        told = await asking.about(id)
        shown = {entry["kind"]: entry["title"] for entry in told["timeline"] if entry["kind"] in ("used", "place")}
        assert shown == {
            "used": "Used: 4 tokens fetched and 1 handshake.",
            "place": "Seen elsewhere than at its beginning: 198.51.100.9 and Chrome on Linux.",
        }


async def test_refusals_of_strangers_are_counted_and_no_row_each(administration: Administration) -> None:
    asking = await Asking.of(administration)
    stranger = Browser(administration.app)
    for reason in ("session-token-and-uat-missing", "dev-browser-missing-after-9-redirects", "made-up-by-a-stranger"):
        await stranger.send("GET", "/v1/client/handshake", redirect_url=f"{APP}/", __clerk_hs_reason=reason)
    for _ in range(2):
        await stranger.refused("POST", "/v1/client/sessions/sess_none/tokens")
    for is_written in (False, True):
        if is_written:
            await asking.engine.refusals.flush()
        counted = (await asking.by.get("/refusals"))["data"]
        assert [(each["reason"], each["count"]) for each in counted] == [
            ("authentication_invalid", 2),
            ("dev-browser-missing-after-3-redirects", 1),
            ("session-token-and-uat-missing", 1),
        ]
        assert all(each["meaning"].endswith(".") for each in counted)
    assert (await asking.about("signed-out"))["refusals"] == counted
