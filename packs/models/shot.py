"""A shot of a pack: one template prompt for one class."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from packs.models.figures import Figures
from packs.models.pack import Pack, PackClass


class PackPromptQuerySet(models.QuerySet["PackPrompt"]):
    def weak(self) -> PackPromptQuerySet:
        """Shots that please seldom, or fail often."""
        return self.exclude(weakness="")

    def mark_missing(self) -> int:
        """Note since when Astria no longer has these shots. The rows stay: orders in flight have them."""
        return self.filter(missing_since=None).update(missing_since=timezone.now())


class _InTheirPack(models.Manager["PackPrompt"]):
    """Leaves out what Astria no longer has in the pack: nobody can order it."""

    def get_queryset(self) -> PackPromptQuerySet:
        return PackPromptQuerySet(self.model, using=self._db).filter(missing_since=None)


_ShotsInTheirPack = _InTheirPack.from_queryset(PackPromptQuerySet)


class PackPrompt(Figures):
    """A template prompt of a pack for one class: a shot."""

    class Weakness(models.TextChoices):
        """Why a shot is weak, by the rule of studio/pack_figures.py."""

        FAILS = "fails", _("fails often")
        HIDDEN = "hidden", _("is hidden often")
        UNLIKED = "unliked", _("is liked seldom")

    pack_class = models.ForeignKey(PackClass, on_delete=models.CASCADE, related_name="prompts")
    astria_id = models.BigIntegerField(editable=False)
    position = models.PositiveIntegerField(default=0, editable=False)
    num_images = models.PositiveIntegerField(editable=False)
    # Keys of our own copies of Astria's sample pictures, and where they came from.
    samples = models.JSONField(default=list, blank=True, editable=False)
    sample_sources = models.JSONField(default=list, blank=True, editable=False)
    # Ours, and Astria's own when it was last asked: ours are told to Astria, so these hold some of them.
    likes = models.PositiveIntegerField(default=0, editable=False)
    astria_likes = models.PositiveIntegerField(default=0, editable=False)
    likes_asked_at = models.DateTimeField(null=True, editable=False)
    weakness = models.CharField(max_length=10, choices=Weakness, blank=True, editable=False)
    # Since when Astria no longer has it in the pack.
    missing_since = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[PackPromptQuerySet] = _ShotsInTheirPack()  # type: ignore[assignment]
    # With those that were taken out of their pack.
    with_missing: ClassVar[PackPromptQuerySet] = PackPromptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("shot of a pack")
        verbose_name_plural = _("shots of packs")
        ordering = ["pack_class", "position"]
        base_manager_name = "with_missing"
        constraints = [
            models.UniqueConstraint(fields=["pack_class", "astria_id"], name="one_shot_per_class_and_id"),
            models.CheckConstraint(condition=Q(num_images__gt=0), name="shot_has_images"),
        ]

    def __str__(self) -> str:
        return f"{self.pack_class}, {self.position + 1}"

    # Mutators

    def count_like(self, change: int) -> None:
        """Add `change` (negative to take away) to this shot's likes and to its pack's."""
        # The pack first, as comparing with Astria does: two that wait for each other would never end.
        Pack.objects.filter(classes=self.pack_class_id, likes__gte=-change).update(likes=F("likes") + change)
        shots = PackPrompt.with_missing.filter(pk=self.pk, likes__gte=-change)
        shots.update(likes=F("likes") + change)

    # Properties

    @property
    def number(self) -> int:
        return self.position + 1
