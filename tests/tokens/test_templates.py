"""Shortcodes in custom claims."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import FieldError, Json
from sojourn.tokens.shortcodes import KNOWN, SHORTCODES
from sojourn.tokens.templates import RESERVED_IN_SESSIONS, TemplateProblem, check_template, problems, render

FACTS: dict[str, Json] = {
    "user": {
        "id": "user_ada", "first_name": "Ada", "last_name": None, "two_factor_enabled": False, "created_at": 1770000000000,
        "public_metadata": {"plan": "pro", "seats": 3, "deep": {"a-b": [1, {"x": None}]}, "trick": "{{user.id}}", "empty": ""},
    },
    "time": {"now": 1770000000},
}  # fmt: skip


@pytest.mark.parametrize(
    "text, value",
    [
        ("plain", "plain"),
        ("{{user.id}}", "user_ada"),
        ("{{ user.id }}", "user_ada"),
        ("{{user.created_at}}", 1770000000000),
        ("{{user.two_factor_enabled}}", False),
        ("{{user.last_name}}", None),
        ("{{user.unknown.far}}", None),
        ("{{user.id.far}}", None),
        ("{{nobody}}", None),
        ("{{user.public_metadata.deep}}", {"a-b": [1, {"x": None}]}),
        ("{{user.public_metadata.deep.a-b}}", [1, {"x": None}]),
        ("Hello {{user.first_name}} {{user.last_name}}!", "Hello Ada null!"),
        ("{{user.public_metadata.seats}} of {{user.two_factor_enabled}}", "3 of false"),
        ("{{user.public_metadata.deep}} inside", '{"a-b":[1,{"x":null}]} inside'),
        ("{{user.id}}{{user.id}}", "user_adauser_ada"),
        ("{{user.last_name || 'none'}}", "none"),
        ('{{user.last_name || "none"}}', "none"),
        ("{{user.two_factor_enabled || user.last_name || 30}}", 30),
        ("{{user.last_name || 1.5}}", 1.5),
        ("{{user.last_name || user.two_factor_enabled}}", False),
        ("{{user.two_factor_enabled || user.last_name}}", None),
        ("{{user.public_metadata.empty || 'x'}}", ""),
        ("{{user.last_name || 'a || b'}}", "a || b"),
        ("{{user.last_name || ''}}", ""),
        ("{{user.first_name || 'x'}} {{user.last_name || '|'}}", "Ada |"),
        ("{{user.public_metadata.trick}}", "{{user.id}}"),
        ("a {{user.public_metadata.trick}}", "a {{user.id}}"),
        ("{{}}", "{{}}"), ("{{", "{{"), ("{{user.id", "{{user.id"), ("{user.id}", "{user.id}"),
    ],
)  # fmt: skip
def test_a_shortcode_yields_what_it_names(text: str, value: Json):
    assert render({"claim": [text]}, FACTS) == {"claim": [value]}


def test_everything_that_is_no_text_stays_as_it_is():
    claims: dict[str, Json] = {"a": 1, "b": None, "c": [True, 1.5, {"d": []}], "{{user.id}}": "x"}
    assert render(claims, FACTS) == claims


@pytest.mark.parametrize(
    "name",
    ["iss", "sub", "sid", "azp", "iat", "nbf", "exp", "jti", "v", "sts", "fva", "act", "o", "fea", "pla", "handshake"],
)
def test_registered_claims_cannot_be_set(name: str):  # R-JWT-01, R-JWT-08
    with pytest.raises(FieldError):
        check_template({name: "x"})


def test_a_template_may_name_an_organization_its_own_way_but_a_session_may_not():
    check_template({"org_id": "{{org.id}}", "aud": "api", "role": "user"})
    with pytest.raises(FieldError):
        check_template({"org_id": "x"}, reserved=RESERVED_IN_SESSIONS)


@pytest.mark.parametrize(
    "code",
    [
        "user..id",
        "user.",
        ".user",
        "user id",
        "user.id ||",
        "|| 'x'",
        "user.id | 'x'",
        "'open",
        "1.2.3",
        "user.id || 'a' 'b'",
        "$where",
        " ",
    ],
)
def test_a_shortcode_that_cannot_be_read_is_refused(code: str):
    with pytest.raises(FieldError):
        check_template({"claim": {"deep": ["{{" + code + "}}"]}})


def test_templates_too_deep_or_too_long_are_refused():  # R-LIM-07
    deep: Json = "x"
    for _ in range(20):
        deep = [deep]
    for claims in ({"a": deep}, {"a": "x" * 20_000}):
        with pytest.raises(FieldError):
            check_template(claims)


@given(st.text(alphabet="{}|'\" .au1\n", max_size=300))
def test_any_text_renders_without_an_error(text: str):
    render(text, FACTS)
    check = text.replace("{{", "")
    assert check == "{{" or render(check, FACTS) == check


def test_a_long_text_of_braces_takes_no_time_to_speak_of():
    """Would take minutes if the shortcodes were matched by trying every way."""
    for piece in ("{", "{{", "{{a", "{{a||", "{{ ", "{{'", "}}", "{{a}}"):
        render(piece * 50_000, FACTS)
        with suppress(FieldError):
            check_template({"a": piece * 1000})


@pytest.mark.parametrize("text", ["{{}}", "{{ }}", "{{user.id", "{{" + "a" * 300 + "}}", "x {{user.id}} {{"])
def test_what_looks_like_a_shortcode_and_is_none_is_refused(text: str):
    with pytest.raises(FieldError):
        check_template({"claim": text})


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("user.frist_name", "{{user.first_name}}"),
        ("user.email", None),
        ("user.id.far", "{{user.id}}"),
        ("usr.id", "{{user.id}}"),
        ("user.last_name || nobody", None),
        ("user.private_metadata.plan", None),
        ("time.now.x", "{{time.now}}"),
        ("org.permissions", None),
    ],
)
def test_a_shortcode_that_names_nothing_is_refused_with_one_that_is_like_it(code: str, near: str | None):
    with pytest.raises(FieldError) as told:
        check_template({"claim": ["{{" + code + "}}"]}, "sessions.claims")
    assert "names nothing" in told.value.long_message and told.value.param == "sessions.claims"
    assert near is None or near in told.value.long_message


def test_every_documented_shortcode_is_taken():  # wire protocol section 8.4
    for root, names in KNOWN.items():
        check_template({name: "{{" + f"{root}.{name}" + "}}" for name in names} | {"whole": "{{" + root + "}}"})
    check_template(
        {"a": "{{user.public_metadata.a.b-c || session.actor.sub || 'x' || 30 || true}}", "b": '{"x": {"y": 1}}'}
    )


def test_every_problem_of_a_template_is_told_with_its_place():
    claims: dict[str, Json] = {"roles": ["x {{user.nme}}", {"a": "{{user.id}} {{"}], "sub": "x", "fine": "{{user.id}}"}
    found = list(problems(claims))
    assert found[0] == TemplateProblem(("sub",), "sub is a registered claim and cannot be set.")
    assert [(each.path, each.start, each.end) for each in found[1:]] == [
        (("roles", 0), 2, 14),
        (("roles", 1, "a"), 12, 14),
    ]
    assert "names nothing" in found[1].message and "not closed" in found[2].message
    assert list(problems({"fine": "{{user.id}}"})) == []


def test_every_shortcode_says_in_a_sentence_what_it_yields():
    assert all(code.says.endswith(".") and code.says[0].isupper() for code in SHORTCODES)
    assert len({code.path for code in SHORTCODES}) == len(SHORTCODES)
