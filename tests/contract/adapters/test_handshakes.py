"""A handshake belongs to the browser that asked for it, in every kind of app (R-HSK-01)."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
import pytest

from sojourn.ids import UserId
from sojourn.sessions.clients import fresh_client
from sojourn.sessions.session import Device
from sojourn.tokens.handshake import cookie_suffix

from .site import APP, PAGE, Person, Server, Site


@dataclass
class Browser:
    """Keeps the cookies of `localhost`, whose ports share them, and follows redirects to the app and to the server."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict[str, str])
    seen: list[str] = field(default_factory=list[str])
    keeps: tuple[str, ...] = ("",)
    """How the names of the cookies begin that it keeps."""

    def get(self, url: str) -> httpx.Response:
        """One page, nothing followed."""
        headers = {**PAGE, "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if url.startswith(APP):
            answer = self.site.send(httpx.Request("GET", url, headers=headers))
        else:
            answer = httpx.get(url, headers=headers, timeout=60)
        self.seen.append(url)
        self.keep(answer)
        return answer

    def keep(self, answer: httpx.Response) -> None:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            elif name.startswith(self.keeps):
                self.cookies[name] = value

    def visit(self, url: str) -> httpx.Response:
        """The page where redirects end."""
        for _ in range(8):
            answer = self.get(url)
            if "location" not in answer.headers or urlsplit(answer.headers["location"]).path.endswith("/sign-in"):
                return answer
            url = urljoin(url, answer.headers["location"])
        raise AssertionError(f"a loop: {self.seen}")

    @property
    def sessions(self) -> dict[str, str]:
        return {name: value for name, value in self.cookies.items() if name.startswith(("__session", "__client_uat"))}


@pytest.fixture
def suffix(site: Site) -> str:
    return cookie_suffix(site.server.engine.instance.publishable_key)


def signed_in(site: Site) -> tuple[Browser, str]:
    """A new browser that is signed in at the server and unknown to the app, and the id of its user."""
    browser, person = Browser(site), site.server.person()
    browser.cookies["__client"] = site.server.run(_client_with(site.server, person))
    return browser, person.user_id


async def _client_with(server: Server, person: Person) -> str:
    engine = server.engine
    client, secret = fresh_client(engine.instance, engine.clock.now())
    user = await engine.accounts.get(engine.instance, UserId(person.user_id))
    async with engine.store.transaction() as tx:
        await tx.clients.create(client)
        await engine.sessions.start(tx, engine.instance, client, user, Device(), "test")
    return secret.reveal()


def begun(browser: Browser, path: str = "/protected") -> str:
    """Where the app sends a browser that it takes for signed in and knows no token of: a handshake of the server."""
    suffix = cookie_suffix(browser.site.server.engine.instance.publishable_key)
    browser.cookies[f"__client_uat_{suffix}"] = "1700000000"
    answer = browser.get(APP + path)
    assert "/v1/client/handshake?" in answer.headers["location"]
    return answer.headers["location"]


def handshake_for(browser: Browser, page: str) -> str:
    """The address that the server sends a browser back to, had the app not asked for it."""
    query = urlencode({"redirect_url": page, "suffixed_cookies": "true"})
    return browser.get(f"{browser.site.server.engine.config.public_url}/v1/client/handshake?{query}").headers[
        "location"
    ]


def test_a_link_with_somebody_elses_handshake_changes_no_cookie(site: Site) -> None:  # R-HSK-01
    attacker, _ = signed_in(site)
    victim, victims = signed_in(site)
    assert victim.visit(begun(victim)).json() == {"user": victims}
    before = victim.sessions
    begun_by_attacker = attacker.get(begun(attacker)).headers["location"]
    for link in (handshake_for(attacker, f"{APP}/protected"), begun_by_attacker):
        assert "__clerk_handshake" in link
        answer = victim.get(link)
        assert (answer.status_code, answer.headers["location"]) == (307, f"{APP}/protected")
        assert not any(line.startswith("__session") for line in answer.headers.get_list("set-cookie"))
        assert victim.sessions == before
    assert victim.visit(f"{APP}/protected").json() == {"user": victims}


def test_a_foreign_link_signs_nobody_in_who_was_signed_out(site: Site) -> None:  # R-HSK-01
    attacker, _ = signed_in(site)
    stranger = Browser(site)
    answer = stranger.visit(handshake_for(attacker, f"{APP}/protected"))
    assert "/sign-in?" in answer.headers["location"]
    answer = stranger.visit(attacker.get(begun(attacker)).headers["location"])
    assert not stranger.sessions.get("__session"), "the stranger's own handshake says who they are: nobody"
    assert "/sign-in?" in answer.headers["location"]


def test_a_handshake_works_once(site: Site) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    returned = browser.get(begun(browser)).headers["location"]
    with_its_cookie = dict(browser.cookies)
    assert browser.visit(returned).json() == {"user": user_id}
    again = Browser(site, with_its_cookie)  # even for who kept the cookie of the redirect
    answer = again.get(returned)
    assert not any(line.startswith("__session") for line in answer.headers.get_list("set-cookie"))


def test_twelve_tabs_that_redirect_at_once_all_come_back_signed_in(site: Site) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    away = [begun(browser, f"/protected?tab={number}") for number in range(12)]
    returned = [browser.get(url).headers["location"] for url in away]
    for number, url in enumerate(returned):
        answer = browser.get(url)
        assert answer.headers["location"] == f"{APP}/protected?tab={number}"
        assert browser.get(answer.headers["location"]).json() == {"user": user_id}
    assert not [name for name in browser.cookies if "sojourn_redirect_" in name]


def test_twelve_tabs_one_after_the_other_are_no_loop(site: Site, suffix: str) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    for _ in range(12):
        assert browser.visit(begun(browser, "/protected")).json() == {"user": user_id}
        del browser.cookies["__session"], browser.cookies[f"__session_{suffix}"]
        browser.cookies = {name: value for name, value in browser.cookies.items() if "in_a_row" not in name}


def test_the_oldest_of_more_than_twelve_redirects_is_forgotten(site: Site) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    away = [begun(browser, f"/protected?tab={number}") for number in range(14)]
    assert len([name for name in browser.cookies if "sojourn_redirect_" in name]) == 12
    assert browser.visit(away[13]).json() == {"user": user_id}


def test_a_browser_that_signs_in_comes_back_by_the_redirect_it_was_sent_on(site: Site) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    sent = browser.get(f"{APP}/protected?x=%20y&z=1")  # nothing is known of it, so it is sent to sign in
    assert urlsplit(sent.headers["location"]).path.endswith("/sign-in")
    back = parse_qs(urlsplit(sent.headers["location"]).query)["redirect_url"][0]
    assert parse_qs(urlsplit(back).query)["redirect_url"] == [f"{APP}/protected?x=%20y&z=1"]
    assert browser.visit(back).json() == {"user": user_id}
    assert browser.seen[-1] == f"{APP}/protected?x=%20y&z=1"


def test_a_sign_in_that_took_longer_than_the_cookie_lives_begins_a_redirect_of_its_own(site: Site) -> None:  # R-HSK-01
    browser, user_id = signed_in(site)
    sent = browser.get(f"{APP}/protected")
    browser.cookies = {name: value for name, value in browser.cookies.items() if "sojourn_redirect_" not in name}
    back = parse_qs(urlsplit(sent.headers["location"]).query)["redirect_url"][0]
    assert browser.visit(back).json() == {"user": user_id}
    assert browser.seen[-1] == f"{APP}/protected"


def test_a_browser_that_keeps_no_cookies_is_told_so_and_sent_nowhere(site: Site) -> None:  # R-HSK-01
    browser, _ = signed_in(site)
    browser.keeps = ("__client",)
    answer = browser.visit(begun(browser))
    assert answer.status_code == 401
    assert "keeps no cookies" in answer.text
    assert answer.headers["x-clerk-auth-reason"] == "redirect-cookie-missing"


def test_the_tokens_of_two_people_in_one_cookie_sign_nobody_in(site: Site, suffix: str) -> None:  # R-CKI-05, CWE-384
    one, other = site.server.person(), site.server.person()
    for name in ("__session", f"__session_{suffix}"):
        for first, second in ((one, other), (other, one)):
            cookie = f"{name}={first.token}; {name}={second.token}; __client_uat=1"
            assert site.ask("/protected", cookie=cookie).status_code == 401
            page = site.ask("/protected", **PAGE, cookie=cookie)
            assert page.status_code == 401, page.headers
            assert "two users" in page.text
            assert site.ask("/", **PAGE, cookie=cookie).json() == {"user": None}
    beside = f"__session={one.token}; __session_{suffix}={other.token}"  # the suffixed one is this application's
    assert site.ask("/protected", **PAGE, cookie=beside).json() == {"user": other.user_id}


def test_two_tokens_of_one_person_are_one_person(site: Site) -> None:
    person = site.server.person()
    again = site.server.again(person)
    cookie = f"__session={person.token}; __session={again.token}"
    assert site.ask("/protected", cookie=cookie).json() == {"user": person.user_id}
