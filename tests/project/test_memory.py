"""That a web process gives back what it freed; `make bench` measures how much that is."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

CODE = "from config.memory import keep_little; print(keep_little())"


@pytest.mark.processes
def test_the_c_library_is_told_to_keep_little_of_what_was_freed() -> None:
    told = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == str(platform.libc_ver()[0] == "glibc")
