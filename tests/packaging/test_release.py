"""What `make release` refuses, before anything is built."""

import pytest

from tools.release import undated

_OLDER = "## [0.1.0] - 2026-01-02\n\n- First.\n"


def test_a_version_with_its_dated_heading_may_be_released() -> None:
    assert (
        list(undated("0.2.0", f"## [Unreleased]\n\n## [0.2.0] - 2026-02-03\n\n### Added\n\n- A thing.\n\n{_OLDER}"))
        == []
    )


@pytest.mark.parametrize(
    ("changelog", "reason"),
    [
        (f"## [Unreleased]\n\n{_OLDER}", "the newest version in CHANGELOG.md is 0.1.0, pyproject.toml has 0.2.0."),
        ("## [Unreleased]\n", "the newest version in CHANGELOG.md is none, pyproject.toml has 0.2.0."),
        (
            f"## [0.2.0]\n\n- A thing.\n\n{_OLDER}",
            "'## [0.2.0]' in CHANGELOG.md needs its date: '## [0.2.0] - 2026-01-31'.",
        ),
        (
            f"## [Unreleased]\n\n### Fixed\n\n- Another.\n\n## [0.2.0] - 2026-02-03\n\n{_OLDER}",
            "CHANGELOG.md still lists changes below '## [Unreleased]'; they belong to a version.",
        ),
    ],
)
def test_a_changelog_that_does_not_fit_the_version_is_named(changelog: str, reason: str) -> None:
    assert list(undated("0.2.0", changelog)) == [reason]
