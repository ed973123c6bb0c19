"""Where allauth meets our accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest
from django.urls import reverse

from accounts.mail_pages import html_of
from accounts.models import User
from accounts.requests import client_address
from accounts.signed_in import browser, end_others
from accounts.welcome import grant_free_credits


class AccountAdapter(DefaultAccountAdapter):
    """allauth's own behaviour, and the free credits once an address is verified."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom sign-in attempts are counted by. Who has no address shares one."""
        address = client_address(request)
        return "::" if address == "unknown" else address

    def get_http_user_agent(self, request: HttpRequest) -> str:
        """Return what mails about changes call the browser."""
        return browser(request.headers.get("User-Agent", ""))

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None
    ) -> EmailMultiAlternatives:
        """Return the mail as text, which is its wording, and as HTML."""
        mail: EmailMultiAlternatives = super().render_mail(template_prefix, email, context, headers)
        page = html_of(str(mail.subject), str(mail.body), code=context.get("code", ""))
        mail.attach_alternative(page, "text/html")
        return mail

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Mark the address as verified; the person's first one brings the free credits."""
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            grant_free_credits(email_address.user)
        return confirmed

    def set_password(self, user: User, password: str) -> None:
        """Set it; whoever is signed in elsewhere is signed out: that may be why it is changed."""
        super().set_password(user, password)
        end_others(user, current=self.request.session.session_key)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:security")


class SocialAdapter(DefaultSocialAccountAdapter):
    """Others vouch for an address only if they say that they have verified it: allauth's default."""

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """Make the account; an address that the provider has verified brings the free credits at once."""
        user: User = super().save_user(request, sociallogin, form)
        if any(address.verified for address in sociallogin.email_addresses):
            grant_free_credits(user)
        return user
