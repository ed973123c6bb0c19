"""`{% heads _("Day") _("Orders") %}`: the heads of a table of the console."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def heads(*words: str | list[str]) -> SafeString:
    """Return the head of a table with a column for each of `words`; a list of them is several."""
    each = [one for word in words for one in (word if isinstance(word, list) else [word])]
    columns = format_html_join("", '<th scope="col">{}</th>', ((word,) for word in each))
    return format_html("<thead><tr>{}</tr></thead>", columns)
