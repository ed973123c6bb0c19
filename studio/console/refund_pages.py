"""The page of a request for a refund in the admin: what was asked, and three buttons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from studio.models import RefundRequest
from studio.models.refund import MAX_ANSWER
from studio.refunding import RefundRefused, decline, grant, left_of

RIGHT = "studio.change_refundrequest"
VERDICTS = ("all", "part", "nothing")


class VerdictForm(forms.Form):
    """Words for the person, and how much, where it is a part."""

    answer = forms.CharField(
        label=gettext_lazy("Words for the person"),
        max_length=MAX_ANSWER,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    amount = forms.IntegerField(label=gettext_lazy("Credits, if it is a part"), min_value=1, required=False)


class RefundPages:
    """What the admin of requests shows beyond their columns; mixed in before ModelAdmin."""

    # Outside the form of the columns: forms do not nest.
    change_form_outer_before_template = "admin/studio/refundrequest/verdict.html"

    def get_urls(self) -> list[URLPattern]:
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path(
                f"<uuid:request_id>/give-{verdict}/",
                admin.site.admin_view(decide),
                {"verdict": verdict},
                name=f"studio_refundrequest_{verdict}",
            )
            for verdict in VERDICTS
        ] + urls

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        asked = RefundRequest.objects.select_related("shoot__pack").filter(pk=object_id).first()
        more: dict[str, Any] = {"asked": asked}
        if asked is not None and not asked.is_final and request.user.has_perm(RIGHT):
            more |= {"form": VerdictForm(), "left": left_of(asked)}
        answer: HttpResponse = super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**(extra_context or {}), "verdict": more}
        )
        return answer

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(RIGHT))

    @admin.action(description=gettext_lazy("Give all credits back"), permissions=["decide"])
    def give_all(self, request: HttpRequest, asked: QuerySet[RefundRequest]) -> None:
        given = sum(_decide(request, one, "all", {"answer": ""}) for one in asked.select_related("shoot"))
        messages.success(request, _("Granted: %(n)d") % {"n": given})


@require_POST
def decide(request: HttpRequest, request_id: Any, verdict: str) -> HttpResponse:
    """Decide a request: give all, a part, or nothing back."""
    asked = get_object_or_404(RefundRequest.objects.select_related("shoot__account"), pk=request_id)
    if not request.user.has_perm(RIGHT):
        raise PermissionDenied
    form = VerdictForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("From 1 to %(most)d credits can be given back.") % {"most": left_of(asked)})
    elif _decide(request, asked, verdict, form.cleaned_data):
        messages.success(request, _("Decided. The person is written to."))
    return HttpResponseRedirect(reverse("admin:studio_refundrequest_change", args=[asked.pk]))


def _decide(request: HttpRequest, asked: RefundRequest, verdict: str, given: dict[str, Any]) -> bool:
    by = request.user
    assert isinstance(by, User)  # the admin lets in nobody else
    try:
        if verdict == "nothing":
            decline(asked, answer=given["answer"], by=by)
        elif verdict == "part":
            grant(asked, given["amount"] or 0, answer=given["answer"], by=by)
        else:
            grant(asked, None, answer=given["answer"], by=by)
    except RefundRefused as refusal:
        messages.error(request, str(refusal))
        return False
    return True
