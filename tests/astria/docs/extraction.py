"""The samples of the documentation, cut out of the copy beside this file: never retyped."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DOCUMENTATION = Path(__file__).parent / "astria-docs.txt"
LANGUAGES = {"bash": "curl", "javascript": "node", "python": "python"}
# A page begins with its path; each of its lines has its number in front.
PAGE = re.compile(r"^/docs/api/(.+)\.md:$")
LINE = re.compile(r"^\s*(\d+) \|(?: (.*))?$")
FENCE = re.compile(r"^\s*(```+)(\w*)")
COMMENT = re.compile(r" // .*")
# Comments that stand between two samples of one block.
SEPARATOR = re.compile(r"^(?:#+|//+) (?:With|As|Create|Alternatively)\b")


@dataclass(frozen=True)
class Sample:
    """A sample as it is printed: its page, the line it begins at, its language."""

    page: str
    line: int
    language: str
    text: str

    @property
    def name(self) -> str:
        """Return by what the lists of this directory name it."""
        return f"{self.page}:{self.line}"


def all_samples() -> list[Sample]:
    """Return every sample, in the order of the documentation."""
    return [sample for block in _blocks() for sample in _split(block)]


def printed_answers() -> dict[str, Any]:
    """Return the answer that each page prints in JSON, without its comments."""
    return {block.page: json.loads(COMMENT.sub("", block.text)) for block in _blocks({"json": "json"})}


def _blocks(languages: Mapping[str, str] = LANGUAGES) -> Iterator[Sample]:
    """Yield the fenced blocks in these languages, as one sample each."""
    fence, found, start = "", list[str](), (0, "")
    for page, number, line in _lines():
        mark = FENCE.match(line)
        if not fence and mark:
            fence, found, start = mark[1], [], (number + 1, mark[2])
        elif fence and mark and not mark[2]:
            if start[1] in languages:
                yield Sample(page, start[0], languages[start[1]], "\n".join(found) + "\n")
            fence = ""
        elif fence:
            found.append(line)


def _lines() -> Iterator[tuple[str, int, str]]:
    page = ""
    for line in DOCUMENTATION.read_text().splitlines():
        if begins := PAGE.match(line):
            page = begins[1]
        elif page and (printed := LINE.match(line)):
            yield page, int(printed[1]), printed[2] or ""


def _split(block: Sample) -> Iterator[Sample]:
    """Yield the samples of a block; a Python one goes on with the names of those before it."""
    lines = block.text.splitlines(keepends=True)
    starts = [0]
    for index, line in enumerate(lines):
        if SEPARATOR.match(line) and _holds_code(lines[starts[-1] : index]):
            starts.append(index)
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        text = lines[0 if block.language == "python" else start : end]
        yield Sample(block.page, block.line + start, block.language, "".join(text))


def _holds_code(lines: list[str]) -> bool:
    return any(line.strip() and not line.startswith(("#", "//")) for line in lines)
