"""Websockets, where a framework has them."""

from .conftest import TRUSTED
from .site import APP, Server, Site


def test_a_signed_in_person_is_heard(site: Site, server: Server) -> None:
    person = server.person()
    with site.socket("/socket", person.bearer) as socket:
        assert socket.hear()["type"] == "websocket.accept"
        assert socket.hear()["text"] == person.user_id
        socket.say("hello")
        assert socket.hear()["text"] == "hello"


def test_a_stranger_is_closed_before_the_app_sees_them(site: Site) -> None:  # R-WEB-08
    with site.socket("/socket", {}) as socket:
        assert socket.hear() == {"type": "websocket.close", "code": 4401}


def test_a_page_elsewhere_cannot_open_one_with_somebodys_cookie(site: Site, server: Server) -> None:  # R-WEB-01
    person = server.person()
    foreign: list[dict[str, str]] = [
        {}, {"origin": "https://evil.example.com"}, {"origin": "null"}, {"origin": f"{APP}.evil.example.com"},
        {"sec-fetch-site": "same-origin"}, {"origin": f"https://evil.example.com/{APP}", "sec-fetch-site": "same-origin"},
    ]  # fmt: skip
    for origin in foreign:
        with site.socket("/socket", {**person.cookie, **origin}) as socket:
            assert socket.hear() == {"type": "websocket.close", "code": 4401}
    for origin in (APP, TRUSTED):
        with site.socket("/socket", {**person.cookie, "origin": origin}) as socket:
            assert socket.hear()["type"] == "websocket.accept"


def test_it_is_closed_when_the_session_ends(site: Site, server: Server) -> None:  # R-SES-06
    person = server.person()
    with site.socket("/socket", person.bearer) as socket:
        assert socket.hear()["type"] == "websocket.accept"
        assert socket.hear()["text"] == person.user_id
        server.revoke(person)
        closed = socket.hear()
        assert (closed["type"], closed["code"]) == ("websocket.close", 4401)


def test_a_browser_that_goes_away_ends_the_app_s_end_too(site: Site, server: Server) -> None:
    with site.socket("/socket", server.person().bearer) as socket:
        assert socket.hear()["type"] == "websocket.accept"
