"""The catalogue in the admin: what is ours can be changed, what is Astria's is shown.

Each change stands in the audit log. What can be done beside it is in studio/console/pack_pages.py.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin, TabularInline

from accounts.admin import ReadOnlyAdmin
from accounts.models import AuditEntry, User
from config.storage import serve_file
from packs.models import Comparison, Figures, Pack, PackClass, PackPrompt
from packs.pricing import cost_in_cents, margin_of_class, price_of_class

# Of a field with this name the audit log says that it changed, not into what: it is long.
LONG = {"description"}
NOTHING = "–"


def write_down(request: HttpRequest, action: str, row: Model, text: str = "") -> None:
    """Write into the audit log that who is signed in did `action` to `row`."""
    assert isinstance(request.user, User)  # the admin lets nobody else in
    AuditEntry.record(request.user, action, about=row, text=text)


def percent(share: float | None) -> str:
    """Return a share for people; a dash for none."""
    return NOTHING if share is None else f"{share:.0%}"


class RateColumns:
    """What became of orders, as columns of a list."""

    @admin.display(description=gettext_lazy("liked"), ordering="liked")
    def like_rate(self, row: Figures) -> str:
        return percent(row.like_rate)

    @admin.display(description=gettext_lazy("hidden"), ordering="hidden")
    def hide_rate(self, row: Figures) -> str:
        return percent(row.hide_rate)

    @admin.display(description=gettext_lazy("failed"), ordering="failed")
    def failure_rate(self, row: Figures) -> str:
        return percent(row.failure_rate)


class PriceForm(forms.ModelForm[PackClass]):
    """In the table of classes a field has no label of its own: say what it is, and of what."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            name_field(field, self.instance.name)


class PositionForm(forms.ModelForm[Pack]):
    """In the list of packs as well."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        name_field(self.fields["position"], self.instance.title)


def name_field(field: forms.Field, of: str) -> None:
    """Let a field without a label say what it is, for who cannot see its column."""
    field.widget.attrs["aria-label"] = f"{field.label}, {of}"


class PackClassInline(TabularInline):
    """Each class with Astria's cost beside our price."""

    model = PackClass
    form = PriceForm
    extra = 0
    can_delete = False
    hide_title = True
    fields = ("name", "num_images", "cost", "price", "margin", "price_now", "margin_now", "changed")
    readonly_fields = ("name", "num_images", "cost", "price_now", "margin_now", "changed")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("Astria's cost"))
    def cost(self, pack_class: PackClass) -> str:
        return f"${cost_in_cents(pack_class) / 100:.2f}"

    @admin.display(description=gettext_lazy("price now, credits"))
    def price_now(self, pack_class: PackClass) -> int:
        return price_of_class(pack_class)

    @admin.display(description=gettext_lazy("margin now"))
    def margin_now(self, pack_class: PackClass) -> str:
        margin = margin_of_class(pack_class)
        return NOTHING if margin is None else f"{margin} %"

    @admin.display(description=gettext_lazy("changed at Astria"))
    def changed(self, pack_class: PackClass) -> str:
        """What it was when staff last looked; or since when it is gone."""
        said = []
        if pack_class.missing_since:
            said.append(_("gone since %(day)s") % {"day": _day(pack_class.missing_since)})
        if pack_class.cost_was_mc is not None:
            before = PackClass(cost_mc=pack_class.cost_was_mc)
            said.append(_("was $%(cost).2f") % {"cost": cost_in_cents(before) / 100})
        if pack_class.images_were is not None:
            said.append(_("was %(n)d pictures") % {"n": pack_class.images_were})
        return ", ".join(said) or NOTHING


class PackForm(forms.ModelForm[Pack]):
    def clean_publish_at(self) -> Any:
        when = self.cleaned_data["publish_at"]
        if when and self.instance.status == Pack.Status.PUBLISHED:
            raise forms.ValidationError(_("It is published already."))
        return when


class Flag(admin.SimpleListFilter):
    """What of the catalogue needs somebody, as a list."""

    title = gettext_lazy("flag")
    parameter_name = "flag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("missing", _("on sale, gone at Astria")),
            ("changed", _("changed at Astria")),
            ("planned", _("to be published")),
        ]

    def queryset(self, request: HttpRequest, packs: QuerySet[Pack]) -> QuerySet[Pack]:
        if self.value() == "missing":
            return packs.filter(status=Pack.Status.PUBLISHED, missing_since__isnull=False)
        if self.value() == "changed":
            return packs.filter(pk__in=Pack.objects.changed())
        return packs.filter(publish_at__isnull=False) if self.value() == "planned" else packs


@admin.register(Pack)
class PackAdmin(RateColumns, ModelAdmin):
    form = PackForm
    list_display = (
        "cover_picture", "title", "status", "position", "liked_by", "orders", "like_rate", "hide_rate",
        "failure_rate", "flags",
    )  # fmt: skip
    list_display_links = ("title",)
    list_filter = ("status", Flag)
    list_editable = ("position",)
    search_fields = ("title", "slug", "astria_id")
    readonly_fields = (
        "status", "published_at", "missing_since", "synced_at", "astria_id", "model_type", "base_tune_id",
        "token", "likes", "astria_likes",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("title", "slug", "description", "position", "status", "publish_at")}),
        (gettext_lazy("Written down by machines"), {"fields": readonly_fields[1:], "classes": ["collapse"]}),
    )
    inlines = (PackClassInline,)
    actions = ("publish", "withdraw")

    def get_urls(self) -> list[URLPattern]:
        view = admin.site.admin_view(self.picture)
        own = path("pictures/<int:astria_id>/<slug:stem>.webp", view, name="packs_pack_picture")
        return [own, *super().get_urls()]

    def picture(self, request: HttpRequest, astria_id: int, stem: str) -> HttpResponseBase:
        """Our copy of a cover or sample, also of a pack that people do not see yet."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return serve_file(f"packs/{astria_id}/{stem}.webp", cache="private, max-age=86400")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pack]:
        changed = PackClass.objects.changed().filter(pack=OuterRef("pk"))
        packs: QuerySet[Pack] = super().get_queryset(request)
        return packs.annotate(has_changed=Exists(changed))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # packs come from Astria: manage.py sync_packs

    def has_delete_permission(self, request: HttpRequest, obj: Pack | None = None) -> bool:
        return False  # orders point to it; withdraw it instead

    # What is Astria's may change while staff edit: only what they changed is written.

    def save_model(self, request: HttpRequest, obj: Pack, form: Any, change: bool) -> None:
        changed = [name for name in form.changed_data if name != "publish_at"]
        if changed:
            obj.save(update_fields=changed)
        if "publish_at" in form.changed_data and not obj.publish_when(obj.publish_at):
            messages.warning(request, _("It was published meanwhile."))
        if form.changed_data:
            write_down(request, "pack changed", obj, said_of(form))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for of_class in formset.initial_forms:
            if of_class.has_changed():
                of_class.instance.save(update_fields=of_class.changed_data)
                write_down(request, "price changed", form.instance, said_of(of_class))
        formset.new_objects, formset.deleted_objects = [], []
        formset.changed_objects = [(it.instance, it.changed_data) for it in formset if it.has_changed()]

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> type[forms.ModelForm[Pack]]:
        return super().get_changelist_form(request, **{"form": PositionForm} | kwargs)  # type: ignore[no-any-return]

    @admin.display(description=gettext_lazy("cover"))
    def cover_picture(self, pack: Pack) -> str:
        return thumbnail(pack.cover_key)

    @admin.display(description=gettext_lazy("likes"), ordering="popularity")
    def liked_by(self, pack: Pack) -> int:
        return int(pack.popularity)

    @admin.display(description=gettext_lazy("flags"))
    def flags(self, pack: Pack) -> str:
        said = []
        if pack.missing_since:
            said.append(_("gone at Astria since %(day)s") % {"day": _day(pack.missing_since)})
        if getattr(pack, "has_changed", False):
            said.append(_("changed at Astria"))
        if pack.publish_at:
            said.append(_("goes into the shop %(day)s") % {"day": _day(pack.publish_at, "DATETIME_FORMAT")})
        return "; ".join(said) or NOTHING

    @admin.action(description=gettext_lazy("Publish"), permissions=["change"])
    def publish(self, request: HttpRequest, packs: QuerySet[Pack]) -> None:
        changed = [pack for pack in packs if pack.publish()]
        for pack in changed:
            write_down(request, "pack published", pack)
        self.message_user(request, f"{len(changed)} published", messages.SUCCESS)

    @admin.action(
        description=gettext_lazy("Withdraw: no new orders, those in flight go on"), permissions=["change"]
    )
    def withdraw(self, request: HttpRequest, packs: QuerySet[Pack]) -> None:
        changed = [pack for pack in packs if pack.withdraw()]
        for pack in changed:
            write_down(request, "pack withdrawn", pack)
        self.message_user(request, f"{len(changed)} withdrawn", messages.SUCCESS)


def thumbnail(key: str) -> str:
    """Return a small picture for a list, beside the words that say whose it is."""
    if not key:
        return NOTHING
    picture = '<img src="{}" alt="" width="48" height="60" loading="lazy" class="console-thumbnail">'
    return format_html(picture, staff_picture_url(key))


def staff_picture_url(key: str) -> str:
    """Return the admin's address of our copy `packs/<astria id>/<name>`."""
    _packs, pack_id, name = key.split("/")
    return reverse("admin:packs_pack_picture", args=[int(pack_id), name.removesuffix(".webp")])


def said_of(form: Any) -> str:
    """Return what a form changes, for the audit log: "woman: price 18 → 25"."""
    said = [_said(form, name) for name in form.changed_data]
    of_class = f"{form.instance.name}: " if isinstance(form.instance, PackClass) else ""
    return of_class + ", ".join(said)


def _said(form: Any, name: str) -> str:
    if name in LONG:
        return name
    before, after = form.initial.get(name), form.cleaned_data.get(name)
    return f"{name} {NOTHING if before is None else before} → {NOTHING if after is None else after}"


def _day(moment: Any, form: str = "DATE_FORMAT") -> str:
    return date_format(localtime(moment), form)


class Weak(admin.SimpleListFilter):
    title = gettext_lazy("weakness")
    parameter_name = "weak"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", _("weak shots"))]

    def queryset(self, request: HttpRequest, shots: QuerySet[PackPrompt]) -> QuerySet[PackPrompt]:
        return shots.exclude(weakness="") if self.value() else shots


@admin.register(PackPrompt)
class PackPromptAdmin(RateColumns, ReadOnlyAdmin):
    """Every shot with what became of it: of the latest orders, counted each hour."""

    list_display = (
        "sample", "pack", "class_name", "number", "weakness", "orders", "like_rate", "hide_rate",
        "failure_rate", "likes", "astria_likes",
    )  # fmt: skip
    list_display_links = ("pack",)
    list_filter = (Weak, "weakness", "pack_class__pack__status")
    list_select_related = ("pack_class__pack",)
    search_fields = ("pack_class__pack__title", "pack_class__pack__slug", "astria_id")
    # A catalogue is short: words are looked for anywhere in them.
    get_search_results = ModelAdmin.get_search_results
    ordering = ("pack_class__pack__position", "pack_class", "position")
    exclude = ("samples", "sample_sources")

    @admin.display(description=gettext_lazy("sample"))
    def sample(self, shot: PackPrompt) -> str:
        return thumbnail(next(iter(shot.samples), ""))

    @admin.display(description=gettext_lazy("pack"), ordering="pack_class__pack__title")
    def pack(self, shot: PackPrompt) -> str:
        return shot.pack_class.pack.title

    @admin.display(description=gettext_lazy("class"), ordering="pack_class__name")
    def class_name(self, shot: PackPrompt) -> str:
        return shot.pack_class.name


@admin.register(Comparison)
class ComparisonAdmin(ReadOnlyAdmin):
    """What came over from Astria, and when. The page that compares shows it in words."""

    list_display = ("created_at", "is_preview", "status", "found", "error", "ended_at")
    list_filter = ("is_preview", "status")

    @admin.display(description=gettext_lazy("changes"))
    def found(self, comparison: Comparison) -> int:
        return len(comparison.changes)
