"""The operator's list of words that no pictures are made of (BLOCKED_WORDS, BLOCKED_WORDS_FILE)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from django.conf import settings


def blocked_in(text: str) -> str:
    """Return the first blocked word in `text` as it stands there, "" for none.

    Capitals, accents and what stands between words make no difference. An entry may be several words; one
    that ends in * is the beginning of a word. Scripts without capitals, which may do without spaces, are
    looked for inside of words, too.
    """
    found = _pattern(tuple(settings.BLOCKED_WORDS)).search(_plain(text))
    return found.group().strip() if found else ""


@cache
def _pattern(entries: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = [_expression(plain, entry) for entry in entries if (plain := _plain(entry))]
    return re.compile("|".join(alternatives) or r"(?!)")


def _expression(plain: str, entry: str) -> str:
    words = r"\s+".join(map(re.escape, plain.split()))
    if plain.upper() == plain:
        return words
    return rf"\b{words}\w*" if entry.rstrip().endswith("*") else rf"\b{words}\b"


def _plain(text: str) -> str:
    """Return letters and digits alone, in small letters without accents, a space between words."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[\W_]+", " ", kept).split())
