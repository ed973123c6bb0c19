"""Pages of the admin that show no model's rows: how each part is, and the switch that holds all orders."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AuditEntry, User
from studio import health, holding
from studio.console.attention import MOST
from studio.models import Pause, Shoot, Trial
from studio.trying import try_out

LATEST_TRIES = 10


class PauseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=200,
        help_text=gettext_lazy("For other staff and the audit log; people only see that their order waits."),
    )


def urls() -> list[URLPattern]:
    """Return the addresses that the console adds to the admin."""
    view = admin.site.admin_view
    return [
        path("health/", view(health_page), name="health"),
        path("try/", view(trial_page), name="trial"),
        path("try/begin/", view(begin_trial), name="trial-begin"),
        path("pause/", view(pause_page), name="pause"),
        path("pause/hold/", view(hold), name="pause-hold"),
        path("pause/release/", view(release), name="pause-release"),
    ]


@require_safe
@permission_required("studio.view_heartbeat", raise_exception=True)
def health_page(request: HttpRequest) -> HttpResponse:
    """Show each part of the studio with how it is: what /healthz says, and the money at Astria."""
    context = {**admin.site.each_context(request), "title": _("Health"), "lines": health.report_to_staff()}
    return TemplateResponse(request, "admin/health.html", context)


@require_safe
@permission_required("studio.view_trial", raise_exception=True)
def trial_page(request: HttpRequest) -> HttpResponse:
    """Show how the last tries of the configuration went."""
    tries = Trial.objects.all()[:LATEST_TRIES]
    context = {
        **admin.site.each_context(request),
        "title": _("Test my configuration"),
        "tries": tries,
        "is_running": any(not one.is_final for one in tries),
        "may_begin": request.user.has_perm("studio.add_trial"),
    }
    return TemplateResponse(request, "admin/trial.html", context)


@require_POST
@permission_required("studio.add_trial", raise_exception=True)
def begin_trial(request: HttpRequest) -> HttpResponse:
    """Begin a try; one that is under way is that one."""
    assert isinstance(request.user, User)  # the admin lets nobody else in
    trial = try_out(mail_to=request.user.email)
    AuditEntry.record(request.user, "configuration tried", about=trial)
    return HttpResponseRedirect(reverse("admin:trial"))


@require_safe
@permission_required("studio.view_pause", raise_exception=True)
def pause_page(request: HttpRequest) -> HttpResponse:
    """Show whether submissions are held, and the switch with what it will do."""
    return _page(request, PauseForm())


@require_POST
@permission_required("studio.change_pause", raise_exception=True)
def hold(request: HttpRequest) -> HttpResponse:
    """Let nothing go out until staff release it. Safe to repeat."""
    done = _("Nothing goes out now. Orders are taken, and wait.")
    return _switch(request, holding.hold, done)


@require_POST
@permission_required("studio.change_pause", raise_exception=True)
def release(request: HttpRequest) -> HttpResponse:
    """Let submissions go out again, whoever held them. Safe to repeat."""
    return _switch(request, holding.release, _("Orders go out again."))


def _switch(request: HttpRequest, do: Callable[..., None], done: str) -> HttpResponse:
    """`do` it for the reason that was given; without one show the page again."""
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    assert isinstance(request.user, User)  # the admin lets nobody else in
    do(form.cleaned_data["reason"], by=request.user)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("admin:pause"))


def _page(request: HttpRequest, form: PauseForm) -> HttpResponse:
    waiting = Shoot.objects.filter(status=Shoot.Status.QUEUED)[: MOST + 1].count()
    context = {
        **admin.site.each_context(request),
        "title": _("Submissions"),
        "pause": Pause.objects.filter(ended_at=None).first(),
        "may_switch": request.user.has_perm("studio.change_pause"),
        "waiting": f"{MOST}+" if waiting > MOST else waiting,
        "form": form,
    }
    return TemplateResponse(request, "admin/pause.html", context)
