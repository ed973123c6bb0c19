"""What happened: the timeline of a shoot or a tune."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EventQuerySet(models.QuerySet["Event"]):
    def calls_of_the_last_minute(self) -> EventQuerySet:
        return self.filter(kind=Event.Kind.CALL, at__gt=timezone.now() - timedelta(minutes=1))


class Event(models.Model):
    """One thing that happened. Never holds a key, a token, traits or the address of a picture."""

    class Kind(models.TextChoices):
        STATE = "state", _("state")
        CALL = "call", _("call to Astria")
        MAIL = "mail", _("mail")
        MONEY = "money", _("credits")
        STAFF = "staff", _("staff")
        TROUBLE = "trouble", _("trouble")

    shoot = models.ForeignKey("studio.Shoot", on_delete=models.CASCADE, null=True, related_name="events")
    tune = models.ForeignKey("studio.Tune", on_delete=models.CASCADE, null=True, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            # The clock's budget: how many calls in the last minute.
            models.Index(fields=["kind", "at"], name="event_kind_at"),
            models.Index(fields=["shoot", "-id"], name="event_of_shoot"),
            models.Index(fields=["tune", "-id"], name="event_of_tune"),
        ]

    def __str__(self) -> str:
        return self.text

    # Factories

    @classmethod
    def record(cls, kind: str, text: str, **about: Any) -> Event:
        """Write a line on the timeline `about` a `shoot` or `tune` (or their ids), with `data` if any."""
        return cls.objects.create(kind=kind, text=text[:300], **about)
