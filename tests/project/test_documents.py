"""What the documents say of the code is there."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

import sandbox
import studio

ROOT = Path(__file__).parents[2]
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")]
MAPPED = re.compile(r"^    ([a-z_]+/?(?:, [a-z_]+)*)(?:  +|$)", re.MULTILINE)
GENERATED = "migrations"
# Paths; not what lies in DATA_DIR.
NAMED = re.compile(r"`((?:[\w.-]+/)+[\w.-]+)`")
LINKED = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")


@pytest.mark.parametrize("package", [studio, sandbox], ids=lambda package: package.__name__)
def test_the_map_of_a_package_names_each_module_once_and_nothing_else(package: ModuleType) -> None:
    folder = ROOT / package.__name__
    named = [name for line in MAPPED.findall(str(package.__doc__)) for name in line.split(", ")]
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]

    assert sorted(name for name in named if not name.endswith("/")) == sorted(modules)


def test_the_map_of_the_sandbox_names_each_room_once_and_nothing_else() -> None:
    named = [name for name in MAPPED.findall(str(sandbox.__doc__)) if name.endswith("/")]
    rooms = [path.parent.name for path in (ROOT / "sandbox").glob("*/__init__.py")]

    assert sorted(named) == sorted(f"{room}/" for room in rooms if room != GENERATED)


def test_files_that_documents_name_are_there() -> None:
    missing = [
        f"{document.relative_to(ROOT)}: {name}"
        for document in DOCUMENTS
        for name in NAMED.findall(document.read_text())
        if not (ROOT / name).exists() and not (document.parent / name).exists()
    ]

    assert missing == []


def test_links_between_documents_lead_somewhere() -> None:
    dead = [
        f"{document.relative_to(ROOT)}: {name}"
        for document in DOCUMENTS
        for name in LINKED.findall(document.read_text())
        if not (document.parent / name).exists()
    ]

    assert dead == []
