"""The HTML of mails about accounts: what their text says, laid out. There is one wording, the text's."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

Paragraph = tuple[str, str]


def html_of(subject: str, text: str, *, code: str = "") -> str:
    """Return the HTML of a mail whose paragraphs are those of `text`."""
    context = {
        "subject": subject,
        "paragraphs": [_paragraph(part, code) for part in _parts(text)],
        "label": _("Open the page"),
        "site_name": settings.SITE_NAME,
    }
    return render_to_string("mail/message.html", context)


def _parts(text: str) -> list[str]:
    """Return the paragraphs, without the studio's name at the end: the layout says it."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return parts[:-1] if parts and parts[-1] == settings.SITE_NAME else parts


def _paragraph(part: str, code: str) -> Paragraph:
    if code and part == code:
        return "code", part
    if part.startswith(("https://", "http://")) and not part.split()[1:]:
        return "link", part
    return "text", part
