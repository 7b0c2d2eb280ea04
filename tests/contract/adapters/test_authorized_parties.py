"""Whose pages' tokens an app takes: the `azp` claim, in every kind of app (R-JWT-07)."""

from .site import APP, Server, Site


def test_a_token_of_an_origin_that_the_server_takes_is_taken(site: Site, server: Server) -> None:  # R-JWT-07
    for origin in (APP, "http://localhost:3999", "http://127.0.0.1:5173", None):
        person = server.person(authorized_party=origin)
        assert site.ask("/protected", **person.bearer).status_code == 200, origin
        assert site.ask("/protected", **person.cookie).status_code == 200, origin


def test_a_token_of_another_origin_is_refused_by_header_and_by_cookie(site: Site, server: Server) -> None:  # R-JWT-07
    for origin in ("https://evil.example", "http://localhost.evil.example", "null", "", "http://10.0.0.5:3000"):
        person = server.person(authorized_party=origin)
        for sent in (person.bearer, person.cookie, person.bearer):
            refused = site.ask("/protected", **sent)
            assert (refused.status_code, refused.headers["x-clerk-auth-reason"]) == (
                401,
                "token-invalid-authorized-parties",
            )


def test_an_origin_that_is_listed_is_taken(site: Site, server: Server) -> None:  # R-JWT-07
    engine = server.engine
    origin = f"https://{site.name}.example.com"
    person = server.person(authorized_party=origin)
    before = list(engine.instances.default().settings.allowed_origins)
    server.run(engine.instances.update_settings(engine.instance, {"allowed_origins": [*before, origin]}))
    assert site.ask("/protected", **person.bearer).status_code == 200
    server.run(engine.instances.update_settings(engine.instance, {"allowed_origins": [*before]}))  # type: ignore[list-item]
