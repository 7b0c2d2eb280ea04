"""Writes `docs/reference/settings.md` from the settings as they are declared; a test says that the page is true."""

import sys
from inspect import getdoc
from pathlib import Path, PurePosixPath

import msgspec

from sojourn.instances.setting import PAGE, Setting, groups, tree
from sojourn.instances.settings import Settings

PATH = Path(__file__).parent.parent / "docs" / PAGE

HEAD = """# Settings

What an application's owner changes while the server runs. A running server follows within a second.

```
sojourn settings show
sojourn settings describe sessions
sojourn settings set sessions.lifetime_seconds=30d sessions.token_seconds=30
```

From a server, with its secret key: `GET` and `PATCH /v1/sojourn/settings`, in the shape of `sojourn settings show --json`. Changes
are made all or none, and each is in the audit log. A length of time is a number of seconds, or text such as `30d`, `12h`, `15m` or
`PT12H`. The process itself, its addresses and its keys are configured elsewhere: `sojourn doctor` prints that.

This page is written by `tools/settings_page.py` from the declarations.
"""

COLUMNS = "| Setting | Effect | Takes | Default |\n|---|---|---|---|\n"


def page() -> str:
    """The whole page: settings of no group first, then group by group."""
    parts = [HEAD, "## The application\n\n" + _table("")]
    for name, group in groups(Settings).items():
        parts.append(f"## {name}\n\n{' '.join((getdoc(group) or '').split())}\n\n{_table(name)}")
    return "\n".join(parts)


def _table(group: str) -> str:
    return COLUMNS + "".join(_row(setting) for setting in tree(Settings) if setting.group == group)


def _row(setting: Setting) -> str:
    more = f" [More]({_relative(setting.about.guide)})." if setting.about.guide else ""
    default = msgspec.json.encode(setting.default).decode()
    cells = (f'<a id="{setting.path}"></a>`{setting.path}`', setting.about.effect + more, setting.takes, f"`{default}`")
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _relative(guide: str) -> str:
    """A page below `docs/` as seen from this one."""
    return str(PurePosixPath("..") / guide)


if __name__ == "__main__":
    PATH.write_text(page())
    sys.stdout.write(f"{PATH.name} is written\n")
