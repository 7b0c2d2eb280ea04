"""Each cause that a pasted token, cookie, header or reason shows is told apart, in words (issue R-LOG-01)."""

from datetime import timedelta
from typing import Any

import pytest

from sojourn.engine import Engine
from sojourn.errors import Json
from sojourn.instances.jwt_templates import NewJwtTemplate
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.testing.clock import FakeClock
from sojourn.tokens.handshake import cookie_suffix
from sojourn.tokens.jws import Algorithm
from sojourn.tokens.session_token import TokenClaims, mint
from sojourn.tokens.signing_keys import SigningKey

from ..admin_api.administration import Administration
from ..people import ADA, PASSWORD, now_of, person, set_up, signed_in
from ..wire.browsing import Browser
from .asking import SUPPORT, Asking, attribute, causes, claim

APP = "http://localhost:3000"


async def token_of(engine: Engine, session: Session, origin: str | None = APP) -> str:
    return await engine.tokens.for_session(engine.instance, session, await now_of(engine, session), origin=origin)


async def with_a_session(administration: Administration) -> tuple[Asking, Session]:
    asking = await Asking.of(administration)
    await person(asking.engine)
    return asking, await signed_in(asking.engine)


async def in_a_browser(engine: Engine) -> tuple[Session, str, str]:
    """A session with the secret of its browser, and the one of before."""
    sign_in, issued = await engine.sign_ins.create(
        Caller(engine.instance, None, Device()), SignInInput(identifier=ADA, password=PASSWORD)
    )
    assert sign_in.created_session_id is not None and issued.secret is not None
    session = await engine.sessions.get(engine.instance, sign_in.created_session_id)
    async with engine.store.transaction() as tx:
        newer = await engine.sessions.renew(tx, issued.client, session)
    assert newer.secret is not None
    return session, newer.secret.reveal(), issued.secret.reveal()


# -- tokens


async def test_a_good_token_is_explained_claim_by_claim(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    await set_up(asking.engine, {"sessions": {"claims": {"plan": "{{user.public_metadata.plan || 'free'}}"}}})
    token = await token_of(asking.engine, session)
    told = await asking.about(token)
    assert (told["subject"], told["state"], causes(told)) == ("session_token", "signed_in", [])
    assert told["token"]["is_genuine"] and told["token"]["bytes"] == len(token)
    assert claim(told, "exp")["source"] == "sessions.token_seconds"
    assert (claim(told, "plan")["value"], claim(told, "plan")["source"]) == (
        "free", "sessions.claims, which says {{user.public_metadata.plan || 'free'}}",
    )  # fmt: skip
    await set_up(asking.engine, {"sessions": {"claims": {}}})
    later = await asking.about(token)
    assert claim(later, "plan")["source"] == "sessions.claims at the time of issue; the setting no longer has it"


async def test_an_expired_token_of_a_live_session_is_told_with_its_age(
    administration: Administration, clock: FakeClock
) -> None:
    asking, session = await with_a_session(administration)
    token = await token_of(asking.engine, session)
    clock.advance(minutes=2)
    told = await asking.about(f"Bearer {token}")
    assert (told["state"], causes(told)) == ("signed_out", ["token_expired"])
    assert told["headline"] == "The token expired on 2026-02-02 02:41:00 UTC, 60 s ago. The session itself is live."


async def test_a_token_of_the_future_is_told_with_the_seconds(administration: Administration, clock: FakeClock) -> None:
    asking, session = await with_a_session(administration)
    clock.advance(seconds=90)
    token = await token_of(asking.engine, session)
    clock.set_right(timedelta(seconds=-90))
    told = await asking.about(token)
    assert causes(told) == ["token_not_yet_valid"]
    assert told["headline"].startswith(
        "The token is not valid yet: it was issued 90 s in the future by this server's clock."
    )


async def test_a_token_that_starts_later_is_told_as_not_valid_yet(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    engine = asking.engine
    key = await engine.key_store.signing_key(engine.instance)
    from sojourn.tokens.jws import sign

    now = engine.clock.now().seconds
    claims: dict[str, Json] = {
        "iss": engine.instance.public_url, "sub": session.user_id, "sid": session.id, "iat": now, "nbf": now + 300, "exp": now + 600,
    }  # fmt: skip
    told = await asking.about(sign(key.session_header, claims, key.private))
    assert causes(told) == ["token_not_yet_valid"] and ", 300 s from now." in told["headline"]


async def test_the_clock_of_an_app_is_told_with_its_seconds(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    token = await token_of(asking.engine, session)
    exchange = f"Authorization: Bearer {token}\nDate: Mon, 02 Feb 2026 02:34:48 GMT\nx-clerk-auth-reason: token-iat-in-the-future"
    told = await asking.about(exchange)
    assert causes(told)[0] == "clock_off"
    assert told["headline"].startswith("The clock of the app's machine is off by 312 s: it is behind the server's.")
    for pasted in (
        "clock.off seconds=-312: this computer's clock is",
        "this computer's clock is 312 s behind the server's",
    ):
        logged = await asking.about(pasted)
        assert (causes(logged), "312 s: it is behind" in logged["headline"]) == (["clock_off"], True)
    assert causes(await asking.about("token-not-active-yet")) == ["clock_off"]


async def test_a_key_that_is_not_ours_and_one_rotated_away_are_told_apart(
    administration: Administration, clock: FakeClock
) -> None:  # R-KEY-03
    asking, session = await with_a_session(administration)
    engine = asking.engine
    token = await token_of(engine, session)
    strange = SigningKey.generate(Algorithm.RS256, clock.now())
    grant = TokenClaims(engine.instance.public_url, session.user_id, session.id)
    forged = mint(grant, strange, clock.now(), life=timedelta(minutes=1))
    unknown = await asking.about(forged)
    assert (causes(unknown), unknown["token"]["is_genuine"]) == (["key_unknown"], False)
    clock.advance(seconds=10)
    await engine.key_store.rotate(engine.instance, emergency=True)
    told = await asking.about(token)
    assert causes(told) == ["key_rotated_away"]
    assert told["headline"] == (
        "The key that signed the token was rotated away: the emergency rotation of 2026-02-02 02:40:10 UTC dropped every older key."
    )


async def test_a_changed_token_is_told_by_its_signature(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    head, body, _ = (await token_of(asking.engine, session)).split(".")
    other = (await token_of(asking.engine, session)).split(".")[2]
    told = await asking.about(f"{head}.{body}.{other}")
    assert (causes(told), told["state"]) == (["signature_wrong"], "signed_out")


async def test_another_server_another_issuer_and_another_party_are_told_apart(
    administration: Administration, clock: FakeClock
) -> None:  # R-JWT-07
    asking, session = await with_a_session(administration)
    engine = asking.engine
    elsewhere = SigningKey.generate(Algorithm.RS256, clock.now())
    foreign = mint(
        TokenClaims("https://other.example", "user_x", "sess_x"), elsewhere, clock.now(), life=timedelta(minutes=1)
    )
    told = await asking.about(foreign)
    assert causes(told) == ["another_instance"]
    assert "its issuer is https://other.example, and this server is http://localhost:8000" in told["headline"]
    key = await engine.key_store.signing_key(engine.instance)
    moved = mint(
        TokenClaims("https://old.example", session.user_id, session.id), key, clock.now(), life=timedelta(minutes=1)
    )
    issuer = await asking.about(moved)
    assert (causes(issuer), issuer["token"]["is_genuine"]) == (["wrong_issuer"], True)
    party = await asking.about(await token_of(engine, session, "https://evil.example"))
    assert (causes(party), party["state"]) == (["wrong_party"], "signed_in")
    assert "https://evil.example, which is not among allowed_origins" in party["headline"]
    assert party["headline"].endswith("The session itself is live.")


async def test_a_token_of_the_dashboard_is_another_instances(administration: Administration) -> None:
    asking, _ = await with_a_session(administration)
    assert causes(await asking.about(await asking.by.token())) == ["another_instance"]


async def test_a_token_too_large_for_a_cookie_is_told_with_its_setting(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    engine = asking.engine
    user = await now_of(engine, session)
    await set_up(engine, {"sessions": {"claims": {"all": "{{user.public_metadata}}"}}})
    await engine.accounts.merge_metadata(engine.instance, user.id, public={"text": "x" * 4000})
    told = await asking.about(await token_of(engine, session))
    assert (causes(told), told["state"]) == (["token_too_large"], "signed_in")
    assert "make the custom claims (sessions.claims) or the metadata they name smaller" in told["headline"]
    assert told["token"]["bytes"] > told["token"]["largest"]


async def test_a_token_of_a_template_names_it_and_is_no_session_token(administration: Administration) -> None:
    # R-JWT-08
    asking, session = await with_a_session(administration)
    engine = asking.engine
    await engine.jwt_templates.create(engine.instance, NewJwtTemplate(name="hasura", claims={"role": "{{user.id}}"}))
    token = await engine.tokens.from_template(
        engine.instance, session, await now_of(engine, session), "hasura", origin=None
    )
    told = await asking.about(token)
    assert (told["subject"], told["state"], causes(told)) == ("template_token", "unclear", ["not_a_session_token"])
    assert claim(told, "role")["source"] == "JWT template hasura, which says {{user.id}}"
    assert claim(told, "exp")["source"] == "lifetime of JWT template hasura"


# -- cookies


async def test_the_client_cookie_is_told_as_current_replaced_a_copy_or_unknown(
    administration: Administration, clock: FakeClock
) -> None:  # R-SES-08
    asking = await Asking.of(administration)
    await person(asking.engine)
    session, current, earlier = await in_a_browser(asking.engine)
    told = await asking.about(current)
    assert (told["state"], causes(told), [each["id"] for each in told["sessions"]]) == ("signed_in", [], [session.id])
    just_now = await asking.about(earlier)
    assert causes(just_now) == ["client_cookie_replaced"] and "a moment ago" in just_now["headline"]
    clock.advance(minutes=1)
    old = await asking.about(earlier)
    assert causes(old) == ["client_cookie_replaced"] and "it is a copy" in old["headline"]
    unknown = await asking.about("clt_client_none.none")
    assert (causes(unknown), unknown["state"]) == (["client_cookie_unknown"], "signed_out")
    await asking.engine.sessions.revoke(asking.engine.instance, session.id, actor="operator")
    ended = await asking.about(current)
    assert ended["headline"] == "The browser is signed out. The command line revoked the session."


async def test_a_client_cookie_of_the_dashboard_is_told_as_another_instances(administration: Administration) -> None:
    # R-AUZ-02
    asking = await Asking.of(administration)
    [value] = [each.value for each in asking.by.http.cookies.jar if "__console" in each.name][:1]
    told = await asking.about(str(value))
    assert causes(told) == ["another_instance"]
    assert "that of http://localhost:8000/dashboard" in told["headline"]


async def test_a_doubled_client_cookie_is_told(administration: Administration) -> None:  # R-CKI-05
    asking = await Asking.of(administration)
    await person(asking.engine)
    _, current, earlier = await in_a_browser(asking.engine)
    told = await asking.about(f"Cookie: __Host-__client={current}; __Host-__client={earlier}")
    assert (told["state"], causes(told)[0]) == ("signed_out", "client_cookie_doubled")
    assert told["headline"].startswith("The browser sent its client cookie twice.")


@pytest.mark.parametrize(
    ("pasted", "cause", "words"),
    [
        ("Cookie: theme=dark\nHost: localhost:8000", "client_cookie_absent", "sent no client cookie"),
        ("Host: localhost:8000\nOrigin: https://app.example\nSec-Fetch-Site: cross-site", "cookies_blocked",
         "blocks third-party cookies"),
        ("Cookie: __client_uat=0; theme=dark", "guard_without_session", "the browser has no session"),
        ("Cookie: __client_uat=1770000000", "session-token-missing", "it sent no session token"),
        ("Cookie: __session_AAAAAAAA=a.b.c", "another_instance", "another application's"),
        ("signed-out", "guard_without_session", "The browser has no session"),
        ("x-clerk-auth-reason: session-token-and-uat-missing", "guard_without_session", "neither a session token"),
        ("redirect-cookie-missing", "cookies_blocked", "it blocks cookies"),
        ("session-token-missing-after-3-redirects", "cookies_blocked", "After 3 redirects"),
        ("jwk-kid-mismatch", "key_unknown", "a key that the app does not know"),
        ("token-invalid-issuer", "wrong_issuer", "issued by another server"),
        ("token-invalid-authorized-parties", "wrong_party", "a page whose origin"),
        ("session-token-too-large", "token_too_large", "larger than a browser's cookie"),
        ("what is this", "not_understood", "no token, ID, e-mail address"),
    ],
)  # fmt: skip
async def test_headers_and_reasons_are_told_by_their_cause(
    administration: Administration, pasted: str, cause: str, words: str
) -> None:
    told = await (await Asking.of(administration)).about(pasted)
    assert cause in causes(told)
    assert words in told["headline"]
    assert all(problem["told"] for problem in told["problems"])


async def test_the_cookies_that_a_browser_really_gets_are_as_expected(administration: Administration) -> None:
    # R-CKI-01 to R-CKI-06
    asking = await Asking.of(administration)
    await person(asking.engine)
    browser = Browser(administration.app)
    await browser.sign_in(ADA)
    lines = browser.last.headers.get_list("set-cookie")
    told = await asking.about("\n".join(f"Set-Cookie: {line}" for line in lines))
    assert (told["subject"], told["state"], len(told["cookies"])) == ("set_cookie", "signed_in", len(lines))
    assert [
        attribute for each in told["cookies"] for attribute in each["attributes"] if not attribute["expected"]
    ] == []
    name = f"__client_{cookie_suffix(asking.engine.instance.publishable_key)}"
    assert attribute(told, name, "HttpOnly") == {
        "name": "HttpOnly", "value": "present", "why": "No script can read it.", "expected": True,
    }  # fmt: skip
    odd = await asking.about("Set-Cookie: __client=clt_x.y; Path=/; Domain=example.com; SameSite=None")
    wrong = {each["name"] for each in odd["cookies"][0]["attributes"] if not each["expected"]}
    assert wrong == {"Domain", "SameSite", "HttpOnly"}


async def test_a_handshake_is_told_with_the_session_that_it_carries(administration: Administration) -> None:
    # R-HSK-01
    asking = await Asking.of(administration)
    await person(asking.engine)
    browser = Browser(administration.app)
    client = await browser.sign_in(ADA)
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=f"{APP}/", __clerk_hs_reason="signed-out")
    token = answer.headers["location"].partition("__clerk_handshake=")[2].partition("&")[0]
    told = await asking.about(token)
    assert (told["subject"], told["session"]["id"]) == ("handshake", client["last_active_session_id"])
    assert told["headline"].startswith(
        "This is the result of a handshake, which carries cookies to the app. The user is signed in."
    )
    assert claim(told, "handshake")["value"] == "hidden"


async def test_no_secret_that_is_pasted_comes_back(
    administration: Administration, capfd: pytest.CaptureFixture[str]
) -> None:  # R-LOG-02, R-ID-04
    asking = await Asking.of(administration)
    await person(asking.engine)
    session, current, earlier = await in_a_browser(asking.engine)
    token = await token_of(asking.engine, session)
    pasted = [
        current,
        earlier,
        token,
        f"Cookie: __client={current}; __session={token}",
        f"Set-Cookie: __client={current}; Path=/",
        f"Set-Cookie: a=1; b={current}",
        f"Set-Cookie: a=1; {earlier}",
        f"Set-Cookie: {current}=1; Secure",
        f"Set-Cookie: __client=x; path={current}; domain={earlier}; samesite={token}; max-age={token}",
    ]
    answers: list[dict[str, Any]] = [await asking.about(each) for each in pasted]
    written = "".join(capfd.readouterr())
    for secret in (current, earlier, token):
        assert secret.lower() not in str(answers).lower() and secret not in written


async def test_the_administrators_address_is_that_of_the_console(administration: Administration) -> None:
    asking, session = await with_a_session(administration)
    await asking.engine.sessions.revoke(asking.engine.instance, session.id, actor="admin:user_gone")
    assert (await asking.story(session))["session"]["told"] == "Administrator user_gone revoked the session."
    assert SUPPORT not in str(await asking.story(session))
