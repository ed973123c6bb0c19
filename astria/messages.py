"""Sentences for people out of the bodies of refusals."""

from __future__ import annotations

from collections.abc import Iterator

# Names that hold messages themselves and are no field of the object.
WRAPPERS = {"base", "error", "errors", "message", "messages"}
MAX_MESSAGES = 20
MAX_LENGTH = 500


def read_messages(body: object) -> list[str]:
    """Return the sentences in a decoded JSON body: {"field": ["msg"]}, {"error": …}, {"message": …}.

    At most 20, of at most 500 characters. Source: docs/api/0-overview (Error Codes)
    """
    found = dict.fromkeys(text[:MAX_LENGTH] for text in _sentences(body, ""))
    return list(found)[:MAX_MESSAGES]


def _sentences(value: object, field: str) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield f"{field} {value.strip()}" if field else value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _sentences(item, field)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _sentences(item, field if name in WRAPPERS else _spoken(name))


def _spoken(field: str) -> str:
    """Word a field's name as Rails does: "prompts.cfg_scale" is "Prompts cfg scale"."""
    words = field.replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
