"""Photo sets and photos in the admin: by their numbers, and shown only for a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from accounts.admin import ReadOnlyAdmin
from studio.console.looks import LookPages, decide_on_photo, look_url
from studio.models import Photo, PhotoSet


@admin.register(PhotoSet)
class PhotoSetAdmin(LookPages, ReadOnlyAdmin):
    """Without the name: it is the person's own, and often somebody's. The photos are shown for a reason."""

    list_display = ("created_at", "id", "class_name", "account")
    list_select_related = ("account",)
    search_fields = ("id", "account__id")
    exclude = ("name", "characteristics")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        photo_set = PhotoSet.objects.filter(pk=object_id).first()
        more = {"look_url": look_url(photo_set, request.user)} if photo_set else {}
        answer: HttpResponse = super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **more}
        )
        return answer


@admin.register(Photo)
class PhotoAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "photo_set", "review", "width", "height", "sharpness", "brightness")
    list_filter = ("review",)
    ordering = ("-created_at", "id")
    list_select_related = ("photo_set",)
    search_fields = ("id", "photo_set__id")
    exclude = ("name",)

    def get_urls(self) -> list[URLPattern]:
        view = admin.site.admin_view(decide_on_photo)
        return [path("<uuid:pk>/decide/", view, name="studio_photo_decide"), *super().get_urls()]
