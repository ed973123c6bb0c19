"""A person's own account, and the development mailbox."""

from __future__ import annotations

import re
from email.message import EmailMessage as ParsedMessage
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.mailbox import kept_messages
from accounts.requests import SignedInRequest
from accounts.second_factor import has_second_factor


@require_safe
@login_required
def account(request: SignedInRequest) -> HttpResponse:
    """Who is signed in, and where everything of the account is."""
    user = request.user
    context = {"account": user.account, "has_second_factor": has_second_factor(user)}
    return render(request, "accounts/account.html", context)


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """What the studio has written lately; only while DEBUG is on and mail goes to the console."""
    if not settings.DEBUG or settings.MAILBOX_DIR is None:
        raise Http404
    return render(request, "accounts/mailbox.html", {"messages_kept": [_shown(m) for m in kept_messages()]})


def _shown(message: ParsedMessage) -> dict[str, Any]:
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return {
        "subject": message["subject"],
        "to": message["to"],
        "date": message["date"],
        "text": text,
        "links": re.findall(r"https?://[^\s<>\"]+", text),
    }
