"""Prints the security requirements that no test names yet; `docs/security/requirements.txt` lists them all."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ID = re.compile(r"R-[A-Z]{2,4}-\d\d")


def main() -> None:
    listed = dict.fromkeys(ID.findall((ROOT / "docs/security/requirements.txt").read_text()))
    named: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if "node_modules" not in path.parts:
            for line in path.read_text().splitlines():
                if "#" in line:
                    named.update(ID.findall(line.partition("#")[2]))
    missing = [each for each in listed if each not in named]
    print(f"security requirements with a test: {len(listed) - len(missing)} of {len(listed)}")
    if missing:
        print("still without one: " + " ".join(missing))


if __name__ == "__main__":
    main()
