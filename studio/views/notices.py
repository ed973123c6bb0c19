"""Public pages about this installation: privacy, and the operator's own terms, imprint and contact."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from studio.notices import facts, text_of


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """How this installation handles personal data, as its settings are."""
    return render(request, "studio/privacy.html", facts())


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    return _own(request, "TERMS", _("Terms"))


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    return _own(request, "IMPRINT", _("Imprint"))


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return _own(request, "CONTACT", _("Contact"))


def _own(request: HttpRequest, name: str, title: str) -> HttpResponse:
    """The operator's own words; without any there is no page."""
    text = text_of(name)
    if not text:
        raise Http404
    return render(request, "studio/notice.html", {"title": title, "text": text})
