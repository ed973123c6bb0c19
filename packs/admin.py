"""The catalogue in the admin: what is ours can be changed, what is Astria's is shown."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin, TabularInline

from packs.models import Pack, PackClass
from packs.pricing import cost_in_cents, price_of_class
from packs.shop import picture_url


class PackClassInline(TabularInline):
    """Each class with Astria's cost beside our price."""

    model = PackClass
    extra = 0
    can_delete = False
    fields = ("name", "num_images", "cost", "by_rule", "price", "missing_since")
    readonly_fields = ("name", "num_images", "cost", "by_rule", "missing_since")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Astria's cost")
    def cost(self, pack_class: PackClass) -> str:
        return f"${cost_in_cents(pack_class) / 100:.2f}"

    @admin.display(description="price now, credits")
    def by_rule(self, pack_class: PackClass) -> int:
        return price_of_class(pack_class)


@admin.register(Pack)
class PackAdmin(ModelAdmin):
    list_display = ("cover_picture", "title", "status", "position", "likes", "missing_since", "synced_at")
    list_display_links = ("cover_picture", "title")
    list_filter = ("status",)
    list_editable = ("position",)
    search_fields = ("title", "slug", "astria_id")
    fields = (
        "title", "slug", "description", "position", "status", "published_at", "missing_since", "synced_at",
        "astria_id", "model_type", "base_tune_id", "token", "likes",
    )  # fmt: skip
    readonly_fields = fields[4:]
    inlines = (PackClassInline,)
    actions = ("publish", "withdraw")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # packs come from Astria: manage.py sync_packs

    def has_delete_permission(self, request: HttpRequest, obj: Pack | None = None) -> bool:
        return False  # orders point to it; withdraw it instead

    @admin.display(description="")
    def cover_picture(self, pack: Pack) -> str:
        if not pack.cover or not pack.is_orderable:
            return "–"
        return format_html('<img src="{}" alt="" width="48">', picture_url(pack.cover))

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request: HttpRequest, packs: QuerySet[Pack]) -> None:
        changed = sum(pack.publish() for pack in packs)
        self.message_user(request, f"{changed} published", messages.SUCCESS)

    @admin.action(description="Withdraw: no new orders, those in flight go on", permissions=["change"])
    def withdraw(self, request: HttpRequest, packs: QuerySet[Pack]) -> None:
        changed = sum(pack.withdraw() for pack in packs)
        self.message_user(request, f"{changed} withdrawn", messages.SUCCESS)
