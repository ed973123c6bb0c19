"""allauth's forms where ours differ."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import SignupForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class SignUpForm(SignupForm):
    """allauth's own, which takes as long for an address that is known as for one that is new."""

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Save; where there is an account already, hash the password all the same: that takes the time."""
        user, response = super().try_save(request)
        if user is None:
            User().set_password(self.cleaned_data["password1"])
        return user, response


class Forgiving:
    """Takes what no browser sends for a wrong passkey; with allauth some of it is an error of ours."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        # Whatever fido2 trips over while it takes a stranger's bytes apart.
        except Exception:
            raise get_adapter().validation_error("incorrect_code") from None


class LoginPasskeyForm(Forgiving, LoginWebAuthnForm):
    """Sign in with a passkey alone."""


class AuthenticatePasskeyForm(Forgiving, AuthenticateWebAuthnForm):
    """A passkey as second factor."""


class ReauthenticatePasskeyForm(Forgiving, ReauthenticateWebAuthnForm):
    """A passkey in place of the password that is asked for once more."""


class AddPasskeyForm(AddWebAuthnForm):
    """allauth's own, in words of ours: a key is a passkey unless somebody says otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].help_text = _("So that you know it again: the device, or where it is kept.")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].help_text = _(
            "Without it, the key is only asked for after your password."
        )
        self.fields["passwordless"].initial = True

    def clean(self) -> dict[str, Any]:
        """Take what no browser sends for a wrong passkey, too."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise
        except Exception:  # as above
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned
