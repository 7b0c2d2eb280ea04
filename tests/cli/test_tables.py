"""What commands print: nothing cut, nothing that a terminal obeys, a header for pipes."""

import os

import pytest

from sojourn.cli.tables import print_table

ID = "sess_" + "x" * 27
COLUMNS = ("session", "user", "status", "device")
ROW = (ID, "user_" + "y" * 27, "active", "Chrome on a phone with a long name \x1b[2J\tnext")


@pytest.mark.parametrize("columns", [20, 80, 120, 400])
def test_an_id_is_never_cut_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("shutil.get_terminal_size", lambda *_: os.terminal_size((columns, 24)))
    print_table(COLUMNS, [ROW, (*ROW[:3], None)])
    shown = capsys.readouterr().out
    assert shown.count(ID) == 2 and "…" not in shown
    assert all(name in shown for name in COLUMNS)
    assert "\x1b[2J" not in shown and "\\x1b[2J\\tnext" in shown


def test_a_pipe_gets_a_header_and_one_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(COLUMNS, [ROW])
    header, row = capsys.readouterr().out.splitlines()
    assert header.split("\t") == list(COLUMNS) and len(row.split("\t")) == len(COLUMNS)
