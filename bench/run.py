"""`make bench`: each measure beside a limit measured in the same run; exit status 1 when one is short.

The server has one core to itself where there are two: the load comes from the other. Rates are taken in turns with those
of their limits, so that both see the same machine.
"""

import sys
import tempfile
from pathlib import Path

from bench import commands, in_process, over_http, scale
from bench.lines import HEADER

_MORE = 100_000
_MILLION = 1_000_000
"""Sessions of a large database, with `--scale`. It is written once, in some minutes, and kept in `~/.cache/sojourn-bench`."""


def main() -> int:
    print(HEADER, flush=True)
    results = in_process.measure()
    with tempfile.TemporaryDirectory(prefix="sojourn-bench-") as folder:
        results += commands.measure(Path(folder) / "commands")
        results += over_http.measure(Path(folder))
        results += scale.measure(_MILLION if "--scale" in sys.argv else _MORE, Path(folder) / "scale.log")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
