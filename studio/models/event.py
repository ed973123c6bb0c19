"""What happened: the timeline of a shoot or a tune."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.logs import about as in_log

logger = logging.getLogger("studio.events")


class EventQuerySet(models.QuerySet["Event"]):
    def calls_within(self, time: timedelta, now: datetime) -> EventQuerySet:
        """Return the calls to Astria begun since `time` ago, the oldest first.

        Other machines may be a little ahead of us; what lies further ahead was written before our clock
        was set back.
        """
        return self.filter(kind=Event.Kind.CALL, at__gt=now - time, at__lt=now + time).order_by("at", "id")


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
            # The budget: the calls of the last minute.
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
        event = cls.objects.create(kind=kind, text=text[:300], **about)
        # A state's line says more than its event: the states of prompts and pictures are lines as well.
        # A call's is written when it has ended.
        if kind not in {cls.Kind.STATE, cls.Kind.CALL}:
            event._log()
        return event

    # Mutators

    def complete(self, text: str, **more: Any) -> None:
        """Say how what was begun has ended, with `more` data."""
        self.text, self.data = text[:300], self.data | more
        self.save(update_fields=["text", "data"])
        self._log()

    def _log(self) -> None:
        with in_log(shoot=self.shoot_id, tune=self.tune_id):
            level = logging.WARNING if self.kind == self.Kind.TROUBLE else logging.INFO
            logger.log(level, "%s: %s", self.kind, self.text)
