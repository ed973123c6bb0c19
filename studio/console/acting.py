"""Acts of staff: said before, confirmed on a page of their own, done by a verb, and written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar
from uuid import uuid4

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry, User
from studio.ordering import OrderRefused

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

M = TypeVar("M", bound=Model)
TEMPLATE = "admin/act.html"
MOST_CREDITS = 10_000


class ActForm(forms.Form):
    """Why; and a key of its own, so that the same page sent twice does it once.

    It is made with the `row` that is acted on. What is in the fields of `logged` goes into the audit log.
    """

    logged: ClassVar[tuple[str, ...]] = ()

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Why (for the audit log)"), max_length=200)

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


class CreditsForm(ActForm):
    logged = ("amount",)

    amount = forms.IntegerField(label=gettext_lazy("Credits"), min_value=1, max_value=MOST_CREDITS)


@dataclass(frozen=True)
class Act(Generic[M]):
    """One thing that staff can do to a row.

    `says` tells what will happen, or "" where it cannot be done now; `do` does it and returns what was done.
    Raises OrderRefused where it turns out not to be possible.
    """

    name: str
    label: str | StrPromise
    says: Callable[[M], str]
    do: Callable[[M, dict[str, Any]], str]
    form: type[ActForm] = ActForm
    # Who may: the permission on what it changes.
    permission: str = "studio.change_shoot"


def act(chosen: Act[M], row: M, by: User | None, given: dict[str, Any]) -> str:
    """Do `chosen` to `row`, and write down who did it (None: a command) and why. Returns what was done."""
    done = chosen.do(row, given)
    said = [f"{name} {given[name]}" for name in chosen.form.logged]
    AuditEntry.record(by, chosen.name.replace("-", " "), about=row, text=": ".join([*said, given["reason"]]))
    return done


class ActPages:
    """Offers `acts` on the page of a row, each with a page that asks first; mixed in before ModelAdmin."""

    acts: Iterable[Act[Any]] = ()
    model: type[Model]
    change_form_before_template = "admin/acts.html"

    def get_urls(self) -> list[URLPattern]:
        view = admin.site.admin_view(self.act_view)
        own = path("<str:object_id>/act/<slug:name>/", view, name=f"{self._place}_act")
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [own, *urls]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self._row(object_id)
        more = self.said_of(row, request.user) if row else {}
        answer: HttpResponse = super().change_view(  # type: ignore[misc]
            request, object_id, form_url, {**(extra_context or {}), **more}
        )
        return answer

    def said_of(self, row: Any, by: Any) -> dict[str, Any]:
        """Return what the page of `row` shows beyond its columns: what `by` can do to it now."""
        possible = [one for one in self.acts if by.has_perm(one.permission) and one.says(row)]
        return {
            "acts": [(one, reverse(f"admin:{self._place}_act", args=[row.pk, one.name])) for one in possible]
        }

    def act_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Say what an act will do, and do it when that was confirmed."""
        row = self._row(object_id)
        chosen = next((one for one in self.acts if one.name == name), None)
        if row is None or chosen is None:
            raise Http404
        by = request.user
        may_look = self.has_view_permission(request, row)  # type: ignore[attr-defined]
        if not isinstance(by, User) or not may_look or not by.has_perm(chosen.permission):
            raise PermissionDenied
        form = chosen.form(request.POST or None, initial={"key": uuid4()}, row=row)
        back = reverse(f"admin:{self._place}_change", args=[row.pk])
        if request.method == "POST" and form.is_valid():
            _do(request, chosen, row, by, form.cleaned_data)
            return HttpResponseRedirect(back)
        context = {
            **admin.site.each_context(request),
            "title": chosen.label,
            "row": row,
            "says": chosen.says(row),
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, TEMPLATE, context)

    @property
    def _place(self) -> str:
        return f"{self.model._meta.app_label}_{self.model._meta.model_name}"

    def _row(self, object_id: str) -> Any:
        """None for what no row can have as its id."""
        try:
            return self.model._default_manager.filter(pk=object_id).first()
        except (ValueError, ValidationError):
            return None


def _do(request: HttpRequest, chosen: Act[M], row: M, by: User, given: dict[str, Any]) -> None:
    try:
        done = act(chosen, row, by, given)
    except OrderRefused as error:
        messages.error(request, " ".join(error.reasons))
    else:
        messages.success(request, done)
