"""Who is let in, in every framework alike: the middleware, the handler's own guard, and what each says to whom."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256

import httpx
import pytest

from sojourn.tokens.handshake import cookie_suffix

from ...pictures import noise, opened
from .site import APP, ORGANIZATION, OWN, PAGE, Server, Site

GUARDED = ["/protected", "/open/guarded", "/open/admin", "/open/may", "/open/team", "/open/fresh"]


@pytest.mark.parametrize("path", GUARDED)
def test_a_stranger_gets_401_from_an_api_and_sign_in_on_a_page(site: Site, path: str) -> None:  # R-JWT-11, R-WEB-08
    api = site.ask(path)
    assert (api.status_code, api.headers["www-authenticate"]) == (401, "Bearer")
    page = site.ask(path, **PAGE)
    assert page.status_code == 307, page.text
    assert "/sign-in?redirect_url=" in page.headers["location"]


def test_a_public_page_is_for_everybody(site: Site, server: Server) -> None:
    assert site.ask("/", **PAGE).json() == {"user": None}
    person = server.person()
    assert site.ask("/", **person.bearer).json() == {"user": person.user_id}


def test_a_signed_in_person_is_let_in_by_header_and_by_cookie(site: Site, server: Server) -> None:  # R-CKI-07
    person = server.person()
    for headers in (person.bearer, person.cookie, {**PAGE, **person.cookie}):
        answer = site.ask("/protected", **headers)
        assert answer.json() == {"user": person.user_id}, headers
        assert "no-store" in answer.headers["cache-control"]
        assert "Cookie" in answer.headers["vary"]
    assert site.ask("/open/guarded", **person.bearer).json() == {"user": person.user_id}


def test_the_user_is_there_as_the_server_knows_them(site: Site, server: Server) -> None:
    person = server.person()
    for _ in range(2):
        assert site.ask("/me", **person.bearer).json() == {"email": person.email}
    assert site.ask("/me", **server.again(person).bearer).json() == {"email": person.email}


@pytest.mark.parametrize("age", [70, 3600, 30 * 24 * 3600])
def test_a_token_that_is_over_lets_nobody_in(site: Site, server: Server, age: int) -> None:  # R-JWT-06
    person = server.person(age=age)
    refused = site.ask("/protected", **person.bearer)
    assert (refused.status_code, refused.headers["x-clerk-auth-reason"]) == (401, "token-expired")
    renewing = site.ask("/protected", **PAGE, **person.cookie)
    assert "/v1/client/handshake?" in renewing.headers["location"]  # a page is renewed, not refused


def test_a_revoked_session_gets_no_further_token_and_its_handshake_ends_signed_out(site: Site, server: Server) -> None:
    person = server.person()  # R-SES-06
    assert site.ask("/protected", **person.bearer).status_code == 200
    server.revoke(person)
    late = server.person(age=70)
    server.revoke(late)
    assert site.ask("/protected", **late.bearer).status_code == 401
    if site.loop is not None:
        assert not site.loop.run(site.sojourn.is_live(person.session_id))
    else:
        assert not site.sojourn.is_live_now(person.session_id)


HEADERS = [
    "", "Bearer", "Bearer ", "Bearer  ", "Basic abc, Bearer {token}", "Bearer a b", "Bearer not.a.token", "bearer,x", "Bearer null",
    "Bearer undefined", "Bearer Bearer x", "{token}", "Bearer {token} ", "Bearer {token},", "Bearer\t{token}",
    "Bearer {token}, Bearer {token}", "Bearer {token}=", "Bearer {token}.", "Bearer .{token}", "Bearer {token}x",
    "Bearer " + "a" * 9000, "Bearer eyJhbGciOiJub25lIn0.e30.", "Bearer ..", "Bearer \x7f",
]  # fmt: skip


@pytest.mark.parametrize("header", HEADERS)
def test_a_bad_authorization_header_is_401_and_no_cookie_is_tried(  # R-JWT-11, the guide's own bug
    site: Site, server: Server, header: str
) -> None:
    person = server.person()
    for page in ({}, PAGE):
        sent = header.replace("{token}", person.token)
        refused = site.ask("/protected", authorization=sent, **person.cookie, **page)
        assert refused.status_code == 401, sent
        assert site.ask("/open/guarded", authorization=sent, **person.cookie, **page).status_code == 401


@pytest.mark.parametrize(
    "header", ["Basic c3RhZ2luZzpzZWNyZXQ=", "Token {token}", 'Digest username="a", realm="b"', "Bearerx {token}"]
)
def test_another_scheme_is_as_if_absent(site: Site, server: Server, header: str) -> None:  # R-JWT-11
    person = server.person()
    sent = {"authorization": header.replace("{token}", person.token)}
    for page in ({}, PAGE):
        assert site.ask("/protected", **sent, **person.cookie, **page).json() == {"user": person.user_id}
    assert site.ask("/protected", **sent, **PAGE).status_code == 307  # a stranger behind a staging proxy's password
    stranger = site.ask("/protected", **sent)
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, "Bearer")


def test_several_authorization_headers_are_none_that_counts(site: Site, server: Server) -> None:  # R-JWT-11
    token = server.person().bearer["authorization"]
    for values in ([token, token], [token, "Bearer x"], ["Basic abc", token], ["", token]):
        # a WSGI server has made one text of them, as RFC 9110 section 5.3 has it
        told = values if site.is_async else [", ".join(values)]
        headers = [("authorization", value) for value in told]
        assert site.send(httpx.Request("GET", f"{APP}/protected", headers=headers)).status_code == 401, values


PATHS = [
    "//protected", "/./protected", "/open/../protected", "/open/%2e%2e/protected", "/open/..%2fprotected", "/open%2fguarded",
    "/protected/", "/protected;x", "/open;/guarded", "/open//guarded", "/open/%00", "/open\\guarded", "/open/%5cguarded",
    "/PROTECTED", "/protected%20", "/protected%3F", "/%70rotected", "/open/%252e%252e/protected", "/data/", "/data%2f", "//",
    "/auth/../protected", "/authx", "/protected?public=1", "/protected?__clerk_handshake=", "/nothing-here", "/admin/",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_form_of_a_path_gets_around_the_guard(site: Site, path: str) -> None:  # R-WEB-08
    assert site.ask(path).status_code == 401


FLAGS = [
    {"x_http_method_override": "GET"}, {"x_method_override": "HEAD"}, {"x_original_url": "/"}, {"x_rewrite_url": "/"},
    {"x_forwarded_for": "127.0.0.1"}, {"x_forwarded_uri": "/"}, {"x_forwarded_prefix": "/open"}, {"x_real_ip": "127.0.0.1"},
    {"x_forwarded_host": "localhost"}, {"x_middleware_subrequest": "middleware"}, {"x_clerk_auth_status": "signed-in"},
    {"x_clerk_auth_reason": ""}, {"x_sojourn_session": "sess_1"}, {"sojourn_session": "sess_1"}, {"x_user_id": "user_1"},
    {"forwarded": "for=127.0.0.1"}, {"sec_purpose": "prefetch"}, {"purpose": "prefetch"}, {"next_router_prefetch": "1"},
]  # fmt: skip


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: next(iter(flag)))
def test_no_header_gets_around_the_guard(site: Site, flag: dict[str, str]) -> None:  # R-WEB-08, R-WEB-07
    for path in ("/protected", "/open/guarded"):
        assert site.ask(path, **flag).status_code == 401


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_no_method_gets_around_the_guard(site: Site, method: str) -> None:  # R-WEB-02, R-WEB-08
    assert site.ask("/protected?_method=GET", method).status_code == 401


def test_roles_permissions_and_organizations_are_asked_for(site: Site, server: Server) -> None:  # R-AUZ-03
    plain, member = server.person(), server.person(organization=ORGANIZATION)
    other = server.person(claims={"roles": ["member", 7], "permissions": {"invoices:write": True}})
    custom = server.person(claims={"roles": ["admin"], "permissions": "invoices:write"})
    for person in (plain, other):
        for path in ("/open/admin", "/open/may", "/open/team"):
            assert site.ask(path, **person.bearer).status_code == 403, path
    refused = site.ask("/open/admin", **PAGE, **plain.cookie)
    assert refused.status_code == 403
    assert site.ask("/open/admin", **custom.bearer).json() == {"user": custom.user_id}
    assert site.ask("/open/may", **custom.bearer).json() == {"user": custom.user_id}
    assert site.ask("/open/team", **custom.bearer).status_code == 403
    assert site.ask("/open/admin", **member.bearer).json() == {"user": member.user_id}
    assert site.ask("/open/team", **member.bearer).json() == {"user": member.user_id}


def test_what_is_missing_is_said_in_one_way_to_programs_and_to_people(site: Site, server: Server) -> None:  # R-AUZ-03
    plain = server.person(first_factor_age=11)
    codes = {
        "/open/admin": "role_missing", "/open/may": "permission_missing", "/open/team": "organization_missing",
        "/open/fresh": "session_reverification_required",
    }  # fmt: skip
    for path, code in codes.items():
        refused = site.ask(path, **plain.bearer)
        assert (refused.status_code, refused.headers["content-type"]) == (403, "application/json")
        assert refused.json()["errors"][0]["code"] == code
        assert refused.headers["www-authenticate"].startswith('Bearer error="insufficient_')
        page = site.ask(path, **PAGE, **plain.cookie)
        assert (page.status_code, page.headers["content-type"]) == (403, "text/html; charset=utf-8")
        assert_in_theme(page, server)
        step = "Sign out and in again" if path == "/open/fresh" else "Sign in with another account"
        assert f'<a href="{server.engine.config.public_url}/sign-out">{step}</a>' in page.text
    stale = site.ask("/open/fresh", **plain.bearer).json()["clerk_error"]
    assert (stale["type"], stale["reason"]) == ("forbidden", "reverification-error")  # as published SDKs look for it
    stranger = site.ask("/open/guarded").json()["errors"][0]
    assert stranger["code"] == "authentication_invalid"


def test_a_token_that_is_wrong_is_called_so_and_a_stranger_is_only_asked(site: Site) -> None:  # RFC 6750 section 3.1
    assert site.ask("/protected").headers["www-authenticate"] == "Bearer"
    assert site.ask("/protected", authorization="Basic abc").headers["www-authenticate"] == "Bearer"
    wrong = site.ask("/protected", authorization="Bearer not.a.token")
    assert wrong.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_people_read_every_refusal_as_a_page_in_the_theme(site: Site, server: Server) -> None:
    late = site.ask("/form", "POST", **PAGE, **OWN)
    assert (late.status_code, late.headers["content-type"]) == (401, "text/html; charset=utf-8")
    assert "Nothing was changed" in late.text
    assert_in_theme(late, server)
    tokens = [server.person().token, server.person().token]
    stuck = site.ask("/protected", **PAGE, cookie=f"__client_uat=1; __session={tokens[0]}; __session={tokens[1]}")
    assert (stuck.status_code, stuck.headers["x-clerk-auth-reason"]) == (401, "session-tokens-of-two-people")
    assert '<a href="">Try again</a>' in stuck.text
    assert_in_theme(stuck, server)
    foreign = site.ask("/form", "POST", **PAGE, **server.person().cookie, sec_fetch_site="cross-site")
    assert foreign.status_code == 403
    assert_in_theme(foreign, server)
    for told in (
        site.ask("/form", "POST", **OWN),
        site.ask("/form", "POST", **server.person().cookie, sec_fetch_site="cross-site"),
    ):
        assert told.headers["content-type"] == "application/json"


def assert_in_theme(page: httpx.Response, server: Server) -> None:
    """A page for people, with the server's colours, that runs nothing and that no other page frames."""
    assert page.text.startswith("<!doctype html>")
    assert f'<link rel="stylesheet" href="{server.engine.config.public_url}/static/theme.css">' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy


def test_a_user_who_has_been_deleted_since_is_401(site: Site, server: Server) -> None:
    person = server.person()
    server.delete(person)
    gone = site.ask("/me", **person.bearer)
    assert (gone.status_code, gone.headers["x-clerk-auth-reason"]) == (401, "user-gone"), gone.text
    assert "/sign-in?" in site.ask("/me", **PAGE, **person.cookie).headers["location"]


def test_a_proof_that_is_too_old_or_missing_is_not_fresh(site: Site, server: Server) -> None:  # R-SES-12
    for age in (11, -1):
        assert site.ask("/open/fresh", **server.person(first_factor_age=age).bearer).status_code == 403
    fresh = server.person(first_factor_age=9)
    assert site.ask("/open/fresh", **fresh.bearer).json() == {"user": fresh.user_id}


def test_a_lost_token_costs_one_handshake_and_never_a_loop(site: Site, server: Server) -> None:  # R-JWT-12
    name = f"__client_uat_{cookie_suffix(server.engine.instance.publishable_key)}"
    asked = site.ask("/protected", **PAGE, cookie=f"{name}=1700000000")
    assert asked.status_code == 307
    assert "/v1/client/handshake?" in asked.headers["location"]
    assert "sojourn_redirect_" in asked.headers["set-cookie"]
    counted = f"sojourn_in_a_row_{sha256(f'{APP}/protected'.encode()).hexdigest()[:12]}"
    stuck = site.ask("/protected", **PAGE, cookie=f"{name}=1700000000; {counted}=2")
    assert stuck.status_code == 401
    assert "redirects" in stuck.headers["x-clerk-auth-reason"]
    assert f"{counted}=; Path=/; Max-Age=0" in stuck.headers["set-cookie"]  # a reload tries anew


def test_a_forged_handshake_signs_nobody_in(site: Site) -> None:
    answer = site.ask("/protected?__clerk_handshake=a.b.c&x=1", **PAGE)
    assert (answer.status_code, answer.headers["location"]) == (307, f"{APP}/protected?x=1")
    assert "__session=" not in answer.headers.get("set-cookie", "")


def test_many_at_once_are_each_who_they_are(site: Site, server: Server) -> None:
    people = [server.person() for _ in range(8)]
    with ThreadPoolExecutor(
        8
    ) as pool:  # a server has connections for so many; one who waits for another's may be told 503
        asked = [
            (person, pool.submit(site.ask, path, **person.bearer))
            for person in people * 6
            for path in ("/protected", "/me")
        ]
        for person, answer in asked:
            assert answer.result().json() in ({"user": person.user_id}, {"email": person.email})


def test_what_the_app_raises_and_streams_is_left_alone(site: Site, server: Server) -> None:
    person = server.person()
    assert site.ask("/stream", **person.bearer).text == "0\n1\n2\n"
    with suppress(ZeroDivisionError):  # where nothing of the framework stands between
        assert site.ask("/broken", **person.bearer).status_code == 500
    assert site.ask("/stream").status_code == 401
    assert site.ask("/broken").status_code == 401


def test_a_browser_that_goes_away_in_the_middle_leaves_nothing_behind(site: Site, server: Server) -> None:
    person = server.person()
    site.leave_early("/stream", person.bearer)
    assert site.ask("/stream", **person.bearer).text == "0\n1\n2\n"


def test_a_write_that_a_page_elsewhere_made_a_browser_send_is_403(site: Site, server: Server) -> None:  # R-WEB-01
    person = server.person()
    foreign = [
        {}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"}, {"origin": "https://evil.example.com"},
        {"origin": "null"}, {"referer": "https://evil.example.com/localhost:8000"}, {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-site", "origin": "https://evil.example.com"}, {"origin": f"{APP}.evil.example.com"},
    ]  # fmt: skip
    for headers in foreign:
        assert site.ask("/form", "POST", **person.cookie, **headers).status_code == 403, headers
    own = [
        OWN,
        {"origin": APP},
        {"referer": f"{APP}/form"},
        {"sec_fetch_site": "same-site", "origin": "https://sister.example.com"},
    ]
    for headers in own:
        assert site.ask("/form", "POST", **person.cookie, **headers).json() == {"done": True}, headers
    assert site.ask("/form", "POST", **person.bearer).json() == {"done": True}  # nothing that a browser sends by itself


def test_the_server_inside_answers_below_its_path(site: Site) -> None:
    if not site.sojourn.mount_path:
        assert site.ask("/auth/health").status_code == 401
        return
    assert site.ask("/auth/health").status_code == 200
    form = {"email_address": f"ada+clerk_test{id(site)}@example.com", "password": "correct horse battery staple"}
    made = site.send(httpx.Request("POST", f"{APP}/auth/v1/client/sign_ups", data=form, headers=OWN))
    assert made.status_code == 200, made.text
    names = [line.partition("=")[0] for line in made.headers.get_list("set-cookie")]
    assert "__client" in names
    assert len(set(names)) == len(names) > 1  # each as the server wrote it


def test_a_picture_of_three_megabytes_is_taken_below_the_path_and_shown_there(
    site: Site, server: Server
) -> None:  # R-LIM-07
    if not site.sojourn.mount_path:
        assert site.ask("/auth/v1/images/img_1").status_code == 401
        return
    key = server.run(server.engine.instances.new_secret_key(server.engine.instance)).reveal()
    where = f"{APP}/auth/v1/users/{server.person().user_id}/profile_image"
    for side, status in ((1050, 200), (1400, 413)):
        sent = httpx.Request("POST", where, files={"file": noise(side)}, headers={"authorization": f"Bearer {key}"})
        answer = site.send(sent)
        assert answer.status_code == status, answer.text
        if status == 200:
            url = answer.json()["image_url"]
            assert url.startswith(f"{APP}/auth/v1/images/img_")
            shown = site.send(httpx.Request("GET", url))
            assert opened(shown.content).size == (512, 512)
            assert (shown.headers["content-type"], shown.headers["x-content-type-options"]) == ("image/webp", "nosniff")
