"""What is sealed at rest."""

from base64 import b64encode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sojourn.errors import ConfigError
from sojourn.secret import Secret
from sojourn.tokens.sealing import Sealer, SealingError

PLACE = "signing_keys/ins_1/private/ins_a"
FIRST, SECOND = Secret.random(), Secret.random()


def text_of(raw: bytes) -> Secret:
    return Secret(urlsafe_b64encode(raw).decode().rstrip("="))


@given(st.binary(), st.text())
def test_what_was_sealed_opens_in_its_place(data: bytes, place: str):  # R-KEY-01
    sealer = Sealer([FIRST])
    place = place.encode("utf-8", "ignore").decode()
    assert sealer.open(sealer.seal(data, place), place) == data


@pytest.mark.parametrize(
    "place", ["", "signing_keys/ins_1/private/ins_b", "signing_keys/ins_2/private/ins_a", PLACE + "/"]
)
def test_a_ciphertext_moved_elsewhere_does_not_open(place: str):  # R-KEY-01
    sealer = Sealer([FIRST])
    with pytest.raises(SealingError):
        sealer.open(sealer.seal(b"x", PLACE), place)


def test_a_changed_cut_or_made_up_ciphertext_does_not_open():  # R-KEY-01
    sealer = Sealer([FIRST])
    sealed = sealer.seal(b"private key", PLACE)
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    cut = [sealed[:length] for length in range(len(sealed))]
    for wrong in [*changed, *cut, b"", bytes(200)]:
        with pytest.raises(SealingError):
            sealer.open(wrong, PLACE)


def test_the_same_text_is_never_sealed_the_same_way():  # R-KEY-01
    sealer = Sealer([FIRST])
    assert len({sealer.seal(b"x", PLACE) for _ in range(1000)}) == 1000


def test_the_first_root_key_seals_and_all_open():  # R-KEY-02
    old = Sealer([FIRST]).seal(b"x", PLACE)
    both = Sealer([SECOND, FIRST])
    assert both.open(old, PLACE) == b"x"
    assert Sealer([SECOND]).open(both.seal(b"y", PLACE), PLACE) == b"y"
    with pytest.raises(SealingError):
        Sealer([SECOND]).open(old, PLACE)


@pytest.mark.parametrize(
    "key",
    [
        Secret(""), Secret("secret"), Secret("x" * 43), text_of(bytes(32)), text_of(b"\x01\x02\x03\x04" * 8), text_of(bytes(range(32))),
        text_of(bytes(range(0, 64, 2))), text_of(b"change me to thirty-two bytes of your own"), Secret("0123456789abcdef" * 4),
        Secret("this is not base64url, but long enough to be taken for a key"), Secret("changeme" * 8), Secret.random("#"),
        text_of(Secret.random().stored_form()[:31]), Secret("A" * 1000), Secret(Secret.random().reveal() + "é"),
    ],
)  # fmt: skip
def test_a_short_sample_or_unreadable_root_key_is_refused(key: Secret):  # R-KEY-02
    for keys in ([key], [FIRST, key]):
        with pytest.raises(ConfigError) as refused:
            Sealer(keys)
        assert not key.reveal() or key.reveal() not in str(refused.value)


def test_no_root_key_at_all_is_refused():  # R-KEY-02
    with pytest.raises(ConfigError):
        Sealer([])


def test_a_random_root_key_is_taken_however_it_is_written():  # R-KEY-02
    for _ in range(200):
        raw = Secret.random().stored_form()
        Sealer([text_of(raw)])
        Sealer([Secret(b64encode(raw).decode())])
        Sealer([Secret(raw.hex())])


def test_keys_for_other_purposes_differ():
    sealer = Sealer([FIRST])
    assert len({sealer.derived(b"codes"), sealer.derived(b"cookies"), Sealer([SECOND]).derived(b"codes")}) == 3
    assert sealer.derived(b"codes") == Sealer([FIRST, SECOND]).derived(b"codes")
