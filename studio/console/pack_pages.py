"""The pages of packs in the admin: what became of each, its cover, and a comparison with Astria."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from packs.admin import PackAdmin, percent, staff_picture_url, write_down
from packs.changes import Change
from packs.models import Comparison, Pack, PackPrompt
from studio.comparing import ask_to_compare
from studio.console.acting import ActPages
from studio.console.pack_acts import ACTS, RIGHT
from studio.pack_figures import LATEST

COMPARISONS_SHOWN = 10


class CatalogueAdmin(ActPages, PackAdmin):
    """A pack with what became of it, shot by shot, and what can be done."""

    acts = ACTS
    change_form_before_template = "admin/packs/pack/acts.html"
    change_form_after_template = "admin/packs/pack/figures.html"
    list_before_template = "admin/packs/pack/links.html"

    def get_urls(self) -> list[URLPattern]:
        view = admin.site.admin_view
        own = [
            path("compare/", view(compare_page), name="packs_pack_compare"),
            path("compare/look/", view(begin), {"is_preview": True}, name="packs_pack_look"),
            path("compare/take/", view(begin), {"is_preview": False}, name="packs_pack_take"),
            path("<int:pk>/cover/", view(cover_page), name="packs_pack_cover"),
            path("<int:pk>/cover/choose/", view(choose_cover), name="packs_pack_cover_choose"),
        ]
        return [*own, *super().get_urls()]

    def said_of(self, row: Pack, by: Any) -> dict[str, Any]:
        said = super().said_of(row, by)
        return said | {
            "pack": row,
            "figures": figures_of(row),
            "classes": list(shots_of(row)),
            "latest": LATEST,
            "cover_url": staff_picture_url(row.cover_key) if row.cover_key else "",
            "cover_page": reverse("admin:packs_pack_cover", args=[row.pk]) if by.has_perm(RIGHT) else "",
        }


@dataclass(frozen=True)
class ShotLine:
    """A shot as the page of its pack shows it."""

    shot: PackPrompt
    url: str
    sample: str
    liked: str
    hidden: str
    failed: str


def figures_of(pack: Pack) -> list[tuple[str, str]]:
    """Return what became of a pack, in words and numbers."""
    return [
        (_("Orders"), f"{pack.orders:,}"),
        (_("Pictures liked"), percent(pack.like_rate)),
        (_("Pictures hidden"), percent(pack.hide_rate)),
        (_("Orders failed"), percent(pack.failure_rate)),
        (_("Likes here"), f"{pack.likes:,}"),
        (_("Likes at Astria"), f"{pack.astria_likes:,}"),
    ]


def shots_of(pack: Pack) -> Iterator[tuple[str, list[ShotLine]]]:
    """Return the shots of each class of a pack, in its order."""
    shots = PackPrompt.objects.filter(pack_class__pack=pack).select_related("pack_class")
    ordered = shots.order_by("-pack_class__name", "position")
    for name, of_class in groupby(ordered, key=lambda shot: shot.pack_class.name):
        yield name, [_line(shot) for shot in of_class]


def _line(shot: PackPrompt) -> ShotLine:
    return ShotLine(
        shot,
        reverse("admin:packs_packprompt_change", args=[shot.pk]),
        staff_picture_url(shot.samples[0]) if shot.samples else "",
        percent(shot.like_rate),
        percent(shot.hide_rate),
        percent(shot.failure_rate),
    )


@dataclass(frozen=True)
class Found:
    """A comparison as its page shows it: the changes of each pack by its title."""

    comparison: Comparison
    packs: list[tuple[str, list[Change]]]


@require_safe
@permission_required("packs.view_pack", raise_exception=True)
def compare_page(request: HttpRequest) -> HttpResponse:
    """Show what the last comparisons found, the latest in full."""
    comparisons = list(Comparison.objects.all()[:COMPARISONS_SHOWN])
    latest = comparisons[0] if comparisons else None
    is_under_way = any(one.status == Comparison.Status.ASKED for one in comparisons)
    can_take = latest is not None and latest.is_preview and bool(latest.changes) and not is_under_way
    context = {
        **admin.site.each_context(request),
        "title": _("Compare with Astria"),
        "latest": _found(latest) if latest else None,
        "earlier": [_found(one) for one in comparisons[1:]],
        "is_under_way": is_under_way,
        "may_begin": request.user.has_perm(RIGHT) and not is_under_way,
        "can_take": can_take,
    }
    return TemplateResponse(request, "admin/packs/pack/compare.html", context)


def _found(comparison: Comparison) -> Found:
    changes = [Change(**said) for said in comparison.changes]
    by_pack: dict[str, list[Change]] = {}
    for change in changes:
        by_pack.setdefault(change.title, []).append(change)
    return Found(comparison, list(by_pack.items()))


@require_POST
@permission_required(RIGHT, raise_exception=True)
def begin(request: HttpRequest, *, is_preview: bool) -> HttpResponse:
    """Look at what would change, or take it over; one that is under way is that one."""
    comparison = ask_to_compare(is_preview=is_preview)
    write_down(request, "packs looked at" if is_preview else "packs synced", comparison)
    return HttpResponseRedirect(reverse("admin:packs_pack_compare"))


@require_safe
@permission_required("packs.view_pack", raise_exception=True)
def cover_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pictures that may stand for a pack: the cover that Astria names, and its samples."""
    pack = get_object_or_404(Pack, pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Cover"),
        "pack": pack,
        "choices": [(key, staff_picture_url(shown), label) for key, shown, label in _covers(pack)],
        "may_choose": request.user.has_perm(RIGHT),
        "back": reverse("admin:packs_pack_change", args=[pack.pk]),
    }
    return TemplateResponse(request, "admin/packs/pack/cover.html", context)


@require_POST
@permission_required(RIGHT, raise_exception=True)
def choose_cover(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one of a pack's own pictures stand for it, or the cover that Astria names again."""
    pack = get_object_or_404(Pack, pk=pk)
    chosen = request.POST.get("cover", "")
    labels = {key: label for key, _shown, label in _covers(pack)}
    if chosen not in labels:
        messages.error(request, _("This picture is no longer in the pack. Choose another."))
        return HttpResponseRedirect(reverse("admin:packs_pack_cover", args=[pack.pk]))
    if Pack.objects.filter(pk=pack.pk).exclude(cover_choice=chosen).update(cover_choice=chosen):
        write_down(request, "cover chosen", pack, labels[chosen])
        messages.success(request, _("It is the cover now."))
    return HttpResponseRedirect(reverse("admin:packs_pack_change", args=[pack.pk]))


def _covers(pack: Pack) -> Iterable[tuple[str, str, str]]:
    """Return what may be chosen: the value, the key of the picture, and what it is."""
    found: dict[str, tuple[str, str, str]] = {}
    shots = PackPrompt.objects.filter(pack_class__pack=pack).select_related("pack_class")
    for shot in shots.order_by("-pack_class__name", "position"):
        label = _("%(name)s, shot %(n)d") % {"name": shot.pack_class.name, "n": shot.number}
        found |= {key: (key, key, label) for key in shot.samples}
    astrias = [("", pack.cover, _("Astria's cover"))] if pack.cover else []
    return [*astrias, *found.values()]
