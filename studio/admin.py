"""The product in the admin. States belong to the pipeline: here they are read, and nudged by its verbs."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_q.models import Schedule, Success

from accounts.admin import ReadOnlyAdmin, ReadOnlyInline
from studio.delivery import deliver
from studio.inbox import process
from studio.models import (
    Callback,
    Event,
    Heartbeat,
    Image,
    Inspection,
    Pause,
    Photo,
    PhotoSet,
    Prompt,
    Share,
    Shoot,
    Tune,
)
from studio.queue import enqueue
from studio.training import advance

# The clock is a process of its own, and what succeeded is on the timeline.
admin.site.unregister([Schedule, Success])


class EventInline(ReadOnlyInline):
    model = Event
    fields = ("at", "kind", "text")
    readonly_fields = fields
    ordering = ("-id",)


class PromptInline(ReadOnlyInline):
    model = Prompt
    fields = ("astria_id", "status", "expected_images", "error", "like_wanted", "like_confirmed")
    readonly_fields = fields


@admin.register(Shoot)
class ShootAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "title", "status", "account", "price", "refunded", "next_check_at", "error")
    list_filter = ("status",)
    list_select_related = ("account",)
    search_fields = ("id", "account__id", "account__user__email")
    exclude = ("callback_token",)
    inlines = (PromptInline, EventInline)
    actions = ("check_now",)

    @admin.action(description="Check now: do what is due without waiting", permissions=["view"])
    def check_now(self, request: HttpRequest, shoots: QuerySet[Shoot]) -> None:
        for shoot in shoots.active():  # type: ignore[attr-defined]
            enqueue(advance, shoot.pk)
        self.message_user(request, "Queued", messages.SUCCESS)


@admin.register(Tune)
class TuneAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "id", "astria_id", "status", "class_name", "expires_at", "error")
    list_filter = ("status",)
    search_fields = ("id", "astria_id", "account__id")
    exclude = ("characteristics",)
    inlines = (EventInline,)


@admin.register(Prompt)
class PromptAdmin(ReadOnlyAdmin):
    """Without the text: what the person agreed to say of themselves is in it."""

    list_display = ("astria_id", "shoot", "status", "like_wanted", "like_confirmed", "error")
    list_filter = ("status",)
    list_select_related = ("shoot",)
    search_fields = ("astria_id", "shoot__id")
    exclude = ("text",)


@admin.register(Image)
class ImageAdmin(ReadOnlyAdmin):
    """Without the picture itself: whose face it is, is the person's."""

    list_display = (
        "created_at",
        "id",
        "status",
        "attempts",
        "next_check_at",
        "error",
        "bytes",
        "width",
        "height",
    )
    list_filter = ("status",)
    search_fields = ("id", "shoot__id")
    exclude = ("source_url", "placeholder", "face_box")
    actions = ("fetch_again",)

    @admin.action(description="Fetch again what was lost", permissions=["view"])
    def fetch_again(self, request: HttpRequest, images: QuerySet[Image]) -> None:
        for image in images:
            if image.retry():
                enqueue(deliver, image.pk)
        self.message_user(request, "Queued", messages.SUCCESS)


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    """Without the body: addresses of pictures and the shoot's token are in it."""

    list_display = ("id", "received_at", "shoot", "processed_at", "error")
    list_select_related = ("shoot",)
    search_fields = ("shoot__id",)
    exclude = ("body",)
    actions = ("replay",)

    @admin.action(description="Replay: take in once more what it says", permissions=["view"])
    def replay(self, request: HttpRequest, callbacks: QuerySet[Callback]) -> None:
        for callback in callbacks:
            enqueue(process, callback.pk)
        self.message_user(request, "Queued", messages.SUCCESS)


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "reason", "next_probe_at", "ended_at")


@admin.register(PhotoSet)
class PhotoSetAdmin(ReadOnlyAdmin):
    """Without the name: it is the person's own, and often somebody's."""

    list_display = ("created_at", "id", "class_name", "account")
    list_select_related = ("account",)
    search_fields = ("id", "account__id")
    exclude = ("name", "characteristics")


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "id", "width", "height", "sharpness", "brightness", "kept_anyway")
    search_fields = ("id", "photo_set__id")
    exclude = ("name",)


@admin.register(Share)
class ShareAdmin(ReadOnlyAdmin):
    """Without the token, which opens it, and without the name: it is the person's own."""

    list_display = ("created_at", "shoot", "visits", "expires_at", "revoked_at")
    list_select_related = ("shoot",)
    search_fields = ("id", "shoot__id", "account__id")
    exclude = ("name", "token")


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("at", "kind", "text", "shoot")
    list_filter = ("kind",)
    list_select_related = ("shoot",)
    search_fields = ("shoot__id", "tune__id")


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    """Without the answer: traits are the person's."""

    list_display = ("created_at", "class_name", "account")
    list_select_related = ("account",)
    exclude = ("answer",)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "holder", "beat_at")
