"""The mails that a person wants."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.mails import OPTIONAL, end, read
from accounts.models import User
from accounts.requests import SignedInRequest


class MailsForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = OPTIONAL


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notifications(request: SignedInRequest) -> HttpResponse:
    """Show and take which mails a person wants."""
    form = MailsForm(request.POST if request.method == "POST" else None, instance=request.user)
    if form.is_bound and form.is_valid():
        User.objects.filter(pk=request.user.pk).update(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:notifications")
    return render(request, "accounts/notifications.html", {"form": form})


# Mail programs send this by themselves, without a page of ours: the signed link is the key.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, mail_token: str) -> HttpResponse:
    """Ask whether to end these mails, and end them. Nobody has to sign in for it.

    Only a POST ends anything: programs that look at links in mails end nothing.
    """
    found = read(mail_token)
    if found is None:
        raise Http404
    user_id, kind = found
    is_gone = not User.objects.filter(pk=user_id).exists()
    if request.method == "POST":
        is_gone = not end(user_id, kind)
    context = {
        "label": MailsForm.base_fields[kind].label,
        "is_ended": request.method == "POST",
        "is_gone": is_gone,
    }
    return render(request, "accounts/unsubscribe.html", context, status=410 if is_gone else 200)
