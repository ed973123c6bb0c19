"""How the admin looks: the accent of static/css/tokens.css in steps from paper to ink, and names of ours."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static

PRIMARY = {
    "50": "#fcf4ef",
    "100": "#f8e5da",
    "200": "#f2cab3",
    "300": "#efb08e",
    "400": "#ef9468",
    "500": "#c75a30",
    "600": "#9e3d1b",
    "700": "#833216",
    "800": "#6a2912",
    "900": "#52200f",
    "950": "#2f1208",
}


def looks(site_name: str) -> dict[str, Any]:
    """Return what unfold is told: names, colours, the dashboard, our own styles and script."""
    return {
        "DASHBOARD_CALLBACK": "studio.console.dashboard.dashboard",
        "STYLES": [lambda request: static("css/admin/console.css")],
        "SCRIPTS": [lambda request: static("js/landmarks.js")],
        "SITE_TITLE": site_name,
        "SITE_HEADER": site_name,
        "SITE_URL": "/",
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}
        ],
        "SHOW_VIEW_ON_SITE": False,
        "COLORS": {"primary": PRIMARY},
    }
