"""The catalogue: what can be ordered, in how many pictures, at what price."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PackQuerySet(models.QuerySet["Pack"]):
    def published(self) -> PackQuerySet:
        """Packs that people can see and order; not those that Astria no longer lists."""
        return self.filter(status=Pack.Status.PUBLISHED, missing_since=None)

    def with_slug(self, slug: str) -> PackQuerySet:
        """The pack of this address; none for what cannot be one (PostgreSQL refuses a NUL)."""
        return self.none() if "\0" in slug else self.filter(slug=slug)

    def in_shop_order(self) -> PackQuerySet:
        """By hand where staff gave a position, then the best liked, then the newest."""
        return self.order_by("position", "-likes", "-astria_id")

    def with_classes(self) -> PackQuerySet:
        """Each pack's classes with their number of `shots`, in one more query for all packs."""
        classes = PackClass.objects.offered().annotate(shots=models.Count("prompts"))
        return self.prefetch_related(models.Prefetch("classes", classes))

    def with_shots(self) -> PackQuerySet:
        classes = PackClass.objects.offered().prefetch_related("prompts")
        return self.prefetch_related(models.Prefetch("classes", classes))


class Pack(models.Model):
    """A themed set of template prompts at Astria, with what we say and ask for it.

    draft ── publish ──▸ published ── withdraw ──▸ withdrawn ── publish ──▸ published
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    astria_id = models.BigIntegerField(unique=True, editable=False)
    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    position = models.PositiveIntegerField(default=100, help_text=_("Lower comes first."))
    # As Astria says; machine-owned.
    token = models.CharField(max_length=40, blank=True, editable=False)
    base_tune_id = models.BigIntegerField(null=True, editable=False)
    model_type = models.CharField(max_length=20, blank=True, editable=False)
    cover = models.CharField(max_length=200, blank=True, editable=False)
    cover_source = models.URLField(max_length=1000, blank=True, editable=False)
    likes = models.PositiveIntegerField(default=0, editable=False)
    astria_created_at = models.DateTimeField(null=True, editable=False)
    synced_at = models.DateTimeField(null=True, editable=False)
    # Since when Astria no longer lists it. Such a pack takes no orders.
    missing_since = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PackQuerySet] = PackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["position", "-likes", "-astria_id"]
        indexes = [
            # The public list of packs.
            models.Index(fields=["status", "position", "-likes"], name="pack_in_shop_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="pack_published_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    # Mutators

    def publish(self) -> bool:
        """Show the pack to people. False if it is published already."""
        now = timezone.now()
        changed = (
            Pack.objects.filter(pk=self.pk)
            .exclude(status=self.Status.PUBLISHED)
            .update(status=self.Status.PUBLISHED, published_at=now)
        )
        self.refresh_from_db(fields=["status", "published_at"])
        return bool(changed)

    def withdraw(self) -> bool:
        """Take the pack out of the shop; orders in flight go on. False if it was not published."""
        changed = Pack.objects.filter(pk=self.pk, status=self.Status.PUBLISHED).update(
            status=self.Status.WITHDRAWN
        )
        self.refresh_from_db(fields=["status"])
        return bool(changed)

    # Properties

    @property
    def is_orderable(self) -> bool:
        return self.status == self.Status.PUBLISHED and self.missing_since is None

    def get_absolute_url(self) -> str:
        return reverse("packs:pack", args=[self.slug])


class PackClassQuerySet(models.QuerySet["PackClass"]):
    def offered(self) -> PackClassQuerySet:
        """Classes that can be ordered; not those that Astria no longer has in their pack."""
        return self.filter(missing_since=None)

    def published(self) -> PackClassQuerySet:
        """Offered classes of packs that people can order."""
        return self.offered().filter(pack__in=Pack.objects.published())

    def mark_missing(self) -> int:
        """Note since when Astria no longer has these classes. The rows stay: staff's prices are in them."""
        return self.offered().update(missing_since=timezone.now())


class PackClass(models.Model):
    """A pack for one class name: its number of pictures, Astria's cost and our price."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("class name"), max_length=40)
    num_images = models.PositiveIntegerField(editable=False)
    cost_mc = models.PositiveBigIntegerField(_("cost in milli-cents"), editable=False)
    price = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("Credits. Empty: by the rule of packs/pricing.py.")
    )
    # Since when Astria no longer has it in the pack. Such a class takes no orders.
    missing_since = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PackClassQuerySet] = PackClassQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("class of a pack")
        verbose_name_plural = _("classes of packs")
        # Woman before man before others: the order that Astria's own list has is arbitrary.
        ordering = ["pack", "-name"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "name"], name="one_class_per_pack_and_name"),
            models.CheckConstraint(condition=Q(num_images__gt=0), name="class_has_images"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.name}"


class PackPrompt(models.Model):
    """A template prompt of a pack for one class: a shot."""

    pack_class = models.ForeignKey(PackClass, on_delete=models.CASCADE, related_name="prompts")
    astria_id = models.BigIntegerField(editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    num_images = models.PositiveIntegerField(editable=False)
    # Keys of our own copies of Astria's sample pictures, and where they came from.
    samples = models.JSONField(default=list, blank=True, editable=False)
    sample_sources = models.JSONField(default=list, blank=True, editable=False)
    likes = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("shot of a pack")
        verbose_name_plural = _("shots of packs")
        ordering = ["pack_class", "position"]
        constraints = [
            models.UniqueConstraint(fields=["pack_class", "astria_id"], name="one_shot_per_class_and_id"),
            models.CheckConstraint(condition=Q(num_images__gt=0), name="shot_has_images"),
        ]

    def __str__(self) -> str:
        return f"{self.pack_class}, {self.position + 1}"

    # Mutators

    def count_like(self, change: int) -> None:
        """Add `change` (+1 or −1) to this shot's likes and to its pack's."""
        # The pack first, as comparing with Astria does: two that wait for each other would never end.
        Pack.objects.filter(classes=self.pack_class_id, likes__gte=-change).update(likes=F("likes") + change)
        PackPrompt.objects.filter(pk=self.pk, likes__gte=-change).update(likes=F("likes") + change)
