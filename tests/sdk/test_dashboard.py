"""The dashboard in a real browser, as a developer meets it after `make run`: a story for each page, and axe on it in both themes."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, StorageState, expect

from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.processes import printed, server
from tools import dashboard

PORT = free_port()
URL = f"http://localhost:{PORT}/dashboard"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The server's data folder."""
    data = tmp_path_factory.mktemp("dashboard")
    process = server(PORT, data)
    process.start()
    yield data
    process.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def signed_in(running: Path, launched: Browser) -> StorageState:
    """The cookies of an owner, who has opened the printed link and pressed its one button."""
    context = await launched.new_context()
    page = await context.new_page()
    await page.goto(printed("console", "open", data=running).strip())
    await page.get_by_role("button").click()
    await expect(page.get_by_role("heading", name="My application")).to_be_visible()
    state = await context.storage_state()
    await context.close()
    return state


@pytest_asyncio.fixture(loop_scope="session")
async def owner(signed_in: StorageState, browser: Browser) -> AsyncIterator[Page]:
    """The dashboard, which must have no fault and try nothing that its policy refuses (R-HDR-01)."""
    context = await browser.new_context(storage_state=signed_in)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Policy" in said.text else None)
    await page.goto(URL)
    await expect(page.get_by_role("heading", name="My application")).to_be_visible()
    yield page
    assert complaints == []


@pytest.fixture(scope="module")
def people(running: Path) -> None:
    """Two of them, with three sessions each; one has markup for a name (R-HDR-04)."""
    words = dict(line.split("=", 1) for line in printed("env", "fastapi", data=running).splitlines() if "=" in line)
    headers = {"Authorization": f"Bearer {words['SOJOURN_SECRET_KEY']}"}
    with httpx.Client(base_url=f"http://localhost:{PORT}", headers=headers, timeout=60) as backend:
        for address, name in (("grace@example.com", "Grace"), ("ada@example.com", "<img src=x onerror=alert(1)>")):
            person = {"email_address": [address], "first_name": name, "password": PASSWORD}
            made = backend.post("/v1/users", json=person).raise_for_status().json()
            for _ in range(3):
                backend.post("/v1/sessions", json={"user_id": made["id"]}).raise_for_status()


async def axe(page: Page) -> None:
    """No fault of accessibility, light and dark."""
    await page.evaluate((dashboard.installed() / "axe-core" / "axe.min.js").read_text() + ";0")
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found = await page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == [], scheme


async def go(page: Page, name: str) -> None:
    await page.get_by_role("navigation", name="Main").get_by_role("link", name=name, exact=True).click()
    await expect(page.get_by_role("heading", level=1, name=name)).to_be_focused()


async def test_a_setting_is_changed_with_a_reason_and_brought_back(owner: Page, running: Path) -> None:
    await go(owner, "Settings")
    await owner.get_by_role("textbox", name="sessions.token_seconds").fill("30")
    await axe(owner)
    await owner.get_by_role("button", name="Review and save").click()
    await expect(owner.get_by_role("row", name="sessions.token_seconds 1 min 30 s")).to_be_visible()
    await owner.get_by_label("Reason").fill("tokens die faster")
    await owner.get_by_role("button", name="Save the change").click()
    await expect(owner.get_by_text("1 setting is changed.")).to_be_visible()
    assert in_force(running, "sessions.token_seconds") == "30"
    await owner.get_by_role("link", name="History").click()
    await expect(owner.get_by_text("tokens die faster").first).to_be_visible()
    await axe(owner)
    await owner.get_by_role("button", name="Undo").click()
    await owner.get_by_role("dialog").get_by_role("button", name="Undo").click()
    await expect(owner.get_by_text("The change is undone.")).to_be_visible()
    assert in_force(running, "sessions.token_seconds") == "60"


async def saved_by_another(context: BrowserContext, setting: str, value: str) -> None:
    """Another tab does it, which knows nothing of the first."""
    other = await context.new_page()
    await other.goto(f"{URL}/settings")
    await other.get_by_role("textbox", name=setting).fill(value)
    await other.get_by_role("button", name="Review and save").click()
    await other.get_by_role("button", name="Save the change").click()
    await expect(other.get_by_text("1 setting is changed.")).to_be_visible()
    await other.close()


async def test_the_second_of_two_administrators_is_told_and_keeps_their_edits(owner: Page, running: Path) -> None:
    await go(owner, "Settings")
    await owner.get_by_role("textbox", name="sessions.inactivity_seconds").fill("3600")
    await saved_by_another(owner.context, "sessions.inactivity_seconds", "7200")
    await owner.get_by_role("button", name="Review and save").click()
    await owner.get_by_role("button", name="Save the change").click()
    await expect(owner.get_by_role("alert")).to_contain_text("Somebody else has changed this meanwhile")
    assert in_force(running, "sessions.inactivity_seconds") == "7200"
    await owner.get_by_role("button", name="Load the values in force").click()
    await expect(owner.get_by_role("row", name=re.compile("2 h 1 h"))).to_be_visible()
    await owner.get_by_role("button", name="Save the change").click()
    await expect(owner.get_by_text("1 setting is changed.")).to_be_visible()
    assert in_force(running, "sessions.inactivity_seconds") == "3600"


async def test_sessions_are_found_read_and_ended_by_filter_after_the_exact_count(owner: Page, people: None) -> None:
    await go(owner, "Sessions")
    await expect(owner.get_by_text("6 sessions")).to_be_visible()
    await axe(owner)
    await owner.get_by_role("textbox", name="Person").fill("grace")
    await expect(owner.get_by_text("3 sessions")).to_be_visible()
    await owner.reload()  # the filter is part of the address
    await expect(owner.get_by_text("3 sessions")).to_be_visible()
    await owner.get_by_role("link", name="grace@example.com").first.click()
    await expect(owner.get_by_role("heading", name="What happened")).to_be_visible()
    await axe(owner)
    await owner.get_by_role("button", name="End this session").click()
    await owner.get_by_role("button", name="End the session").click()
    await expect(owner.get_by_text("1 session ended")).to_be_visible()
    await expect(owner.get_by_text("Revoked").first).to_be_visible()
    await owner.go_back()
    await expect(owner.get_by_text("2 sessions")).to_be_visible()
    await owner.get_by_role("button", name="End all that match").click()
    await expect(owner.get_by_text("2 sessions will end now.")).to_be_visible()
    await axe(owner)
    await owner.get_by_role("button", name="End 2 sessions").click()
    await expect(owner.get_by_text("2 sessions ended")).to_be_visible()
    await expect(owner.get_by_text("The last token of these sessions is accepted until")).to_be_visible()
    await owner.get_by_role("dialog").get_by_text("Close", exact=True).click()
    await owner.get_by_text("Ended", exact=True).first.click()
    await expect(owner.get_by_text("3 sessions")).to_be_visible()
    await expect(owner.get_by_role("row", name=re.compile("grace@example.com Revoked"))).to_have_count(3)
    await axe(owner)


async def test_everybody_is_signed_out_only_after_their_number_is_typed(owner: Page, people: None) -> None:
    await go(owner, "Sessions")
    await owner.get_by_role("button", name="Sign everybody out").click()
    await expect(owner.get_by_role("button", name=re.compile(r"End \d+ sessions"))).to_be_disabled()
    asked = await owner.get_by_text("will end now").inner_text()
    await owner.get_by_label("to confirm").fill(asked.split()[0])
    await expect(owner.get_by_role("button", name=re.compile(r"End \d+ sessions"))).to_be_enabled()
    await owner.get_by_role("button", name="Cancel").click()


async def test_the_inspector_says_in_words_what_a_pasted_text_means(owner: Page) -> None:
    await go(owner, "Inspector")
    await owner.get_by_role("textbox").fill("nobody@example.com")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_text("Signed out").or_(owner.get_by_text("Unclear")).first).to_be_visible()
    assert owner.url == f"{URL}/inspector"  # what is pasted may be a secret: no address has it
    await axe(owner)


async def test_an_administrator_is_invited_by_a_link_and_the_invitation_withdrawn(owner: Page) -> None:
    await go(owner, "Administrators")
    await owner.get_by_role("button", name="Invite").click()
    await owner.get_by_label("E-mail address").fill("grace@example.com")
    await owner.get_by_role("radio", name="Viewer").check()
    await axe(owner)
    await owner.get_by_role("button", name="Make the link").click()
    link = owner.get_by_role("textbox", name="Send this link")
    await expect(link).to_have_value(re.compile(re.escape(f"{URL}/join?token=")))
    await owner.get_by_role("dialog").get_by_text("Close", exact=True).click()
    await expect(owner.get_by_text("grace@example.com")).to_be_visible()
    await axe(owner)
    await owner.get_by_role("button", name="Withdraw").click()
    await expect(owner.get_by_text("No invitation is open")).to_be_visible()


async def test_every_page_is_reached_by_the_keyboard_alone(owner: Page) -> None:
    await owner.keyboard.press("Control+k")
    await owner.get_by_role("textbox", name="Go to a page or run a command").fill("inspector")
    await owner.keyboard.press("Enter")
    await expect(owner.get_by_role("heading", level=1, name="Inspector")).to_be_visible()
    await owner.reload()
    await expect(owner.get_by_role("heading", level=1, name="Inspector")).to_be_focused()
    await owner.locator("body").press("Shift+Tab")
    await axe(owner)


async def test_a_deep_link_leads_through_the_sign_in_page(running: Path, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"{URL}/settings/history")
    await expect(page).to_have_url(re.compile(re.escape(f"{URL}/sign-in?redirect_url=")))


def in_force(data: Path, setting: str) -> str:
    """The value of a setting, as the command line shows it."""
    lines = (line.split() for line in printed("settings", "show", data=data).splitlines())
    return next(words[1] for words in lines if words[:1] == [setting])
