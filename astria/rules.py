"""Rules that one parameter's value must follow, each able to say itself in words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from astria.errors import InvalidParameter
from astria.files import ImageFile

WEB_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
DATA_URL = re.compile(r"data:[\w.+-]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+", re.ASCII)
SHOWN_LENGTH = 40


@dataclass(frozen=True)
class Rule:
    """`words` complete "must be …". A text is shown in errors only if `is_word`: others may be private."""

    words: str
    accepts: Callable[[object], bool] = field(repr=False, compare=False)
    is_word: bool = False

    def check(self, parameter: str, value: object) -> None:
        """Raise InvalidParameter unless the value follows the rule."""
        if not self.accepts(value):
            shown = show(value, words=self.is_word)
            message = f"{parameter} must be {self.words}, not {shown}"
            raise InvalidParameter(message, parameter=parameter, value=value)


def show(value: object, *, words: bool = False) -> str:
    """Return a value as errors may show it: numbers as they are, of texts only the length unless `words`."""
    if isinstance(value, str) and not words:
        return f"a text of {len(value)} character{'s' * (len(value) != 1)}"
    if value is None or isinstance(value, str | bool | float) or _is_short(value):
        return repr(str(value) if isinstance(value, str) else value)[:SHOWN_LENGTH]
    return f"{'an' if type(value).__name__[0] in 'aeiouAEIOU' else 'a'} {type(value).__name__}"


def _is_short(value: object) -> bool:
    # Python refuses to write very long numbers out.
    return isinstance(value, int) and abs(value) < 10**SHOWN_LENGTH


def whole(low: int, high: int | None = None, *, multiple_of: int = 1) -> Rule:
    """Return the rule of whole numbers in a range, both ends in it."""
    kind = "a whole number" if multiple_of == 1 else f"a multiple of {multiple_of}"
    reach = f"from {low}" + (f" to {high}" if high is not None else "")

    def accepts(value: object) -> bool:
        if not isinstance(value, int) or isinstance(value, bool):
            return False
        return low <= value and (high is None or value <= high) and value % multiple_of == 0

    return Rule(f"{kind} {reach}", accepts)


def number(low: float, high: float) -> Rule:
    """Return the rule of numbers in a range, both ends in it."""

    def accepts(value: object) -> bool:
        # Nothing that is no number lies in a range: NaN is refused here.
        return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high

    return Rule(f"a number from {low:g} to {high:g}", accepts)


def finite() -> Rule:
    """Return the rule of any number that can be written."""

    def accepts(value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)

    return Rule("a finite number", accepts)


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def flag() -> Rule:
    """Return the rule of booleans: numbers and words are none."""
    return Rule("true or false", lambda value: isinstance(value, bool))


def one_of(words: type[StrEnum] | tuple[str, ...]) -> Rule:
    """Return the rule of closed lists of words."""
    known = tuple(str(word) for word in words)
    return Rule(f"one of {', '.join(known)}", lambda v: isinstance(v, str) and v in known, is_word=True)


def text(*, blank: bool = False) -> Rule:
    """Return the rule of texts."""
    if blank:
        return Rule("a text", lambda value: isinstance(value, str))
    return Rule("a text that is not blank", lambda value: isinstance(value, str) and bool(value.strip()))


def matching(pattern: str, words: str) -> Rule:
    """Return the rule of texts that match a pattern as a whole."""
    return Rule(words, lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value)))


def address() -> Rule:
    """Return the rule of web addresses."""
    return Rule(
        "an http or https address",
        lambda value: isinstance(value, str) and bool(WEB_ADDRESS.fullmatch(value)),
    )


def data_url() -> Rule:
    """Return the rule of files written into an address."""
    return Rule(
        "a data URL in Base64 (data:image/png;base64,…)",
        lambda value: isinstance(value, str) and bool(DATA_URL.fullmatch(value)),
    )


def file() -> Rule:
    """Return the rule of files."""
    return Rule("an ImageFile", lambda value: isinstance(value, ImageFile))


def mapping() -> Rule:
    """Return the rule of objects with names as keys."""
    return Rule(
        "a mapping with texts as keys",
        lambda value: isinstance(value, Mapping) and all(isinstance(key, str) for key in value),
    )


def list_of(item: Rule, plural: str) -> Rule:
    """Return the rule of lists and tuples whose items all follow a rule."""
    return Rule(
        f"a list of {plural}",
        lambda value: isinstance(value, list | tuple) and all(item.accepts(each) for each in value),
    )


def check_all(rules: Mapping[str, Rule], values: Mapping[str, object], prefix: str = "") -> None:
    """Raise InvalidParameter for the first value that breaks its rule or has none. None is let pass: it is
    sent as null, which asks Astria for its default.
    """
    for name, value in values.items():
        if name not in rules:
            message = f"{prefix}{name} is not known; what Astria added since can be given in extra"
            raise InvalidParameter(message, parameter=f"{prefix}{name}", value=value)
        if value is not None:
            rules[name].check(f"{prefix}{name}", value)


FLAG, ADDRESS, FILE = flag(), address(), file()
ID, TEXT = whole(1), text()
CLASS_NAME = matching(r"[A-Za-z0-9 ]*[A-Za-z0-9][A-Za-z0-9 ]*", "English letters, digits and spaces")
