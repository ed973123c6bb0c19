"""Themes: prompts that Astria thinks up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from astria.answer import nothing
from astria.checks import checked_fields, mapping, merged
from astria.endpoints import endpoint
from astria.errors import InvalidParameter
from astria.parameters import checked_ids, checked_text
from astria.prompt_attributes import THEME_PROMPT_RULES, ThemePromptAttributes
from astria.transport import Transport


class Themes:
    """Prompts made of a short description."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @endpoint("POST", "/themes", source="docs/api/5-themes/1-create")
    def create(
        self,
        theme: str,
        tune_ids: Iterable[int],
        prompt_attributes: ThemePromptAttributes | None = None,
        *,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        """Have ten prompts made of a concept, mood or style for each tune (of a man or a woman). Costs money.

        They appear in the background, in `prompts.list(tune_id=…)`, and call nobody. `prompt_attributes` are
        `num_images` (1 to 8), `w` and `h` (multiples of 8). Raises InvalidParameter, and AstriaError as the
        call ends. Source: docs/api/5-themes/1-create
        """
        body: dict[str, object] = {"theme": checked_text(theme, "theme")}
        body["tune_ids"] = checked_ids(tune_ids, "tune_ids")
        if not body["tune_ids"]:
            raise InvalidParameter("a theme needs at least one of tune_ids", parameter="tune_ids", value=[])
        if prompt_attributes:
            values = mapping(prompt_attributes, "prompt_attributes")
            body["prompt_attributes"] = checked_fields(THEME_PROMPT_RULES, values)
        self._transport.post("/themes", nothing, {"theme": merged(body, extra)})
