"""The Authorization header."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import TokenRefused
from sojourn.tokens.bearer import bearer


def test_no_header_is_no_token():  # R-JWT-11
    assert bearer([]) is None


@pytest.mark.parametrize("value", ["Bearer a.b-c.d_e", "bearer a.b-c.d_e", "BEARER a.b-c.d_e", "Bearer  a.b-c.d_e"])
def test_one_bearer_header_is_its_token(value: str):  # R-JWT-11
    assert bearer([value]) == "a.b-c.d_e"


@pytest.mark.parametrize(
    "values",
    [
        [""], [" "], ["Bearer"], ["Bearer "], ["Bearer\ta.b.c"], ["Basic YTpi", "Bearer a.b.c"], ["a.b.c"], ["Bearera.b.c"], ["Bearer a.b.c "],
        [" Bearer a.b.c"], ["Bearer a.b.c d.e.f"], ["Bearer a.b.c, Bearer d.e.f"], ["Bearer Bearer a.b.c"], ["Bearer a.b.c\n"],
        ["Bearer a.b.c\x00"], ["Bearer é"], ["Bearer =a"], ["Bearer a.b.c", "Bearer a.b.c"], ["Bearer a.b.c", ""], ["", ""],
        ["Bearer a=b"], ["Bearer:a.b.c"],
    ],
)  # fmt: skip
def test_a_bad_header_is_refused_and_not_taken_for_none(values: list[str]):  # R-JWT-11
    with pytest.raises(TokenRefused):
        bearer(values)


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_any_header_is_a_token_or_refused_or_of_another_scheme(values: list[str]):  # R-JWT-11
    try:
        found = bearer(values)
    except TokenRefused:
        return
    if found is None:
        assert not any(value.strip().partition(" ")[0].lower() == "bearer" for value in values)
    else:
        assert values[0].endswith(found)


@pytest.mark.parametrize(
    "values", [["Basic YTpi"], ["Token a.b.c"], ['Digest username="a", realm="b"'], ["Negotiate YII="], ["Bearerx y"]]
)
def test_another_scheme_is_no_session_token(values: list[str]):  # R-JWT-11
    assert bearer(values) is None
