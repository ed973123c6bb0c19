"""The page of a shoot in the admin: what can be done to it, and everything that happened."""

from __future__ import annotations

from typing import Any

from studio.console.acting import ActPages
from studio.console.looks import look_url
from studio.console.shoot_acts import ACTS, astrias_page
from studio.console.timeline import timeline_of
from studio.models import Shoot


class ShootPages(ActPages):
    """What the admin of shoots shows beyond their columns; mixed in before ModelAdmin."""

    acts = ACTS
    change_form_before_template = "admin/studio/shoot/timeline.html"

    def said_of(self, row: Shoot, by: Any) -> dict[str, Any]:
        said = super().said_of(row, by)
        return {
            **said,
            "timeline": timeline_of(row),
            "astrias_page": astrias_page(row.tune),
            "look_url": look_url(row, by),
        }
