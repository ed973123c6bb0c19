"""A pack, and what it is for each class name."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from packs.models.figures import Figures


class PackQuerySet(models.QuerySet["Pack"]):
    def published(self) -> PackQuerySet:
        """Packs that people can see and order; not those that Astria no longer lists."""
        return self.filter(status=Pack.Status.PUBLISHED, missing_since=None)

    def with_slug(self, slug: str) -> PackQuerySet:
        """The pack of this address; none for what cannot be one (PostgreSQL refuses a NUL)."""
        return self.none() if "\0" in slug else self.filter(slug=slug)

    def in_shop_order(self) -> PackQuerySet:
        """By hand where staff gave a position, then the best liked, then the newest."""
        return self.order_by("position", "-popularity", "-astria_id")

    def due(self, now: datetime) -> PackQuerySet:
        """Those whose time to be published has come."""
        return self.filter(next_check_at__lte=now)

    def changed(self) -> PackQuerySet:
        """Packs with a class that changed at Astria, which nobody of staff has seen yet."""
        return self.filter(pk__in=PackClass.objects.changed().values("pack"))

    def with_classes(self) -> PackQuerySet:
        """Each pack's classes with their number of `shots`, in one more query for all packs."""
        there = Q(prompts__missing_since=None)
        classes = PackClass.objects.offered().annotate(shots=models.Count("prompts", filter=there))
        return self.prefetch_related(models.Prefetch("classes", classes))

    def with_shots(self) -> PackQuerySet:
        classes = PackClass.objects.offered().prefetch_related("prompts")
        return self.prefetch_related(models.Prefetch("classes", classes))


class Pack(Figures):
    """A themed set of template prompts at Astria, with what we say and ask for it.

    draft ── publish ──▸ published ── withdraw ──▸ withdrawn ── publish ──▸ published

    With a time to `publish_at` it has a `next_check_at`, at which the clock publishes it.
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
    # The key of one of its own samples; empty: the cover that Astria names.
    cover_choice = models.CharField(_("cover"), max_length=200, blank=True)
    publish_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it goes into the shop by itself. Empty: not by itself.")
    )
    next_check_at = models.DateTimeField(null=True, editable=False)
    # As Astria says; machine-owned.
    token = models.CharField(max_length=40, blank=True, editable=False)
    base_tune_id = models.BigIntegerField(null=True, editable=False)
    model_type = models.CharField(max_length=20, blank=True, editable=False)
    cover = models.CharField(max_length=200, blank=True, editable=False)
    cover_source = models.URLField(max_length=1000, blank=True, editable=False)
    likes = models.PositiveIntegerField(default=0, editable=False)
    # What Astria says of its shots, as far as it was asked.
    astria_likes = models.PositiveIntegerField(default=0, editable=False)
    # The larger: ours are told to Astria, a sum would count them twice. Worked out by the database.
    popularity = models.GeneratedField(
        expression=Greatest("likes", "astria_likes"),
        output_field=models.PositiveIntegerField(),
        db_persist=True,
    )
    astria_created_at = models.DateTimeField(null=True, editable=False)
    synced_at = models.DateTimeField(null=True, editable=False)
    # Since when Astria no longer lists it. Such a pack takes no orders.
    missing_since = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    counted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PackQuerySet] = PackQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["position", "-popularity", "-astria_id"]
        indexes = [
            # The public list of packs.
            models.Index(fields=["status", "position", "-popularity"], name="packs_in_shop_order"),
            # The clock takes what is due.
            models.Index(fields=["next_check_at"], condition=Q(next_check_at__isnull=False), name="pack_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_at__isnull=False),
                name="pack_published_has_time",
            ),
            models.CheckConstraint(
                condition=Q(publish_at=None, next_check_at=None)
                | Q(publish_at__isnull=False, next_check_at__isnull=False) & ~Q(status="published"),
                name="pack_to_be_published_is_looked_at",
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
            .update(status=self.Status.PUBLISHED, published_at=now, publish_at=None, next_check_at=None)
        )
        self.refresh_from_db(fields=["status", "published_at", "publish_at", "next_check_at"])
        return bool(changed)

    def publish_when(self, when: datetime | None) -> bool:
        """Publish it by itself at `when`; None: not by itself. False if it is published already."""
        rows = Pack.objects.filter(pk=self.pk).exclude(status=self.Status.PUBLISHED)
        changed = rows.update(publish_at=when, next_check_at=when)
        self.refresh_from_db(fields=["status", "publish_at", "next_check_at"])
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
    def cover_key(self) -> str:
        """The key of the picture that stands for it; "" for none."""
        return self.cover_choice or self.cover

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

    def changed(self) -> PackClassQuerySet:
        """Classes that changed at Astria, which nobody of staff has seen yet."""
        return self.exclude(cost_was_mc=None, images_were=None)

    def mark_seen(self) -> int:
        """Staff have seen what changed. Returns for how many classes."""
        return self.changed().update(cost_was_mc=None, images_were=None)

    def mark_missing(self) -> int:
        """Note since when Astria no longer has these classes. The rows stay: staff's prices are in them."""
        return self.offered().update(missing_since=timezone.now())


class PackClass(models.Model):
    """A pack for one class name: its number of pictures, Astria's cost and our price."""

    pack = models.ForeignKey(Pack, on_delete=models.CASCADE, related_name="classes")
    name = models.CharField(_("class name"), max_length=40)
    num_images = models.PositiveIntegerField(editable=False)
    cost_mc = models.PositiveBigIntegerField(_("cost in milli-cents"), editable=False)
    # At most one of the two; neither: by the rule of packs/pricing.py.
    price = models.PositiveIntegerField(_("price by hand"), null=True, blank=True)
    margin = models.PositiveSmallIntegerField(_("margin in percent"), null=True, blank=True)
    # What they were before they changed at Astria, until staff have seen it.
    cost_was_mc = models.PositiveBigIntegerField(null=True, editable=False)
    images_were = models.PositiveIntegerField(null=True, editable=False)
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
            models.CheckConstraint(
                condition=Q(price=None) | Q(margin=None),
                name="class_has_one_price",
                violation_error_message=_("A price by hand and a margin: choose one of them."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.name}"

    # Mutators

    def follow(self, *, cost_mc: int, num_images: int) -> None:
        """Take over what Astria says. What changed is flagged until staff have seen it."""
        self.cost_was_mc = _unseen(self.cost_was_mc, self.cost_mc, cost_mc)
        self.images_were = _unseen(self.images_were, self.num_images, num_images)
        self.cost_mc, self.num_images, self.missing_since = cost_mc, num_images, None
        self.save(update_fields=["cost_mc", "num_images", "missing_since", "cost_was_mc", "images_were"])

    # Properties

    @property
    def has_changed(self) -> bool:
        return self.cost_was_mc is not None or self.images_were is not None


def _unseen(seen: int | None, before: int, now: int) -> int | None:
    """Return what staff last saw if it differs from what is `now`; `seen` is None if that is `before`."""
    last = before if seen is None else seen
    return None if last == now else last
