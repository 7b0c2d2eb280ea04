"""What a form of our own carries."""

from sojourn.testing.clock import FakeClock
from sojourn.tokens.forms import FormTokens


def test_a_form_is_good_for_an_hour_in_its_own_browser() -> None:  # R-WEB-03
    clock = FakeClock()
    forms = FormTokens(clock, b"k" * 32)
    token = forms.made("sign-in", "ada's browser")
    assert forms.is_good(token, "sign-in", "ada's browser")
    assert not forms.is_good(token, "sign-in", "eve's browser")
    assert not forms.is_good(token, "sign-out", "ada's browser")
    assert not FormTokens(clock, b"o" * 32).is_good(token, "sign-in", "ada's browser")
    clock.advance(minutes=60)
    assert forms.is_good(token, "sign-in", "ada's browser")
    clock.advance(seconds=1)
    assert not forms.is_good(token, "sign-in", "ada's browser")


def test_what_is_no_token_is_never_good() -> None:  # R-WEB-03
    forms = FormTokens(FakeClock(), b"k" * 32)
    good = forms.made("sign-in", "")
    later = f"9{good}"
    for token in ("", ".", "x.y", "٣.x", "1" * 40, later, good + "x", good.upper(), "1770000000.\ud800", "\0"):
        assert not forms.is_good(token, "sign-in", ""), token
