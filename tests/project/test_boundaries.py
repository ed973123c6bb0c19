"""Which part may know which: the rules of the house, read from the imports."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("accounts", "packs", "studio", "config")


def files(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


@cache
def imported(path: Path) -> set[str]:
    """Return every module that a file imports, and what it imports from it, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return names


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def importing(paths: list[Path], *forbidden: str) -> list[str]:
    """Return which of `paths` import one of the `forbidden` modules, or something in it."""
    return [
        f"{path.relative_to(ROOT)}: {name}"
        for path in paths
        for name in sorted(imported(path))
        if any(name == it or name.startswith(f"{it}.") for it in forbidden)
    ]


def test_the_client_knows_nothing_of_us_nor_of_django() -> None:
    assert importing(files("astria"), *OURS, "sandbox", "django") == []


def test_the_product_knows_neither_sandbox_nor_tests() -> None:
    paths = [*files(*OURS, "astria"), ROOT / "manage.py", ROOT / "gunicorn.conf.py"]

    assert importing(paths, "sandbox", "tests") == []


def test_people_know_nothing_of_packs_nor_packs_of_shoots() -> None:
    """Only the comparison with Astria uses what the product has: its client, its ways to have pictures."""
    packs = [path for path in files("packs") if path.name != "sync.py"]

    assert importing(files("accounts"), "packs", "studio") == []
    assert importing(packs, "studio") == []


def test_the_sandbox_knows_nothing_of_the_product() -> None:
    assert importing(files("sandbox"), *OURS, "astria", "tests") == []


def test_no_decision_of_the_product_asks_for_the_sandbox() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {ast.unparse(node.test)}"
        for path in files(*OURS, "astria")
        if "sandbox" in path.read_text().lower()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert)
        and "sandbox" in ast.unparse(node.test).lower()
    ]

    assert found == []


def test_work_on_bytes_knows_no_models() -> None:
    paths = [ROOT / "studio" / f"{name}.py" for name in ("photos", "fetching", "pictures", "faces")]

    assert importing(paths, "accounts", "packs", "studio.models", "django.db") == []


def test_models_make_no_calls_and_send_no_mail() -> None:
    paths = files("accounts/models", "packs/models", "studio/models")
    forbidden = (
        "astria",
        "requests",
        "urllib3",
        "urllib.request",
        "smtplib",
        "stripe",
        "accounts.stripe_client",
        "django.core.mail",
        "studio.mail",
    )

    assert importing(paths, *forbidden, "studio.astria_client") == []


def test_views_do_not_speak_to_astria() -> None:
    """The inspect proxy does so through studio/inspection.py."""
    paths = [*files("studio/views"), ROOT / "packs" / "views.py", ROOT / "accounts" / "views.py"]

    assert importing(paths, "astria", "requests", "studio.astria_client") == []


def test_no_file_is_long_and_none_is_named_for_nothing() -> None:
    paths = files(*OURS, "astria", "sandbox")

    assert [path.name for path in paths if len(path.read_text().splitlines()) > 400] == []
    assert {path.stem for path in paths} & {"utils", "helpers", "services", "core", "common"} == set()


def test_the_search_sees_imports_wherever_they_stand() -> None:
    """A rule that finds nothing in files that break it would hold for ever."""
    assert importing([Path(__file__)], "ast", "pathlib") == [
        "tests/project/test_boundaries.py: ast",
        "tests/project/test_boundaries.py: pathlib",
        "tests/project/test_boundaries.py: pathlib.Path",
    ]
