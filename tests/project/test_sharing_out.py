"""How tests are marked and shared out among workers."""

from __future__ import annotations

import subprocess

import pytest
from django.test import Client

from tests.sharing_out import OneStudio


def test_a_unit_test_starts_no_process() -> None:
    with pytest.raises(AssertionError, match="mark it `processes`"):
        subprocess.run(["true"], check=False)


def test_a_unit_test_asks_for_no_page() -> None:
    with pytest.raises(AssertionError, match="mark it `pages`"):
        Client().get("/")


@pytest.mark.slow
def test_a_slow_test_does_neither() -> None:
    with pytest.raises(AssertionError, match="mark it `processes`"):
        subprocess.run(["true"], check=False)
    with pytest.raises(AssertionError, match="mark it `pages`"):
        Client().get("/")


@pytest.mark.processes
def test_others_do() -> None:
    assert subprocess.run(["true"], check=False).returncode == 0


def test_all_that_needs_the_studio_goes_to_one_worker_and_the_rest_file_by_file() -> None:
    scheduling = OneStudio.__new__(OneStudio)
    names = [
        "tests/browser/test_a.py::test_x[1]",
        "tests/test_processes.py::test_y",
        "tests/packs/test_b.py::test_z",
    ]

    scopes = [scheduling._split_scope(name) for name in names]

    assert scopes == ["studio", "studio", "tests/packs/test_b.py"]
