"""The studio's processes in the admin: what they tell each other, and what was tried, waits or failed."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success
from django_q.tasks import async_task

from accounts.admin import NudgedAdmin, ReadOnlyAdmin
from studio.models import Check, Heartbeat, Pause, Tally, Trial

# The clock is a process of its own, and what succeeded is on the timeline.
admin.site.unregister([Schedule, Success])


@admin.register(Pause)
class PauseAdmin(ReadOnlyAdmin):
    list_display = ("started_at", "reason", "next_probe_at", "ended_at")


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    """Without the token. Begun on a page of its own."""

    list_display = ("created_at", "status", "error", "ended_at")
    exclude = ("token",)


@admin.register(Check)
class CheckAdmin(ReadOnlyAdmin):
    list_display = ("name", "checked_at", "error")


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    """Callbacks with a wrong token, or for an order that is not here: counted by the hour."""

    list_display = ("hour", "kind", "count")
    list_filter = ("kind",)


class FailureAdmin(NudgedAdmin):
    """Tasks that ended in an error; whatever they were for is due again by the clock anyway."""

    list_display = ("stopped", "func", "cluster", "short_result")
    search_fields = ("id",)
    exclude = ("args", "kwargs", "hook")
    actions = ("queue_again",)

    @admin.display(description="error")
    def short_result(self, failure: Failure) -> str:
        return str(failure.result)[:100]

    @admin.action(description="Put into the queue again", permissions=["nudge"])
    def queue_again(self, request: HttpRequest, failures: QuerySet[Failure]) -> None:
        for failure in failures:
            async_task(failure.func, *failure.args or (), cluster=failure.cluster, **failure.kwargs or {})
        self.message_user(request, f"Queued: {len(failures)}", messages.SUCCESS)


class QueueAdmin(ReadOnlyAdmin):
    """What waits in the queue, if that is the database."""

    list_display = ("id", "key", "func", "lock")
    list_filter = ("key",)


# django-q's own let whoever may look queue tasks again, and delete what waits.
for _model, _admin in ((Failure, FailureAdmin), (OrmQ, QueueAdmin)):
    if admin.site.is_registered(_model):
        admin.site.unregister(_model)
        admin.site.register(_model, _admin)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    list_display = ("name", "holder", "beat_at")
