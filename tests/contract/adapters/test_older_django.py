"""The older long-term release of Django, in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import django
import pytest

ROOT = Path(__file__).parents[3]
OLDER = ROOT / ".make" / "django-4.2"


@pytest.mark.skipif(django.VERSION < (5, 0), reason="this is the older one")
def test_django_4_2_is_guarded_as_the_newest_is() -> None:
    assert (OLDER / "django").is_dir(), "make test installs it"
    variables = {**os.environ, "PYTHONPATH": str(OLDER)}
    says = [sys.executable, "-c", "import django; print(django.VERSION[:2])"]
    assert subprocess.run(says, env=variables, capture_output=True, text=True, check=True).stdout == "(4, 2)\n"
    command = [sys.executable, "-m", "pytest", "-q", "tests/contract/adapters", "tests/integrations", "-k", "django"]
    ran = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-4000:]
