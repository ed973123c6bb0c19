"""People and credits in the admin. What a machine owns is read-only."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import AuditEntry, Bundle, Consent, CreditAccount, CreditEntry, Purchase, User
from accounts.quick_lists import LatelyUsed, QuickLists, StatusFilter


class ReadOnly:
    """Rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, QuickLists, ModelAdmin):
    """Such rows on pages of their own."""


class NudgedAdmin(ReadOnlyAdmin):
    """Rows that nobody writes, but that staff who may change them set in motion."""

    def has_nudge_permission(self, request: HttpRequest) -> bool:
        meta = self.model._meta
        return request.user.has_perm(f"{meta.app_label}.change_{meta.model_name}")


class ReadOnlyInline(ReadOnly, TabularInline):
    """Such rows inside another page."""

    extra = 0
    can_delete = False
    show_change_link = True


class EmailAddressInline(ReadOnlyInline):
    model = EmailAddress
    fields = ("email", "verified", "primary")
    readonly_fields = fields


@admin.register(User)
class UserAdmin(QuickLists, ModelAdmin):
    """People are found by address; credits are changed through the ledger, not here."""

    list_display = ("email", "balance", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("credit_account",)
    search_fields = ("^email", "credit_account__id")
    search_help_text = "E-mail address or its beginning, or the id of the credit account"
    fields = ("email", "credit_account", "is_active", "is_staff", "is_superuser", "groups", "last_login")
    readonly_fields = ("email", "credit_account", "last_login")
    filter_horizontal = ("groups",)
    inlines = (EmailAddressInline,)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who may do everything says who else may enter; others would give themselves any right."""
        powers = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *powers)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Staff are switched off only by who may do everything."""
        allowed: bool = super().has_change_permission(request, obj)
        is_above = obj is not None and obj.is_staff and not request.user.is_superuser
        return allowed and not is_above

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # people sign up; staff are made with manage.py createsuperuser

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # a person's pictures and ledger hang on the account

    @admin.display(description="credits")
    def balance(self, user: User) -> int:
        return user.credit_account.balance


class CreditEntryInline(ReadOnlyInline):
    model = CreditEntry
    fields = ("created_at", "kind", "amount", "balance_after", "note", "key")
    readonly_fields = fields


@admin.register(CreditAccount)
class CreditAccountAdmin(ReadOnlyAdmin):
    list_display = ("id", "user", "balance", "owed", "created_at")
    list_select_related = ("user",)
    search_fields = ("id", "user__email")
    inlines = (CreditEntryInline,)
    actions = ("waive",)

    def has_waive_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    @admin.action(description="Waive what is owed", permissions=["waive"])
    def waive(self, request: HttpRequest, accounts: QuerySet[CreditAccount]) -> None:
        waived = 0
        for account in accounts:
            # The latest line's id: the same page sent twice waives once.
            key = f"waived:{account.pk}:{account.entries.values_list('pk', flat=True).first()}"
            if account.waive(key=key, note=_("Waived")):
                self.log_change(request, account, "Waived what was owed")
                waived += 1
        self.message_user(request, f"Waived: {waived}", messages.SUCCESS)


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "account", "kind", "amount", "balance_after", "note")
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("^key", "account__id")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("given_at", "account", "kind", "version", "about")
    list_select_related = ("account",)
    search_fields = ("account__id", "about")


class ActionFilter(LatelyUsed):
    title = "action"
    parameter_name = "action"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who of staff did what, and whose pictures they looked at: rows by their ids, no faces, no names."""

    list_display = ("at", "actor", "action", "about", "text")
    list_filter = (ActionFilter,)
    list_select_related = ("actor",)
    search_fields = ("about_id", "actor__email")
    search_help_text = "Id of what it is about, or address of who acted"


@admin.register(Bundle)
class BundleAdmin(ModelAdmin):
    """The price list. What was bought keeps the price that it was bought at."""

    list_display = ("title", "credits", "price_text", "tax_note", "is_active", "position")
    list_editable = ("is_active", "position")
    list_filter = ("is_active",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # taken off the list it can come back


@admin.register(Purchase)
class PurchaseAdmin(NudgedAdmin):
    """What people bought. Refunds are made at Stripe; their credits follow by themselves."""

    list_display = (
        "created_at", "account", "title", "quantity", "price_text", "status", "number_text", "refunded_text",
        "reversed", "error",
    )  # fmt: skip
    list_filter = (("status", StatusFilter),)
    list_select_related = ("account",)
    search_fields = ("id", "session_id", "payment_intent", "number", "account__id", "account__user__email")
    actions = ("ask_stripe",)

    @admin.action(description="Ask Stripe now how they stand", permissions=["nudge"])
    def ask_stripe(self, request: HttpRequest, purchases: QuerySet[Purchase]) -> None:
        count = purchases.make_due()  # type: ignore[attr-defined]
        self.message_user(request, f"To be asked about by the clock: {count}", messages.SUCCESS)


admin.site.unregister([Group, EmailAddress])
# Keys and sessions are their owner's alone; providers are said in the environment.
admin.site.unregister([Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])
# One door for all: the admin's own sign-in knows neither limits for guessing nor verified addresses.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(Group)
class GroupAdmin(ModelAdmin):
    """What groups may do is said by who may do everything."""

    search_fields = ("name",)
    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return bool(request.user.is_superuser)
