"""Prints the security requirements that no test names yet; `docs/security/requirements.txt` lists them all."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
ID = re.compile(r"R-[A-Z]{2,4}-\d\d")


def listed() -> dict[str, str]:
    """Id to what it asks, in the order of the list."""
    lines = (ROOT / "docs/security/requirements.txt").read_text().splitlines()
    return {line[: found.end()]: line[found.end() :].strip() for line in lines if (found := ID.match(line))}


def named() -> set[str]:
    """The ids that stand in a comment of a test."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if "node_modules" not in path.parts:
            for line in path.read_text().splitlines():
                found.update(ID.findall(line.partition("#")[2]))
    return found


def main() -> None:
    wanted, proven = listed(), named()
    missing = [requirement for requirement in wanted if requirement not in proven]
    print(f"security requirements with a test: {len(wanted) - len(missing)} of {len(wanted)}")
    for requirement in missing:
        print(f"  without one: {requirement:<10}  {wanted[requirement]}")
    for requirement in sorted(proven - wanted.keys()):
        print(f"  a test names {requirement}, which is not in the list")


if __name__ == "__main__":
    main()
