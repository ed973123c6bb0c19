"""The package as a whole."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

import astria

FILES = sorted(Path(astria.__file__).parent.glob("*.py"))
ALLOWED = {"astria", "requests", "urllib3", *sys.stdlib_module_names}
RESOURCES = [
    astria.packs.Packs,
    astria.tunes.Tunes,
    astria.prompts.Prompts,
    astria.likes.Likes,
    astria.images.Images,
    astria.themes.Themes,
    astria.users.Users,
]


def imported(file: Path) -> set[str]:
    """Return the top-level packages that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(file.read_text())))
    plain = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named = [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in plain + named}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_client_imports_nothing_of_ours(file: Path) -> None:
    assert imported(file) <= ALLOWED


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_files_are_short(file: Path) -> None:
    assert len(file.read_text().splitlines()) <= 250


def test_all_names_what_is_exported() -> None:
    module = ast.parse(FILES[0].read_text())
    names = [
        alias.name
        for node in module.body
        if isinstance(node, ast.ImportFrom) and node.module != "__future__"
        for alias in node.names
    ]

    assert sorted(astria.__all__) == sorted(names)
    assert len(astria.__all__) == len(set(astria.__all__))


def test_every_error_is_exported() -> None:
    kinds = [kind for kind in vars(astria.errors).values() if inspect.isclass(kind)]

    errors = {kind.__name__ for kind in kinds if issubclass(kind, astria.AstriaError)}

    assert len(errors) == 18
    assert errors <= set(astria.__all__)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.__name__)
def test_every_call_names_its_documentation(resource: type) -> None:
    calls = {name: call.__doc__ or "" for name, call in vars(resource).items() if not name.startswith("_")}

    assert {name for name, words in calls.items() if "Source: docs/api/" not in words} == set()


def test_types_are_published() -> None:
    assert (FILES[0].parent / "py.typed").exists()
