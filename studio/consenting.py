"""What a person agrees to before photos are taken in; they are asked again when its wording changes."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Consent
from studio.models import PhotoSet
from studio.models.photo import CHILDREN, PETS


@dataclass(frozen=True)
class Wording:
    """A text that is agreed to. Another text is another version: then everybody is asked again."""

    version: str
    text: str | Promise


IN_FORCE = {
    Consent.Kind.SUBJECT: Wording(
        "2026-11", gettext_lazy("This is me, or I have their permission, and they are 18 or older.")
    ),
    Consent.Kind.CHILD: Wording(
        "2026-11",
        gettext_lazy("I have parental responsibility for this child, or the permission of who has, "
                     "and agree that a model is trained on these photos."),
    ),
    Consent.Kind.PET: Wording(
        "2026-11", gettext_lazy("This animal is mine, or I have its owner's permission.")
    ),
}  # fmt: skip


def kind_of(class_name: str) -> Consent.Kind:
    """Return which agreement photos of this class need."""
    if class_name in CHILDREN:
        return Consent.Kind.CHILD
    return Consent.Kind.PET if class_name in PETS else Consent.Kind.SUBJECT


def wording_of(photo_set: PhotoSet) -> Wording:
    return IN_FORCE[kind_of(photo_set.class_name)]


def agree(photo_set: PhotoSet) -> Consent:
    """Record the person's agreement to the wording in force; once more changes nothing."""
    kind = kind_of(photo_set.class_name)
    consent, _is_new = Consent.objects.get_or_create(
        about=photo_set.pk,
        kind=kind,
        version=IN_FORCE[kind].version,
        defaults={"account": photo_set.account},
    )
    return consent


def is_agreed(photo_set: PhotoSet) -> bool:
    """Whether the wording in force, for the set's class, was agreed to."""
    kind = kind_of(photo_set.class_name)
    given = Consent.objects.filter(about=photo_set.pk, kind=kind, version=IN_FORCE[kind].version)
    return given.exists()


def words_for_new_set() -> str:
    """Return what is agreed to when a set begins, its class still to be chosen: a sentence for each kind."""
    kinds = {kind_of(name): None for name in settings.CLASS_NAMES}
    if list(kinds) == [Consent.Kind.SUBJECT]:
        return str(IN_FORCE[Consent.Kind.SUBJECT].text)
    labels = {
        Consent.Kind.SUBJECT: _("Of an adult: %(text)s"),
        Consent.Kind.CHILD: _("Of a child: %(text)s"),
        Consent.Kind.PET: _("Of an animal: %(text)s"),
    }
    return " ".join(labels[kind] % {"text": IN_FORCE[kind].text} for kind in kinds)
