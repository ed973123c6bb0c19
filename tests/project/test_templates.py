"""Pages without inline script and style: what the Content-Security-Policy counts on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Mails are no pages: no policy applies to them, and mail programs know no style sheets.
TEMPLATES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "mail" not in path.parts]
INLINE = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script without src": re.compile(r"<script\b(?![^>]*\ssrc=)"),
    "an event handler": re.compile(r"\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=\s*[\"'{]"),
    "a script address": re.compile(r"=\s*[\"']?\s*(?:javascript|js):"),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape off"),
}


def test_pages_have_nothing_inline_and_escape_everything() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {what}"
        for path in TEMPLATES
        for what, pattern in INLINE.items()
        if pattern.search(path.read_text())
    ]

    assert found == []
    assert len(TEMPLATES) > 40


@pytest.mark.parametrize(
    "line",
    [
        '<p style="color: red">', "<style>", "<script>alert(1)</script>", '<a onclick="x()">',
        '<a href="javascript:x">', '<div hx-on:click="x()">', "{{ name|safe }}",
    ],
)  # fmt: skip
def test_the_search_finds_what_it_is_for(line: str) -> None:
    assert any(pattern.search(line) for pattern in INLINE.values())


SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))


def test_no_script_evaluates_text() -> None:
    evaluating = re.compile(r"\beval\(|new Function\(|\.innerHTML\s*=|document\.write|insertAdjacentHTML")

    assert [path.name for path in SCRIPTS if evaluating.search(path.read_text())] == []
    assert len(SCRIPTS) > 10
