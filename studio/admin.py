"""The product in the admin. States belong to the pipeline: here they are read, and nudged by its verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import EmptyFieldListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin import NudgedAdmin, ReadOnlyAdmin, ReadOnlyInline
from accounts.models import AuditEntry, User
from accounts.quick_lists import StatusFilter
from packs.models import Pack
from studio.console import pages
from studio.console import photo_admin as photo_admin  # it registers its own
from studio.console import running_admin as running_admin
from studio.console.looks import LookPages
from studio.console.mail_pages import MailPages
from studio.console.pack_pages import CatalogueAdmin
from studio.console.people_pages import PeopleAdmin
from studio.console.refund_pages import RefundPages
from studio.console.shoot_pages import ShootPages
from studio.delivery import fetch_again
from studio.erasing import see_to_erasure
from studio.mail import send_after_all
from studio.models import (
    Callback,
    Erasure,
    Event,
    Extension,
    Image,
    Inspection,
    Letter,
    Prompt,
    RefundRequest,
    Removal,
    Report,
    Share,
    Shoot,
    Tune,
    TuneDeletion,
    Vote,
)
from studio.queue import enqueue
from studio.removing import carry_out
from studio.training import advance

# With orders and acts, of which accounts knows nothing.
admin.site.unregister(User)
admin.site.register(User, PeopleAdmin)
# With what became of orders, of which packs knows nothing.
admin.site.unregister(Pack)
admin.site.register(Pack, CatalogueAdmin)
# Pages of the console's own, beside those of the models.
admin.site.extra_urls = pages.urls  # type: ignore[attr-defined]


class EventInline(ReadOnlyInline):
    model = Event
    fields = ("when", "kind", "text")
    readonly_fields = fields
    hide_title = True  # the text, once more
    ordering = ("-id",)

    @admin.display(description="at")
    def when(self, event: Event) -> str:
        """To the millisecond: what came first is what staff look for here."""
        return timezone.localtime(event.at).isoformat(" ", "milliseconds")


class PromptInline(ReadOnlyInline):
    model = Prompt
    fields = ("astria_id", "status", "expected_images", "error", "like_wanted", "like_confirmed")
    readonly_fields = fields


class MissingImageInline(ReadOnlyInline):
    """Only those that are not there: lost, still to come, or there already under another address."""

    model = Image
    fields = ("number", "status", "attempts", "next_check_at", "error")
    readonly_fields = fields
    ordering = ("number",)
    verbose_name_plural = "Pictures that are not there"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Image]:
        images: QuerySet[Image] = super().get_queryset(request)
        return images.exclude(status=Image.Status.STORED)


class Trouble(admin.SimpleListFilter):
    """What the dashboard names, as a list."""

    title = "trouble"
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("late", "late"), ("failed", "failed within a day"), ("lost", "pictures were lost")]

    def queryset(self, request: HttpRequest, shoots: QuerySet[Shoot]) -> QuerySet[Shoot]:
        now = timezone.now()
        if self.value() == "late":
            return shoots.filter(pk__in=Shoot.objects.late(now))
        if self.value() == "failed":
            return shoots.filter(status=Shoot.Status.FAILED, ended_at__gt=now - timedelta(days=1))
        if self.value() == "lost":
            # By time as well: that is what those that are lost have an index by.
            lost = Image.objects.filter(status=Image.Status.LOST, created_at__lte=now)
            return shoots.filter(pk__in=lost.values("shoot"))
        return shoots


@admin.register(Shoot)
class ShootAdmin(ShootPages, LookPages, NudgedAdmin):
    """Without title and wish: themes and texts are the person's own words."""

    list_display = (
        "created_at",
        "ledger_note",
        "kind",
        "status",
        "account",
        "price",
        "refunded",
        "next_check_at",
        "error",
    )
    list_filter = ("kind", ("status", StatusFilter), Trouble)
    list_select_related = ("account", "pack")
    search_fields = ("id", "account__id", "account__user__email")
    exclude = ("callback_token", "title", "wish")
    inlines = (PromptInline, MissingImageInline)
    actions = ("check_now", "fetch_again")

    @admin.action(description="Fetch again pictures that were lost", permissions=["nudge"])
    def fetch_again(self, request: HttpRequest, shoots: QuerySet[Shoot]) -> None:
        count = sum(map(fetch_again, Image.objects.filter(shoot__in=shoots, status=Image.Status.LOST)))
        self.message_user(request, f"Queued: {count}", messages.SUCCESS)

    @admin.action(description="Check now: do what is due without waiting", permissions=["nudge"])
    def check_now(self, request: HttpRequest, shoots: QuerySet[Shoot]) -> None:
        active = shoots.active()  # type: ignore[attr-defined]
        for shoot in active:
            enqueue(advance, shoot.pk)
        self.message_user(request, f"Queued: {len(active)}", messages.SUCCESS)


@admin.register(Tune)
class TuneAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "id", "astria_id", "status", "class_name", "expires_at", "error")
    list_filter = (("status", StatusFilter),)
    search_fields = ("id", "astria_id", "account__id")
    exclude = ("characteristics",)
    inlines = (EventInline,)


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "tune", "status", "price", "extends_from", "next_check_at", "error")
    list_filter = (("status", StatusFilter),)
    list_select_related = ("tune",)
    search_fields = ("id", "tune__id", "account__id", "account__user__email")


@admin.register(Prompt)
class PromptAdmin(ReadOnlyAdmin):
    """Without the text: what the person agreed to say of themselves is in it."""

    list_display = ("astria_id", "shoot", "status", "like_wanted", "like_confirmed", "error")
    list_filter = ("status",)
    list_select_related = ("shoot__pack",)
    search_fields = ("astria_id", "shoot__id")
    exclude = ("text",)


@admin.register(Image)
class ImageAdmin(NudgedAdmin):
    """Without the picture itself: whose face it is, is the person's."""

    list_display = ("created_at", "shoot", "number", "status", "attempts", "next_check_at", "error", "bytes")
    list_filter = (("status", StatusFilter),)
    list_select_related = ("shoot__pack",)
    search_fields = ("id", "shoot__id")
    exclude = ("source_url", "placeholder", "face_box")
    actions = ("fetch_again",)

    @admin.action(description="Fetch again what was lost", permissions=["nudge"])
    def fetch_again(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        count = sum(map(fetch_again, images))
        self.message_user(request, f"Queued: {count}", messages.SUCCESS)


@admin.register(Letter)
class LetterAdmin(MailPages, NudgedAdmin):
    """What the studio writes to people, and what became of it."""

    list_before_template = "admin/studio/letter/link.html"

    list_display = ("created_at", "kind", "status", "shoot", "tune", "attempts", "error")
    list_filter = (("status", StatusFilter), "kind")
    list_select_related = ("shoot__pack", "tune")
    search_fields = ("^key", "account__id", "account__user__email")
    actions = ("send_again",)

    @admin.action(description="Send after all what may not have arrived", permissions=["nudge"])
    def send_again(self, request: HttpRequest, letters: QuerySet[Letter]) -> None:
        count = sum(map(send_after_all, letters))
        self.message_user(request, f"Queued: {count}", messages.SUCCESS)


@admin.register(RefundRequest)
class RefundRequestAdmin(RefundPages, ReadOnlyAdmin):
    """Wishes for credits back, the open ones first to look at."""

    list_display = ("created_at", "shoot", "account", "status", "granted", "decided_by", "decided_at")
    list_filter = ("status",)
    list_select_related = ("shoot__pack", "account", "decided_by")
    search_fields = ("id", "shoot__id", "account__id", "account__user__email")
    actions = ("give_all",)


@admin.register(Removal)
class RemovalAdmin(NudgedAdmin):
    """Files that are to go and have not gone yet: while all is well, a few at most."""

    list_display = ("created_at", "__str__", "attempts", "next_check_at", "error")
    list_filter = (("error", EmptyFieldListFilter),)
    actions = ("carry_out_now",)

    @admin.action(description="Delete now, without waiting", permissions=["nudge"])
    def carry_out_now(self, request: HttpRequest, removals: QuerySet[Removal]) -> None:
        for removal in removals:
            enqueue(carry_out, removal.pk)
        self.message_user(request, f"Queued: {len(removals)}", messages.SUCCESS)


@admin.register(TuneDeletion)
class TuneDeletionAdmin(NudgedAdmin):
    """Models that are to be gone at Astria, too."""

    list_display = ("created_at", "id", "astria_id", "status", "attempts", "next_check_at", "error")
    list_filter = (("status", StatusFilter),)
    search_fields = ("id", "astria_id")


@admin.register(Erasure)
class ErasureAdmin(NudgedAdmin):
    """What people had erased: by numbers alone. One that is not done says what is in its way."""

    list_display = ("created_at", "scope", "status", "cleared_at", "ended_at", "attempts", "error")
    list_filter = (("status", StatusFilter), ("error", EmptyFieldListFilter))
    search_fields = ("id", "about", "account__id")
    actions = ("go_on_now",)

    @admin.action(description="Go on now, without waiting", permissions=["nudge"])
    def go_on_now(self, request: HttpRequest, erasures: QuerySet[Erasure]) -> None:
        for erasure in erasures:
            enqueue(see_to_erasure, erasure.pk)
        self.message_user(request, f"Queued: {len(erasures)}", messages.SUCCESS)


@admin.register(Callback)
class CallbackAdmin(NudgedAdmin):
    """Without the body: addresses of pictures and the shoot's token are in it."""

    list_display = ("id", "received_at", "shoot", "attempts", "next_check_at", "processed_at", "error")
    list_filter = (("error", EmptyFieldListFilter), ("processed_at", EmptyFieldListFilter))
    list_select_related = ("shoot__pack",)
    search_fields = ("shoot__id",)
    exclude = ("body",)
    actions = ("replay",)

    @admin.action(description="Replay: take in once more what it says", permissions=["nudge"])
    def replay(self, request: HttpRequest, callbacks: QuerySet[Callback]) -> None:
        count = callbacks.replay()  # type: ignore[attr-defined]
        self.message_user(request, f"To be taken in by the clock: {count}", messages.SUCCESS)


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """Without the token, which opens it, and without the name: it is the person's own."""

    list_display = ("created_at", "shoot", "visits", "expires_at", "revoked_at")
    list_select_related = ("shoot__pack",)
    search_fields = ("id", "shoot__id", "account__id")
    exclude = ("name", "token", "password", "chosen")


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "share", "image")
    list_select_related = ("share", "image")
    search_fields = ("share__id", "image__id")
    exclude = ("visitor",)


@admin.register(Report)
class ReportAdmin(NudgedAdmin):
    """What visitors of share links say should not be there."""

    list_display = ("created_at", "reason", "image", "share", "account", "told_at", "handled_at")
    list_filter = (("handled_at", EmptyFieldListFilter), "reason")
    list_select_related = ("image", "share", "account")
    search_fields = ("id", "image__id", "account__id", "account__user__email")
    actions = ("close_links", "mark_handled")

    @admin.action(description="Revoke the links by which they were seen", permissions=["nudge"])
    def close_links(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        shares = Share.objects.filter(reports__in=reports).distinct()
        revoked = [share for share in shares if share.revoke()]
        _write_down(request, "link revoked after a report", revoked)
        self.message_user(request, f"Revoked: {len(revoked)}", messages.SUCCESS)

    @admin.action(description="Dealt with", permissions=["nudge"])
    def mark_handled(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        handled = [report for report in reports if report.mark_handled()]
        _write_down(request, "report dealt with", handled)
        self.message_user(request, f"Dealt with: {len(handled)}", messages.SUCCESS)


def _write_down(request: HttpRequest, action: str, rows: Sequence[Model]) -> None:
    assert isinstance(request.user, User)  # the admin lets nobody else in
    for row in rows:
        AuditEntry.record(request.user, action, about=row)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "text", "shoot")
    list_filter = ("kind",)
    list_select_related = ("shoot__pack",)
    search_fields = ("shoot__id", "tune__id")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """By the index that there is: of all by their ids, of a kind by their time."""
        return ("-at", "-id") if "kind__exact" in request.GET else ("-id",)


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    """Without the answer: traits are the person's."""

    list_display = ("created_at", "class_name", "account")
    list_select_related = ("account",)
    exclude = ("answer",)
