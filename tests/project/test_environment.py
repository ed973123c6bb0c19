"""What can be set from outside, and where a person reads of it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
READ = re.compile(r"""(?:\benv\.\w+|os\.environ\.get)\(\s*["']([A-Z_0-9]+)["']""")
LISTED = re.compile(r"^#([A-Z_0-9]+)=", re.MULTILINE)


def test_the_example_lists_every_variable_that_is_read_and_no_other() -> None:
    code = (ROOT / "config/settings.py").read_text() + (ROOT / "gunicorn.conf.py").read_text()

    assert sorted(LISTED.findall((ROOT / ".env.example").read_text())) == sorted(set(READ.findall(code)))
