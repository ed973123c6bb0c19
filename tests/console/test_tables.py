"""Tables of the console have heads of one kind."""

from __future__ import annotations

from django.template import Context, Template


def test_heads_are_a_column_each_and_words_are_escaped() -> None:
    words = {"what": "<b>", "more": ["a", "b"]}
    made = Template('{% load console %}{% heads _("Day") what more %}').render(Context(words))

    columns = "".join(f'<th scope="col">{word}</th>' for word in ("Day", "&lt;b&gt;", "a", "b"))
    assert made == f"<thead><tr>{columns}</tr></thead>"
