"""What the studio's own processes tell each other: who is alive, whether orders go out, what was refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.logs import scrub
from studio.models.state import storable

# How far the clocks of two machines may be apart.
AHEAD = timedelta(seconds=30)
HOUR = timedelta(hours=1)


class Heartbeat(models.Model):
    """The last sign of life of a kind of process; also the lease by which one of several works."""

    # Of a process of which there may be several: `name@holder`.
    name = models.CharField(max_length=150, primary_key=True)
    holder = models.CharField(max_length=100, blank=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%H:%M:%S}"

    # Mutators

    @classmethod
    def beat(cls, name: str, holder: str = "") -> None:
        """Say that a process of kind `name` is alive now; of several, the one called `holder`."""
        name = f"{name}@{holder}" if holder else name
        cls.objects.update_or_create(name=name, defaults={"beat_at": timezone.now(), "holder": holder})

    @classmethod
    def hold(cls, name: str, holder: str, lapse: timedelta) -> bool:
        """Take or renew the lease `name`. False while another holder's last beat is younger than `lapse`."""
        now = timezone.now()
        # A beat that lies ahead was made before the time was set back.
        free = Q(holder=holder) | Q(holder="") | Q(beat_at__lt=now - lapse) | Q(beat_at__gt=now + lapse)
        if cls.objects.filter(free, name=name).update(holder=holder, beat_at=now):
            return True
        try:
            _, created = cls.objects.get_or_create(name=name, defaults={"holder": holder, "beat_at": now})
        except IntegrityError:
            return False
        return created

    @classmethod
    def leave(cls, holder: str) -> None:
        """Forget a process that ends: its leases, so that the next need not wait, and its signs of life."""
        cls.objects.filter(holder=holder).delete()

    @classmethod
    def lock(cls, name: str) -> None:
        """Let whoever else locks `name` wait until this transaction ends."""
        cls.objects.get_or_create(name=name, defaults={"beat_at": timezone.now()})
        cls.objects.select_for_update().get(name=name)

    # Queries

    @classmethod
    def is_fresh(cls, name: str, within: timedelta, *, holder: str = "") -> bool:
        """Whether `name` (of several: any, or any of `holder`) gave a sign `within` that long."""
        return cls.living(name, within, holder=holder) > 0

    @classmethod
    def last(cls, name: str) -> datetime | None:
        """Return when `name` (of several, with its holder) gave its last sign of life."""
        return cls.objects.filter(name=name).values_list("beat_at", flat=True).first()

    @classmethod
    def living(cls, name: str, within: timedelta, *, holder: str = "") -> int:
        """Return how many of `name` (of those of `holder`: a machine, or a process) are alive."""
        now = timezone.now()
        # A beat a little ahead is another machine's; far ahead, one made before the time was set back.
        beats = cls.objects.filter(beat_at__gt=now - within, beat_at__lt=now + max(within, AHEAD))
        if holder:
            return beats.filter(Q(name=f"{name}@{holder}") | Q(name__startswith=f"{name}@{holder}:")).count()
        return beats.filter(Q(name=name) | Q(name__startswith=f"{name}@")).count()


class Check(models.Model):
    """How the last check of something outside went: of the storage, of Astria."""

    name = models.CharField(max_length=20, primary_key=True)
    checked_at = models.DateTimeField()
    # In short what went wrong; "" if nothing did.
    error = models.CharField(max_length=100, blank=True)
    # What was found, where that is a number: the balance at Astria in milli-cents.
    value = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.error or 'fine'}"

    # Mutators

    @classmethod
    def note(cls, name: str, *, error: str = "", value: int | None = None) -> None:
        """Write down how a check of `name` went just now, and what number it found, if any."""
        said = {"checked_at": timezone.now(), "error": error[:100], "value": value}
        cls.objects.update_or_create(name=name, defaults=said)


class TallyQuerySet(models.QuerySet["Tally"]):
    def since(self, when: datetime) -> TallyQuerySet:
        """Return the hours that ended after `when`."""
        return self.filter(hour__gt=when - HOUR)

    def total(self) -> int:
        return self.aggregate(total=Sum("count"))["total"] or 0


class Tally(models.Model):
    """How often something happened in an hour that leaves no row of its own."""

    class Kind(models.TextChoices):
        WRONG_TOKEN = "wrong_token", _("callback with a wrong token")
        NO_ORDER = "no_order", _("callback for no order that is here")

    kind = models.CharField(max_length=20, choices=Kind)
    hour = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    objects: ClassVar[TallyQuerySet] = TallyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("refused callbacks")
        verbose_name_plural = _("refused callbacks")
        ordering = ["-hour", "kind"]
        constraints = [models.UniqueConstraint(fields=["kind", "hour"], name="one_tally_an_hour")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.count}"

    # Mutators

    @classmethod
    def add(cls, kind: str) -> None:
        """Count one more of `kind`."""
        hour = timezone.now().replace(minute=0, second=0, microsecond=0)
        row = cls.objects.filter(kind=kind, hour=hour)
        if not row.update(count=F("count") + 1):
            cls.objects.get_or_create(kind=kind, hour=hour)
            row.update(count=F("count") + 1)


class Pause(models.Model):
    """Submissions are held for the whole site.

    Either Astria refuses us (key or balance), not the customer: then one order goes out now and then as a
    probe, and its success ends the pause. Or staff hold them: then nothing goes out until staff say so.
    """

    reason = models.CharField(max_length=300)
    is_by_staff = models.BooleanField(default=False)
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
        held = cls.objects.filter(ended_at=None)
        if held.filter(is_by_staff=False).update(reason=reason, next_probe_at=probe_at):
            return False
        return not held.exists() and cls._begin(reason=reason, next_probe_at=probe_at)

    @classmethod
    def hold(cls, reason: str) -> None:
        """Staff: let nothing go out until `release`, whatever held submissions before."""
        said = {"reason": scrub(storable(reason))[:300], "is_by_staff": True}
        if not cls.objects.filter(ended_at=None).update(**said):
            cls._begin(next_probe_at=timezone.now(), **said)

    @classmethod
    def _begin(cls, **said: Any) -> bool:
        """False if another process was quicker."""
        try:
            with transaction.atomic():
                cls.objects.create(**said)
        except IntegrityError:
            return False
        return True

    @classmethod
    def end(cls) -> bool:
        """A submission went out: let all go out again, unless staff hold them. False if they already did."""
        held = cls.objects.filter(ended_at=None, is_by_staff=False)
        return bool(held.update(ended_at=timezone.now()))

    @classmethod
    def release(cls) -> bool:
        """Staff: let submissions go out again, whoever held them. False if they already did."""
        return bool(cls.objects.filter(ended_at=None).update(ended_at=timezone.now()))

    # Queries

    @classmethod
    def allows_submission(cls, *, probe_every: timedelta) -> bool:
        """Whether an order may go out now: nothing is held, or this one is the probe."""
        held = cls.objects.filter(ended_at=None)
        if not held.exists():
            return True
        now = timezone.now()
        probe = held.filter(is_by_staff=False, next_probe_at__lte=now)
        return bool(probe.update(next_probe_at=now + probe_every))
