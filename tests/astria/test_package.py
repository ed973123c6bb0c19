"""The package as a whole."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

import astria

FILES = sorted(Path(astria.__file__).parent.glob("*.py"))
ALLOWED = {"astria", "requests", "urllib3", *sys.stdlib_module_names}
DOCUMENTATION = Path(__file__).parent / "docs" / "astria-docs.txt"
# Pages that were added after the copy of the documentation that is kept here.
LATER_PAGES = {
    "docs/api/1-prompt/3-duplicate",
    "docs/api/2-pack/2-get",
    "docs/features/faceid",
    "docs/features/lora",
}
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


def calls() -> dict[str, str]:
    """Return the docstring of each public method of the resources."""
    return {
        f"{resource.__name__}.{name}": call.__doc__ or ""
        for resource in RESOURCES
        for name, call in vars(resource).items()
        if not name.startswith("_")
    }


def public_members(kind: type) -> set[str]:
    """Return the methods and properties that a class of ours adds."""
    own = [(name, found) for base in kind.__mro__ for name, found in vars(base).items()
           if base.__module__.startswith("astria")]  # fmt: skip
    kinds = (property, classmethod)
    return {
        name
        for name, found in own
        if not name.startswith("_") and (inspect.isfunction(found) or isinstance(found, kinds))
    }


@pytest.mark.parametrize("name", [name for name in astria.__all__ if callable(getattr(astria, name))])
def test_every_public_name_is_described(name: str) -> None:
    found = getattr(astria, name)

    # A dataclass without words gets its signature as its docstring, an enum that of its base.
    assert found.__doc__ and not found.__doc__.startswith(f"{name}(")
    if inspect.isclass(found):
        assert "__doc__" in vars(found)
        assert {member for member in public_members(found) if not getattr(found, member).__doc__} == set()


def test_every_call_names_its_documentation_and_its_errors() -> None:
    assert {name for name, words in calls().items() if "Source: docs/" not in words} == set()
    assert {name for name, words in calls().items() if "Raises " not in words} == set()


def test_every_call_says_which_endpoint_it_calls() -> None:
    recorded = {endpoint.call for endpoint in astria.ENDPOINTS}

    # These call other methods or walk through lists.
    walks = {
        "Tunes.iterate",
        "Tunes.iterate_gallery",
        "Tunes.find",
        "Tunes.wait",
        "Prompts.iterate",
        "Prompts.wait",
    }
    assert recorded | walks == set(calls())
    assert recorded & walks == set()


@pytest.mark.parametrize(
    "endpoint", astria.ENDPOINTS, ids=lambda endpoint: f"{endpoint.method} {endpoint.path}"
)
def test_endpoint_follows_the_page_that_its_call_names(endpoint: astria.Endpoint) -> None:
    assert endpoint.source in (endpoint.function.__doc__ or "")


def test_every_page_that_is_named_is_there() -> None:
    pages = set(re.findall(r"^/(docs/\S+)\.md:$", DOCUMENTATION.read_text(), re.MULTILINE))
    named = {
        page for file in FILES for page in re.findall(r"docs/(?:api|features)/[\w/-]+", file.read_text())
    }

    assert named - pages - LATER_PAGES == set()


def test_no_endpoint_is_recorded_twice_for_one_call() -> None:
    rows = [(endpoint.method, endpoint.path, endpoint.call) for endpoint in astria.ENDPOINTS]

    assert len(rows) == len(set(rows))


def test_types_are_published() -> None:
    assert (FILES[0].parent / "py.typed").exists()
