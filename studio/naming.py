"""Names of files that any system takes, from words in any script."""

from __future__ import annotations

import re

from anyascii import anyascii

LONGEST = 40


def file_stem(*words: str) -> str:
    """Return `words` in small latin letters and digits, joined by hyphens: `Zoë 李` is `zoe-li`.

    Words of which nothing is left are left out; the whole may be empty.
    """
    stems = (re.sub(r"[^a-z0-9]+", "-", anyascii(word).lower())[:LONGEST].strip("-") for word in words)
    return "-".join(stem for stem in stems if stem)
