"""People and credits in the admin. What a machine owns is read-only."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from accounts.models import Consent, CreditAccount, CreditEntry, User


class ReadOnly:
    """Rows that nobody writes by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ModelAdmin):
    """Such rows on pages of their own."""


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
class UserAdmin(ModelAdmin):
    """People are found by address; credits are changed through the ledger, not here."""

    list_display = ("email", "balance", "is_active", "is_staff", "date_joined")
    list_filter = ("is_active", "is_staff")
    list_select_related = ("credit_account",)
    search_fields = ("email", "credit_account__id")
    search_help_text = "E-mail address, or the id of the credit account"
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


@admin.register(CreditEntry)
class CreditEntryAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "account", "kind", "amount", "balance_after", "note")
    list_filter = ("kind",)
    list_select_related = ("account",)
    search_fields = ("key", "account__id")


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ("given_at", "account", "kind", "version", "about")
    list_select_related = ("account",)
    search_fields = ("account__id", "about")


admin.site.unregister([Group, EmailAddress])
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
