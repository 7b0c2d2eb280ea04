from typing import cast

import msgspec
import pytest

from sojourn.errors import FieldFormat, FieldTooLong, Json
from sojourn.users.metadata import DEEPEST, LIMIT, checked_metadata, merged_metadata


def nested(depth: int) -> dict[str, Json]:
    value: dict[str, Json] = {}
    for _ in range(depth - 1):
        value = {"in": value}
    return value


def test_a_patch_is_laid_over_object_by_object_and_null_deletes_at_any_level():
    current: dict[str, Json] = {"plan": "free", "limits": {"seats": 3, "days": 30}, "tags": ["a"]}
    patch: dict[str, Json] = {"plan": "pro", "limits": {"days": None, "files": 9}, "tags": ["b"], "gone": None}
    merged = merged_metadata(current, patch, "public_metadata")
    assert merged == {"plan": "pro", "limits": {"seats": 3, "files": 9}, "tags": ["b"]}


def test_merging_leaves_both_originals_as_they_were():
    current: dict[str, Json] = {"a": {"b": 1}}
    patch: dict[str, Json] = {"a": {"c": {"d": None, "e": 2}}}
    assert merged_metadata(current, patch, "m") == {"a": {"b": 1, "c": {"e": 2}}}
    assert (current, patch) == ({"a": {"b": 1}}, {"a": {"c": {"d": None, "e": 2}}})


def test_an_object_laid_over_a_text_replaces_it():
    assert merged_metadata({"a": "text"}, {"a": {"b": 1}}, "m") == {"a": {"b": 1}}


@pytest.mark.parametrize("key", ["__proto__", "constructor", "prototype", "$where", "__class__", "", "a.b"])
def test_any_key_is_only_a_key(key: str):  # R-INP-05
    merged = merged_metadata({}, {key: {"polluted": True}}, "m")
    assert list(merged) == [key]
    assert merged[key] == {"polluted": True}


def test_eight_levels_are_kept_and_a_ninth_is_refused():  # R-INP-05
    assert checked_metadata(nested(DEEPEST), "m") == nested(DEEPEST)
    with pytest.raises(FieldFormat):
        checked_metadata(nested(DEEPEST + 1), "m")


def test_lists_count_as_levels_too():  # R-INP-05
    value: Json = 1
    for _ in range(DEEPEST):
        value = [value]
    with pytest.raises(FieldFormat):
        checked_metadata({"a": value}, "m")


def test_a_patch_nested_a_hundred_thousand_deep_is_refused_without_walking_it():  # R-LIM-07
    with pytest.raises(FieldFormat):
        merged_metadata({}, nested(100_000), "m")


def test_exactly_eight_kibibytes_fit_and_one_byte_more_does_not():  # R-LIM-07
    fitting: dict[str, Json] = {"a": "x" * (LIMIT - len(msgspec.json.encode({"a": ""})))}
    assert len(msgspec.json.encode(checked_metadata(fitting, "m"))) == LIMIT
    with pytest.raises(FieldTooLong) as refused:
        checked_metadata({"a": cast(str, fitting["a"]) + "x"}, "private_metadata")
    assert refused.value.param == "private_metadata"


def test_the_limit_counts_what_is_there_already():  # R-LIM-07
    with pytest.raises(FieldTooLong):
        merged_metadata({"a": "x" * 5000}, {"b": "x" * 5000}, "m")


def test_the_limit_counts_bytes_not_characters():  # R-LIM-07
    with pytest.raises(FieldTooLong):
        checked_metadata({"a": "é" * 5000}, "m")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**63, -(2**63) - 1, "a\0b", "\ud800"])
def test_what_not_every_database_can_hold_is_refused(value: Json):
    with pytest.raises(FieldFormat):
        checked_metadata({"a": [value]}, "m")


def test_such_text_is_refused_in_keys_as_well():
    with pytest.raises(FieldFormat):
        checked_metadata({"a\0": 1}, "m")
