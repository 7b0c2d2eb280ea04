"""The tree of settings: each declared once, and everything that lists settings made from it."""

import importlib.util
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sojourn.errors import FieldError, Json
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.setting import Setting, groups, tree
from sojourn.instances.settings import Settings
from sojourn.instances.settings_input import patched
from sojourn.instant import Instant
from sojourn.resources.environment import environment
from sojourn.web.backend_api.extensions import SettingsPatch

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
ALL = tree(Settings)
NUMBERS = [each for each in ALL if each.kind is int]
NOW = Instant(1_800_000_000_000)


def by_path(setting: Setting) -> str:
    return setting.path


def patch(setting: Setting, value: Json) -> dict[str, Json]:
    return {setting.group: {setting.path.rpartition(".")[2]: value}} if setting.group else {setting.path: value}


@pytest.mark.parametrize("setting", ALL, ids=by_path)
def test_every_setting_says_in_one_sentence_what_it_does(setting: Setting) -> None:
    effect = setting.about.effect
    assert re.fullmatch(r"[A-Z`].*\.", effect)
    assert ". " not in effect


@pytest.mark.parametrize("setting", NUMBERS, ids=by_path)
def test_a_number_keeps_to_its_bounds(setting: Setting) -> None:  # R-INP-04
    least, most = setting.about.min, setting.about.max
    assert least is not None and most is not None
    for value in (least, most):
        assert setting.of(patched(Settings(), patch(setting, value))) == value
    for value in (least - 1, most + 1, None, "x", 1.5, True):
        with pytest.raises(FieldError) as refused:
            patched(Settings(), patch(setting, value))
        assert refused.value.param == setting.path


@pytest.mark.parametrize("setting", ALL, ids=by_path)
def test_every_default_can_be_set(setting: Setting) -> None:
    assert patched(Settings(), patch(setting, setting.default)) == Settings()


@pytest.mark.parametrize("setting", [each for each in ALL if each.choices], ids=by_path)
def test_a_setting_takes_the_words_it_lists_and_no_other(setting: Setting) -> None:
    for word in setting.choices:
        assert setting.of(patched(Settings(), patch(setting, word))) == word
    with pytest.raises(FieldError):
        patched(Settings(), patch(setting, "surprise"))


@pytest.mark.parametrize("setting", [each for each in ALL if each.about.unit], ids=by_path)
def test_a_length_of_time_is_taken_as_text(setting: Setting) -> None:
    assert setting.path.endswith("_seconds")
    assert setting.of(patched(Settings(), patch(setting, "1m"))) == 60


def test_a_length_of_time_is_marked_as_one() -> None:
    assert all(each.about.unit == "seconds" for each in ALL if each.path.endswith("_seconds"))


@pytest.mark.parametrize("setting", NUMBERS, ids=by_path)
def test_a_stored_number_out_of_bounds_is_another_releases_and_read(setting: Setting) -> None:  # R-CFG-01
    assert setting.about.max is not None
    stored = msgspec.convert(patch(setting, setting.about.max + 1), Settings)
    assert setting.of(stored) == setting.about.max + 1


@pytest.mark.parametrize("setting", [each for each in ALL if each.about.shown], ids=by_path)
@pytest.mark.parametrize("kind", Environment)
def test_the_environment_shows_a_setting_where_its_declaration_says(setting: Setting, kind: Environment) -> None:
    for value in _values(setting):
        settings = patched(Settings(), patch(setting, value))
        instance = Instance("ins_1", kind, "pk_test_x", "http://localhost:8000", settings, NOW, NOW)  # type: ignore[arg-type]
        shown = environment(instance, None, strict=True)
        for place, shown_as in setting.about.shown.items():
            found: Any = shown
            for name in place.split("."):
                found = found[name]
            assert found == shown_as(setting.of(settings))


def _values(setting: Setting) -> list[Json]:
    """A few that it takes."""
    if setting.choices:
        return [*setting.choices]
    if setting.kind is bool:
        return [True, False]
    if setting.kind is int:
        return [setting.about.min, setting.about.max]
    return [setting.default]


def test_a_patch_takes_every_setting_and_group_by_name() -> None:
    wanted = [each.name for each in msgspec.structs.fields(Settings)]
    assert [each.name for each in msgspec.structs.fields(SettingsPatch)] == wanted


def test_the_page_of_settings_is_what_the_declarations_say() -> None:
    assert page_of_settings() == (DOCS / "reference/settings.md").read_text(), "run `python tools/settings_page.py`"


def page_of_settings() -> str:
    spec = importlib.util.spec_from_file_location("settings_page", ROOT / "tools/settings_page.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.page())


@pytest.mark.parametrize("setting", ALL, ids=by_path)
def test_a_setting_has_its_place_in_the_documentation(setting: Setting) -> None:
    name, _, anchor = setting.anchor.partition("#")
    assert f'<a id="{anchor}">' in (DOCS / name).read_text()
    if setting.about.guide:
        name, _, heading = setting.about.guide.partition("#")
        headings = re.findall(r"^#+ (.+)$", (DOCS / name).read_text(), re.MULTILINE)
        assert not heading or heading in [re.sub(r"[^a-z0-9]+", "-", each.lower()).strip("-") for each in headings]


def test_every_group_is_described() -> None:
    assert list(groups(Settings)) == ["sessions", "sign_up", "protection", "paths", "theme"]
    assert all(group.__doc__ for group in groups(Settings).values())


def test_a_setting_that_says_nothing_of_itself_is_refused() -> None:
    class Careless(msgspec.Struct):
        surprise: int = 3

    with pytest.raises(TypeError, match="surprise"):
        tree(Careless)
