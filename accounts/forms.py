"""What people type about credits."""

from __future__ import annotations

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Bundle
from accounts.models.purchase import MOST_AT_ONCE


class BuyForm(forms.Form):
    """Which bundle, how often. What it costs is never asked of a browser."""

    bundle = forms.ModelChoiceField(
        Bundle.objects.filter(is_active=True),
        error_messages={
            "required": _("Choose what to buy. Nothing was charged."),
            "invalid_choice": _("This is no longer on offer. Choose again; nothing was charged."),
        },
    )
    quantity = forms.IntegerField(
        min_value=1,
        max_value=MOST_AT_ONCE,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            format_lazy(_("Choose how often: 1 to {most} times. Nothing was charged."), most=MOST_AT_ONCE),
        ),
    )


def words_of(form: forms.Form) -> str:
    """Return what is wrong with a form, in one line."""
    return " ".join(str(word) for words in form.errors.values() for word in words)
