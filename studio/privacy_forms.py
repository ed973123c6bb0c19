"""What people type on the pages about their privacy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RetentionForm(forms.Form):
    """How long photos are kept after their last shoot."""

    photos_kept_days = forms.TypedChoiceField(
        label=_("Delete my photos"),
        help_text=_("From the end of the last shoot made from them. The model and the pictures stay."),
        choices=[
            (7, _("after 7 days")),
            (30, _("after 30 days")),
            (90, _("after 90 days")),
            (365, _("after a year")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. Nothing was changed.")},
    )


class ErasePhotoSetForm(forms.Form):
    """What becomes of the pictures when photos and model are erased."""

    pictures = forms.ChoiceField(
        label=_("The pictures that were made"),
        choices=[("keep", _("Keep them in my gallery")), ("erase", _("Erase them, too"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Say what becomes of the pictures. Nothing was erased.")},
    )


class EraseAccountForm(forms.Form):
    """Erasing an account cannot be undone: its address is typed once more."""

    typed = forms.EmailField(
        label=_("Your e-mail address, to confirm"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type your address to confirm. Nothing was erased.")},
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed.lower() != self.email.lower():
            raise forms.ValidationError(_("This is not the address of this account. Nothing was erased."))
        return typed
