"""What an app keeps for its visitors, with each framework's own `session`."""

from .site import OWN, Server, Site


def _cookie(answer: object) -> str:
    lines = answer.headers.get_list("set-cookie")  # type: ignore[attr-defined]
    return next((line.partition(";")[0] for line in lines if line.startswith("sojourn_data=")), "")


def test_who_writes_nothing_leaves_no_trace(site: Site, server: Server) -> None:
    for path in ("/", "/data"):
        answer = site.ask(path)
        assert not _cookie(answer)
    assert site.ask("/data").json() == {"name": None}


def test_an_anonymous_visitor_keeps_data_by_a_cookie_that_scripts_cannot_read(site: Site) -> None:  # R-CKI-01
    written = site.ask("/data?name=ada", "POST", **OWN)
    cookie = _cookie(written)
    assert cookie
    line = next(each for each in written.headers.get_list("set-cookie") if each.startswith("sojourn_data="))
    assert "HttpOnly; SameSite=Lax" in line
    assert "no-store" in written.headers["cache-control"]
    assert site.ask("/data", cookie=cookie).json() == {"name": "ada"}
    again = site.ask("/data?name=bob", "POST", cookie=cookie, **OWN)
    assert not _cookie(again)
    assert site.ask("/data", cookie=cookie).json() == {"name": "bob"}
    gone = site.ask("/data", "DELETE", cookie=cookie, **OWN)
    assert "Max-Age=0" in gone.headers["set-cookie"]
    assert site.ask("/data", cookie=cookie).json() == {"name": None}


def test_nobody_chooses_the_key_of_a_visitor(site: Site) -> None:
    planted = f"sojourn_data={'a' * 43}"
    written = site.ask("/data?name=ada", "POST", cookie=planted, **OWN)
    assert _cookie(written) not in ("", planted)
    assert site.ask("/data", cookie=planted).json() == {"name": None}


def test_at_sign_in_the_data_moves_and_its_old_key_is_worth_nothing(site: Site, server: Server) -> None:
    cookie = _cookie(site.ask("/data?name=ada", "POST", **OWN))
    person = server.person()
    both = f"{cookie}; __session={person.token}"
    first = site.ask("/data", cookie=both)
    assert first.json() == {"name": "ada"}
    assert "Max-Age=0" in first.headers["set-cookie"]
    assert site.ask("/data", **person.cookie).json() == {"name": "ada"}
    assert site.ask("/data", cookie=cookie).json() == {"name": None}  # whoever planted it reads nothing


def test_data_of_a_session_is_its_own_and_ends_with_it(site: Site, server: Server) -> None:
    person = server.person()
    site.ask("/data?name=ada", "POST", **person.cookie, **OWN)
    other = server.again(person)
    assert site.ask("/data", **other.bearer).json() == {"name": None}
    assert site.ask("/data", **person.bearer).json() == {"name": "ada"}
    server.revoke(person)
    written = site.ask("/data?name=late", "POST", **person.bearer)
    assert written.status_code == 200  # its token lives on for its minute; nothing is kept any more
    assert site.ask("/data", **person.bearer).json()["name"] != "late"


def test_a_write_from_elsewhere_with_an_anonymous_cookie_is_403(site: Site) -> None:  # R-WEB-01
    cookie = _cookie(site.ask("/data?name=ada", "POST", **OWN))
    assert site.ask("/data?name=eve", "POST", cookie=cookie, sec_fetch_site="cross-site").status_code == 403
    assert site.ask("/data", cookie=cookie).json() == {"name": "ada"}
