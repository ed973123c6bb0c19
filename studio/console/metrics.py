"""The studio in numbers, for machines that watch it: Prometheus' text format.

Reference: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Failure

from studio import health
from studio.models import Callback, Check, Event, Image, Letter, Pause, Shoot, Tally
from studio.probing import BALANCE
from studio.spending import cap_mc, today_mc

# What is counted of the past: as much as a look every minute needs, and a little more.
WINDOW = timedelta(minutes=5)
STATES = {health.State.OK: 1.0, health.State.DEGRADED: 0.5, health.State.DOWN: 0.0}


@dataclass
class Metric:
    """One gauge with its samples: labels and value."""

    name: str
    help: str
    samples: list[tuple[dict[str, str], float]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        yield f"# HELP studio_{self.name} {self.help}"
        yield f"# TYPE studio_{self.name} gauge"
        for labels, value in self.samples:
            said = ",".join(f'{name}="{text}"' for name, text in labels.items())
            yield f"studio_{self.name}{'{' + said + '}' if said else ''} {value:g}"


def text() -> str:
    """Return every metric as Prometheus reads it."""
    lines = [line for metric in metrics() for line in metric.lines()]
    return "\n".join(lines) + "\n"


def metrics() -> list[Metric]:
    """Return every gauge as it is now. None holds anything of a person."""
    return [
        _health(),
        _queue(),
        *_orders(),
        _callbacks(),
        _refused(),
        _calls(),
        *_money(),
        _mails(),
        _failures(),
        _paused(),
    ]


def _health() -> Metric:
    samples = [({"part": line.name}, STATES[line.state]) for line in health.report()]
    return Metric("health", "1 well, 0.5 slower or waiting, 0 down.", samples)


def _queue() -> Metric:
    sizes = {
        "studio": get_broker().queue_size(),
        "callers": get_broker(settings.CALLERS_CLUSTER).queue_size(),
    }
    samples = [({"queue": name}, float(size)) for name, size in sizes.items()]
    return Metric("queue_depth", "Tasks that wait in a queue or are under way.", samples)


def _orders() -> Iterator[Metric]:
    now = timezone.now()
    living = Shoot.objects.filter(next_check_at__isnull=False)
    states = living.order_by().values_list("status").annotate(Count("pk"))
    yield Metric(
        "orders", "Orders that are not at their end.", [({"status": state}, float(n)) for state, n in states]
    )
    yield Metric("orders_late", "Orders that people are told are late.", [({}, living.late(now).count())])
    oldest = {"orders": living, "pictures": Image.objects.filter(next_check_at__isnull=False),
              "callbacks": Callback.objects.filter(next_check_at__isnull=False)}  # fmt: skip
    ages = []
    for name, rows in oldest.items():
        due = rows.aggregate(due=Min("next_check_at"))["due"]
        ages.append(({"kind": name}, max(0.0, (now - due).total_seconds()) if due else 0.0))
    yield Metric("overdue_seconds", "How long the longest overdue row waits for the clock.", ages)


def _callbacks() -> Metric:
    recent = Callback.objects.filter(received_at__gt=timezone.now() - WINDOW, processed_at__isnull=False)
    delays = [
        (done - came).total_seconds()
        for came, done in recent.order_by("-id").values_list("received_at", "processed_at")[:500]
        if done
    ]
    worst = max(delays, default=0.0)
    return Metric(
        "callback_delay_seconds", "Longest way of a callback through the inbox in 5 min.", [({}, worst)]
    )


def _refused() -> Metric:
    since = timezone.now() - timedelta(days=1)
    samples = [
        ({"why": kind.value}, float(Tally.objects.filter(kind=kind).since(since).total()))
        for kind in Tally.Kind
    ]
    return Metric("callbacks_refused", "Callbacks that were refused in 24 hours.", samples)


def _money() -> Iterator[Metric]:
    per_dollar = settings.ASTRIA_MILLICENTS_PER_DOLLAR
    balance = Metric("astria_balance_dollars", "What is left at Astria, if it says so.")
    for left_mc in Check.objects.filter(name=BALANCE).values_list("value", flat=True):
        if left_mc is not None:
            balance.samples.append(({}, left_mc / per_dollar))
    yield balance
    spent, cap = today_mc().total / per_dollar, cap_mc() / per_dollar
    yield Metric("astria_spent_dollars", "What today's orders cost at Astria.", [({}, spent)])
    yield Metric("astria_cap_dollars", "What a day's orders may cost there; 0: any amount.", [({}, cap)])


def _calls() -> Metric:
    calls = Event.objects.calls_within(WINDOW, timezone.now())
    statuses = Counter(str(data.get("status", "none")) for data in calls.values_list("data", flat=True))
    samples = [({"status": status}, float(n)) for status, n in sorted(statuses.items())]
    return Metric("astria_calls", "Calls to Astria in the last 5 min, by status of the answer.", samples)


def _mails() -> Metric:
    living = Letter.objects.filter(next_check_at__isnull=False)
    samples = [
        ({"state": "waiting"}, float(living.count())),
        ({"state": "failing"}, float(living.filter(attempts__gt=0).count())),
    ]
    return Metric("mails", "Mails that have not left yet.", samples)


def _failures() -> Metric:
    failed = Failure.objects.filter(stopped__gt=timezone.now() - WINDOW).count()
    return Metric("tasks_failed", "Tasks that ended in an error in 5 min.", [({}, float(failed))])


def _paused() -> Metric:
    paused = Pause.objects.filter(ended_at=None).exists()
    return Metric("submissions_paused", "1 while no order goes out.", [({}, float(paused))])
