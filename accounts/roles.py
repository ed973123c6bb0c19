"""What staff may do, as groups: who looks, who helps people, who keeps the catalogue, who owns the studio.

Rights that a later version brings are added when its migrations run; none is ever taken away, so that what an
operator has changed in a group stays.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

OURS = ("accounts", "packs", "studio", "django_q")
# What support sets in motion or changes, beside seeing everything.
SUPPORTED = (
    "change_shoot", "change_image", "change_callback", "change_letter", "change_removal",
    "change_tunedeletion", "change_extension", "change_pause", "change_photo", "change_user", "change_report",
    "change_refundrequest", "change_failure", "add_creditentry", "add_trial",
)  # fmt: skip
ROLES: dict[str, Q] = {
    # Sees everything but changes nothing; no role but the owner's sees people's pictures without a reason.
    "Viewer": Q(codename__startswith="view_"),
    "Support": Q(codename__startswith="view_") | Q(codename__in=SUPPORTED),
    "Catalogue": Q(content_type__app_label="packs"),
    "Owner": Q(),
}


def permissions_of(role: str) -> QuerySet[Permission]:
    """Return the rights of `role`, one of ROLES, among those that there are now."""
    return Permission.objects.filter(ROLES[role], content_type__app_label__in=OURS)


def grant_roles(**kwargs: Any) -> None:
    """Give each role's group the rights that it lacks; make the groups that are not there."""
    for role in ROLES:
        group, _is_new = Group.objects.get_or_create(name=role)
        group.permissions.add(*permissions_of(role))
