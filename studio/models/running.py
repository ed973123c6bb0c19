"""What the studio's own processes tell each other: who is alive, and whether orders go out."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from config.logs import scrub
from studio.models.state import storable


class Heartbeat(models.Model):
    """The last sign of life of a kind of process; also the lease by which one of several works."""

    name = models.CharField(max_length=20, primary_key=True)
    holder = models.CharField(max_length=100, blank=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%H:%M:%S}"

    # Mutators

    @classmethod
    def beat(cls, name: str) -> None:
        """Say that a process of kind `name` is alive now."""
        cls.objects.update_or_create(name=name, defaults={"beat_at": timezone.now()})

    @classmethod
    def hold(cls, name: str, holder: str, lapse: timedelta) -> bool:
        """Take or renew the lease `name`. False while another holder's last beat is younger than `lapse`."""
        now = timezone.now()
        free = Q(holder=holder) | Q(holder="") | Q(beat_at__lt=now - lapse)
        if cls.objects.filter(free, name=name).update(holder=holder, beat_at=now):
            return True
        try:
            _, created = cls.objects.get_or_create(name=name, defaults={"holder": holder, "beat_at": now})
        except IntegrityError:
            return False
        return created

    @classmethod
    def release(cls, name: str, holder: str) -> None:
        """Let go of a lease, so that the next one need not wait for it to lapse."""
        cls.objects.filter(name=name, holder=holder).delete()

    # Queries

    @classmethod
    def is_fresh(cls, name: str, within: timedelta) -> bool:
        """Whether `name` gave a sign of life `within` that long."""
        return cls.objects.filter(name=name, beat_at__gt=timezone.now() - within).exists()


class Pause(models.Model):
    """Submissions are held for the whole site: Astria refuses us (key or balance), not the customer."""

    reason = models.CharField(max_length=300)
    started_at = models.DateTimeField(default=timezone.now)
    next_probe_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # At most one at a time.
            models.UniqueConstraint(
                models.Value(1), condition=Q(ended_at__isnull=True), name="one_pause_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.reason

    # Mutators

    @classmethod
    def start(cls, reason: str, *, probe_in: timedelta) -> bool:
        """Hold all submissions. False if they are held already; then only the next probe moves."""
        probe_at = timezone.now() + probe_in
        reason = scrub(storable(reason))[:300]
        if cls.objects.filter(ended_at=None).update(reason=reason, next_probe_at=probe_at):
            return False
        try:
            with transaction.atomic():
                cls.objects.create(reason=reason, next_probe_at=probe_at)
        except IntegrityError:
            return False
        return True

    @classmethod
    def end(cls) -> bool:
        """Let submissions go out again. False if they already did."""
        return bool(cls.objects.filter(ended_at=None).update(ended_at=timezone.now()))

    # Queries

    @classmethod
    def allows_submission(cls, *, probe_every: timedelta) -> bool:
        """Whether an order may go out now: nothing is held, or this one is the probe."""
        held = cls.objects.filter(ended_at=None)
        if not held.exists():
            return True
        now = timezone.now()
        return bool(held.filter(next_probe_at__lte=now).update(next_probe_at=now + probe_every))
