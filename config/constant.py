"""`{% constant %}…{% endconstant %}`: the same on page after page, so made once per process and language.

Addresses, names of static files and translated words would be looked up again for each request, and the
frame around a page is little else. `{% constant view %}` makes one for each value of `view`.
"""

from __future__ import annotations

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils.translation import get_language

# So many are kept of one block; what has more values is not constant.
MOST = 500

register = template.Library()


@register.tag
def constant(parser: Parser, token: Token) -> ConstantNode:
    """Return what stands between the tags, and the names of the variables that it may use."""
    names = token.split_contents()[1:]
    nodelist = parser.parse(["endconstant"])
    parser.delete_first_token()
    return ConstantNode(nodelist, names)


class ConstantNode(Node):
    """Renders knowing nothing of the page but the variables it names.

    What is kept thus depends on them alone: nothing of a person or a request can get into it unnamed.
    """

    child_nodelists = ()  # no blocks inside: they belong to a page

    def __init__(self, nodelist: NodeList, names: list[str]) -> None:
        self.nodelist = nodelist
        self.names = names
        self.made: dict[tuple[object, ...], str] = {}

    def render(self, context: Context) -> str:
        key = (get_language(), get_script_prefix(), *[context.get(name) for name in self.names])
        if (made := self.made.get(key)) is None:
            if len(self.made) >= MOST:
                self.made.clear()
            self.made[key] = made = self._make(context)
        return made

    def _make(self, context: Context) -> str:
        page = context.template
        assert page is not None, "nodes are rendered by a template"
        empty = Context({name: context.get(name) for name in self.names})
        with empty.render_context.push_state(page), empty.bind_template(page):
            return self.nodelist.render(empty)
