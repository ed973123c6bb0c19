"""What people type."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from studio.consenting import words_for_new_set
from studio.cropping import Box, Frame, Shape
from studio.models import PhotoSet, Report
from studio.ordering import living_tune

CLASS_LABELS = {"man": _("Man"), "woman": _("Woman"), "cat": _("Cat"), "dog": _("Dog")}


def class_choices() -> list[tuple[str, Any]]:
    """Return the class names that this studio takes, with their words."""
    return [(name, CLASS_LABELS.get(name, name.capitalize())) for name in settings.CLASS_NAMES]


# Signs that turn the direction of whatever follows them, beyond the end of a name.
_TURNS = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def _words(form: forms.BaseForm, field: str) -> str:
    """Return what was typed, in one form of Unicode and without control characters; it must say something."""
    words = unicodedata.normalize("NFC", form.cleaned_data[field])
    words = "".join(sign for sign in words if not _is_control(sign)).strip()
    # Spaces and joiners alone are nothing that a person could find again.
    if all(unicodedata.category(sign)[0] in "CZ" for sign in words):
        raise forms.ValidationError(form.fields[field].error_messages["required"])
    # Once more: normalized, some letters are two or three.
    form.fields[field].run_validators(words)
    return words


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) == "Cc" or unicodedata.bidirectional(sign) in _TURNS


class PhotoSetForm(forms.ModelForm[PhotoSet]):
    """Who is in the photos: a name of one's own, and the class name."""

    name = forms.CharField(
        label=_("A name for these photos"),
        help_text=_("Only you see it. It is not sent to Astria."),
        max_length=80,
        error_messages={"required": _("Give the photos a name, so that you find them again.")},
    )
    class_name = forms.ChoiceField(
        label=_("The person is a"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one: the packs' shots differ.")},
    )

    class Meta:
        model = PhotoSet
        fields = ("name", "class_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["class_name"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = class_choices()
        if not self.instance._state.adding and living_tune(self.instance) is not None:
            field.disabled = True
            field.help_text = _("The model was made for it. Begin a new set to change it.")

    def clean_name(self) -> str:
        """Any script is welcome; control and format characters are not part of a name."""
        return _words(self, "name")


class NewPhotoSetForm(PhotoSetForm):
    """The same, with the consent that is recorded."""

    consent = forms.BooleanField(error_messages={"required": _("Without this we may not take the photos.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = words_for_new_set()


class CropForm(forms.Form):
    """A crop of a picture, in its pixels: `kind` and `box`. What is left out is as the face suggests."""

    shape = forms.ChoiceField(choices=Shape.choices, required=False, widget=forms.HiddenInput)
    left = forms.IntegerField(label=_("From the left"), required=False, min_value=0)
    top = forms.IntegerField(label=_("From the top"), required=False, min_value=0)
    width = forms.IntegerField(label=_("Width"), required=False, min_value=1)

    def __init__(self, data: QueryDict, *, frame: Frame) -> None:
        super().__init__(data)
        is_valid = self.is_valid()
        self.kind = Shape(self.cleaned_data.get("shape") or Shape.SQUARE)
        self.box = self._box(frame)
        if is_valid:
            # Shown as it is: what lay outside the picture was moved into it.
            self.data = {"shape": self.kind, **asdict(self.box)}

    def _box(self, frame: Frame) -> Box:
        """Return the crop that was asked for, as near to it as the picture allows."""
        wanted = asdict(frame.first_box(self.kind))
        wanted |= {name: value for name, value in self.cleaned_data.items() if value is not None}
        return frame.box(self.kind, wanted["left"], wanted["top"], wanted["width"])


def _lifetime(days: str) -> timedelta | None:
    return timedelta(days=int(days)) or None


class PicturesShareForm(forms.Form):
    """A new link to chosen pictures. `cleaned_data` is what `Share.create_of` takes."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Visitors read it above the pictures."),
        max_length=80,
        error_messages={"required": _("Give the link a name, so that you know it from others.")},
    )
    downloads = forms.BooleanField(label=_("Visitors may download the originals"), required=False)
    lifetime = forms.TypedChoiceField(
        label=_("The link works for"),
        choices=[
            ("7", _("7 days")),
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("0", _("until I revoke it")),
        ],
        initial="30",
        coerce=_lifetime,
    )
    password = forms.CharField(
        label=_("A password, if you want one"),
        help_text=_("Tell it to your visitors yourself. We keep only its hash and cannot show it again."),
        required=False,
        max_length=100,
        min_length=4,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        """As with photo sets: any script is welcome."""
        return _words(self, "name")


class ShareForm(PicturesShareForm):
    """A new link to a shoot. `cleaned_data` is what `Share.create_for` takes."""

    only_liked = forms.BooleanField(label=_("Only the pictures that I like"), required=False)
    field_order = ("name", "only_liked")


class PasswordForm(forms.Form):
    """The password of a share link."""

    password = forms.CharField(
        label=_("Password"),
        max_length=100,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the password that came with the link.")},
    )


class ReportForm(forms.Form):
    """Why a picture should not be there. `cleaned_data` is what `sharing.report` takes."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, so that we know what to look for.")},
    )
    text = forms.CharField(
        label=_("What else should we know?"),
        help_text=_("Leave an address here if you want an answer."),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_text(self) -> str:
        return "".join(sign for sign in self.cleaned_data["text"] if sign == "\n" or not _is_control(sign))
