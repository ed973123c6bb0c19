"""What staff do for a person: give credits, sign out, suspend and let in again, erase."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import CreditAccount, User
from accounts.signed_in import end_others
from studio.console.acting import Act, ActForm, CreditsForm
from studio.erasing import ErasureRefused, erase_account
from studio.holdings import account_to_erase
from studio.models import Erasure
from studio.ordering import OrderRefused


def says_credits(account: CreditAccount) -> str:
    """Return what giving credits to `account` will do."""
    text = _("The person has %(n)d credits, and is given some, with a line in the ledger that they see.")
    return text % {"n": account.balance}


def give_credits(account: CreditAccount, given: dict[str, Any]) -> str:
    """Give what the form says, once however often it is sent."""
    key: UUID = given["key"]
    account.grant(given["amount"], key=f"staff:{key}", note=_("Given by the studio"))
    return _("%(n)d credits given.") % {"n": given["amount"]}


def _says_grant(user: User) -> str:
    return says_credits(user.account)


def _grant(user: User, given: dict[str, Any]) -> str:
    return give_credits(user.account, given)


def _says_sign_out(user: User) -> str:
    return _("Every browser in which the person is signed in asks for a sign-in again.")


def _sign_out(user: User, given: dict[str, Any]) -> str:
    return _("Signed out of %(n)d browsers.") % {"n": end_others(user, current=None)}


def _says_suspend(user: User) -> str:
    if not user.is_active or user.is_staff:
        return ""
    return _("The person is signed out and cannot sign in. Orders go on, links that they shared stay open.")


def _suspend(user: User, given: dict[str, Any]) -> str:
    if not User.objects.filter(pk=user.pk, is_staff=False).update(is_active=False):
        raise OrderRefused(_("Staff are suspended by who may do everything, on their own page."))
    end_others(user, current=None)
    return _("Suspended.")


def _says_restore(user: User) -> str:
    return "" if user.is_active or _is_being_erased(user) else _("The person can sign in again.")


def _restore(user: User, given: dict[str, Any]) -> str:
    if _is_being_erased(user):
        raise OrderRefused(_("This account is being erased."))
    User.objects.filter(pk=user.pk).update(is_active=True)
    return _("Let in again.")


class EraseForm(ActForm):
    """What cannot be undone is confirmed with the person's address, as they do themselves."""

    typed = forms.EmailField(
        label=gettext_lazy("The person's e-mail address, to confirm"),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["reason"].help_text = _("No names: the log outlives the person.")

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        assert isinstance(self.row, User)
        if typed.lower() != self.row.email.lower():
            raise forms.ValidationError(_("This is not the address of this account. Nothing was erased."))
        return typed


def _is_being_erased(user: User) -> bool:
    return Erasure.objects.filter(about=user.credit_account_id, status=Erasure.Status.ASKED).exists()


def _says_erase(user: User) -> str:
    if user.is_staff or _is_being_erased(user):
        return ""
    text = _("All that is held of the person goes, here and at Astria, and does not come back: %(photos)d "
             "photos, %(models)d models and %(pictures)d pictures with their links, timelines, consents, and "
             "the address. %(running)d orders under way end without pictures; %(credits)d credits are lost. "
             "They are signed out at once and get a receipt by mail. The ledger stays, without a "
             "name.")  # fmt: skip
    return text % (account_to_erase(user) | {"credits": user.account.balance})


def _erase(user: User, given: dict[str, Any]) -> str:
    try:
        erasure = erase_account(user)
    except ErasureRefused as refusal:
        raise OrderRefused(str(refusal)) from None
    return _("It is being erased. The receipt: %(url)s") % {"url": erasure.get_absolute_url()}


ACTS = (
    Act(
        "give-credits",
        gettext_lazy("Give credits"),
        _says_grant,
        _grant,
        CreditsForm,
        "accounts.add_creditentry",
    ),
    Act(
        "sign-out",
        gettext_lazy("Sign out everywhere"),
        _says_sign_out,
        _sign_out,
        permission="accounts.change_user",
    ),
    Act("suspend", gettext_lazy("Suspend"), _says_suspend, _suspend, permission="accounts.change_user"),
    Act("restore", gettext_lazy("Let in again"), _says_restore, _restore, permission="accounts.change_user"),
    Act("erase", gettext_lazy("Erase the account"), _says_erase, _erase, EraseForm, "accounts.delete_user"),
)
